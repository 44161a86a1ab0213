// Gradient descent on a surface over a plane, step by step.
import { choice, digits, follow, followTraits, make, picture, slider, soon, tell, widget } from "./controls.js";
import { curves } from "./curves.js";

export default widget(({ model, box, guard }) => {
  const WIDE = 320, HIGH = 240, SCALE = 80; // pixels; the middle is (0, 0), and 80 pixels are 1
  const surfaces = model.get("surfaces"), most = model.get("most_steps"), FAR = 1e6;
  // Each surface is (a x^4 + b x^2 + c x + d y^2) / 2 above its lowest point.
  const surface = () => surfaces[which.value];
  const height = ([x, y], { quartic: a, square: b, tilt: c, across: d, floor }) => (a * x ** 4 + b * x * x + c * x + d * y * y) / 2 - floor;
  const slope = ([x, y], { quartic: a, square: b, tilt: c, across: d }) => [2 * a * x ** 3 + b * x + c / 2, d * y];
  const rateOf = (mark) => Number((10 ** (mark / 10)).toPrecision(2));

  function walk() {
    const path = [[across.value, up.value]], [rate, keep] = [rateOf(pace.value), momentum.value];
    let speed = [0, 0];
    for (let k = 0; k < most; k++) {
      const here = path.at(-1), g = slope(here, surface());
      speed = speed.map((value, i) => keep * value - rate * g[i]);
      const next = here.map((value, i) => value + speed[i]);
      if (!(Math.hypot(...next) < FAR)) break;
      path.push(next);
    }
    return path;
  }

  function drawMap() {
    const values = new Float32Array(WIDE * HIGH);
    for (let i = 0; i < values.length; i++) {
      const at = [((i % WIDE) + 0.5 - WIDE / 2) / SCALE, (HIGH / 2 - Math.floor(i / WIDE) - 0.5) / SCALE];
      // Bands: each is twice as high as the one inside.
      const band = Math.floor(Math.log2(Math.max(height(at, surface()), 1e-3) * 64));
      values[i] = 0.5 + 0.45 * Math.max(Math.min(band, 12), 0) / 12 - (band % 2 ? 0.05 : 0);
    }
    return values;
  }

  const update = guard(() => {
    const path = walk(), steps = Math.min(count.value, path.length - 1), flown = path.length <= most && count.value >= path.length;
    const { name, lowest, steepest } = surface(), end = path[steps], pen = map.pen;
    map.paint(drawMap());
    const place = ([x, y]) => [WIDE / 2 + x * SCALE, HIGH / 2 - y * SCALE];
    const stroke = (colour, width) => Object.assign(pen, { strokeStyle: colour, lineWidth: width, lineJoin: "round" });
    for (const [colour, width] of [["#fff", 4], ["#a33c00", 2]]) {
      stroke(colour, width).beginPath();
      path.slice(0, steps + 1).forEach((point) => pen.lineTo(...place(point)));
      pen.stroke();
    }
    pen.fillStyle = "#a33c00";
    for (const point of path.slice(0, steps + 1)) { pen.beginPath(); pen.arc(...place(point), 2.5, 0, 7); pen.fill(); }
    const [x, y] = place(lowest);
    stroke("#00513a", 3).beginPath();
    for (const turn of [-1, 1]) { pen.moveTo(x - 6, y - 6 * turn); pen.lineTo(x + 6, y + 6 * turn); }
    pen.stroke();
    const heights = path.map((point) => height(point, surface()));
    chart.draw([{ name: "height after each step", values: heights, from: 0 }], steps);
    const terse = (value) => (value && Math.abs(value) < 0.001 ? value.toExponential(1).replace("-", "\u2212") : digits(value, 3));
    const result = flown ? `it has flown off after ${path.length - 1} steps`
      : `after ${steps} steps: height ${terse(heights[steps])}, ${digits(Math.hypot(end[0] - lowest[0], end[1] - lowest[1]), 3)} from the lowest point`;
    map.say(`${name}, ${result}`);
    chart.say(result);
    told.textContent = `${result[0].toUpperCase()}${result.slice(1)}.`
      + (steepest ? ` Here rates below ${digits((2 * (1 + momentum.value)) / steepest, 3)} come to rest.` : "");
  });
  const later = soon(update);
  const moved = () => { tell(model, { surface: which.value, rate: rateOf(pace.value), momentum: momentum.value, steps: count.value, x: across.value, y: up.value }); later(); };

  const which = choice({ label: "Surface", options: surfaces.map(({ name }) => name), value: model.get("surface"), on: moved });
  const mark = () => Math.round(10 * Math.log10(model.get("rate")));
  const pace = slider({ label: "Rate", min: -30, max: 5, value: mark(), say: (value) => String(rateOf(value)), on: moved });
  const momentum = slider({ label: "Momentum", min: 0, max: 0.99, step: 0.01, value: model.get("momentum"), say: (value) => digits(value, 2), on: moved });
  const count = slider({ label: "Steps", min: 0, max: most, value: model.get("steps"), on: moved });
  const start = (label, name, max) => slider({ label, min: -max, max, step: 0.05, value: model.get(name), say: (value) => digits(value, 2), on: moved });
  const across = start("Start, across", "x", 1.9), up = start("Start, up", "y", 1.4);
  const map = picture({ title: "Drag the start", width: WIDE, height: HIGH, className: "labs-board" });
  follow(map.canvas, guard((x, y) => {
    across.value = (x - WIDE / 2) / SCALE;
    up.value = (HIGH / 2 - y) / SCALE;
    moved();
  }));
  const chart = curves({ title: "Height", across: "step" });
  const told = make("p", { className: "labs-told", aria: { live: "polite" } });
  box.append(
    make("div", { className: "labs-controls" }, ...[which, pace, momentum, count, across, up].map(({ element }) => element)),
    make("div", { className: "labs-halves" }, map.element, chart.element),
    told,
  );
  followTraits(model, guard, { surface: which, momentum, steps: count, x: across, y: up }, later);
  model.on("change:rate", guard(() => { pace.value = mark(); later(); }));
  update();
});

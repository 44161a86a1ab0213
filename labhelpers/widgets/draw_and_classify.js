// Draw or drag a shape, and watch what each network makes of it, and which pixels speak for what.
import { addNoise, drawBox, drawDisk, drawTriangle, uniforms } from "./shapes.js";
import { button, choice, digits, follow, followTraits, make, picture, slider, soon, tell, widget } from "./controls.js";
import { readModel } from "./nn.js";

const PEN_PX = 2.5;

export default widget(({ model, box, guard, again }) => {
  const PEN = 3, kinds = ["square", "disk", "triangle", "pen"], classes = model.get("classes");
  const networks = model.get("networks").map(({ name, weights }) => ({ name, network: readModel(weights) }));
  const size = networks[0].network.input[0];
  for (const { network } of networks) {
    if (network.input[0] !== size || network.output[0] !== classes.length) throw new Error("its networks do not fit together");
  }
  // A network of one layer can be asked pixel by pixel.
  const linear = networks.find(({ network }) => network.layers.filter(({ kind }) => kind !== "reshape").length === 1
    && network.layers.at(-1).kind === "dense");
  const ink = new Float32Array(size * size).fill(255), random = uniforms(1, size * size);

  const clamp = (value) => Math.min(Math.max(Math.round(value), 0), size);
  function drawShape() {
    const half = extent.value / 2, [x, y] = [across.value, down.value];
    if (which.value === PEN) return ink;
    if (which.value === 1) return drawDisk(size, x, y, half);
    if (which.value === 2) return drawTriangle(size, [[x, y - half], [x + half, y + half], [x - half, y + half]]);
    return drawBox(size, x - half, y - half, x + half, y + half);
  }

  function dot(x, y) {
    const mark = drawDisk(size, x, y, PEN_PX);
    for (let i = 0; i < ink.length; i++) ink[i] = Math.min(ink[i], mark[i]);
  }

  function line([x0, y0], [x1, y1]) {
    const steps = Math.ceil(Math.hypot(x1 - x0, y1 - y0)) || 1;
    for (let i = 0; i <= steps; i++) dot(x0 + ((x1 - x0) * i) / steps, y0 + ((y1 - y0) * i) / steps);
  }

  const update = guard(() => {
    const noise = model.get("noise"), image = addNoise(drawShape(), noise, random);
    board.paint(image);
    const answers = networks.map(({ name, network }, i) => {
      const chances = network.predict(image), best = chances.indexOf(Math.max(...chances));
      rows[i].forEach((cell, k) => {
        cell.textContent = digits(chances[k], 2);
        cell.style.setProperty("--labs-share", `${100 * chances[k]}%`);
        cell.classList.toggle("labs-best", k === best);
      });
      return `${name}: ${classes[best]}, ${digits(chances[best], 2)}`;
    });
    const where = which.value === PEN ? "what you drew" : `a ${kinds[which.value]} of ${extent.value} px at ${across.value}, ${down.value}`;
    board.say(`${where}. ${answers.join("; ")}`);
    told.textContent = `${answers.join("; ")}.`;
    if (linear) speak(image, noise);
  });

  // What each pixel adds to a class, beside blank paper, and more than to the other classes.
  function speak(image, noise) {
    const [kernel] = linear.network.layers.at(-1).arrays, count = classes.length;
    const paper = (255 + 1.5 * noise) / (255 + 2 * noise);
    const parts = classes.map(() => new Float32Array(size * size)), sums = classes.map(() => 0);
    let limit = 0;
    for (let i = 0; i < image.length; i++) {
      let mean = 0;
      for (let k = 0; k < count; k++) mean += kernel[i * count + k] / count;
      for (let k = 0; k < count; k++) {
        const part = (image[i] - paper) * (kernel[i * count + k] - mean);
        parts[k][i] = part;
        sums[k] += part;
        limit = Math.max(limit, Math.abs(part));
      }
    }
    parts.forEach((part, k) => {
      voices[k].paintSigned(part, limit);
      voices[k].say(`all pixels together speak ${sums[k] < 0 ? "against" : "for"} it, by ${digits(Math.abs(sums[k]))}`);
    });
  }
  const later = soon(update);
  const moved = () => {
    tell(model, { kind: which.value, x: across.value, y: down.value, extent: extent.value });
    later();
  };

  const which = choice({ label: "Shape", options: kinds, value: model.get("kind"), on: () => { adapt(); moved(); } });
  const across = slider({ label: "Across", min: 0, max: size, value: model.get("x"), say: (v) => `${v} px`, on: moved });
  const down = slider({ label: "Down", min: 0, max: size, value: model.get("y"), say: (v) => `${v} px`, on: moved });
  const extent = slider({ label: "Size", min: 4, max: size, value: model.get("extent"), say: (v) => `${v} px`, on: moved });
  const stamp = button("Put ink here", () => { dot(across.value, down.value); later(); });
  const clear = button("Clear", () => { ink.fill(255); later(); });
  const adapt = () => {
    const pen = which.value === PEN;
    extent.input.disabled = pen;
    stamp.hidden = clear.hidden = !pen;
  };

  const board = picture({ title: "Drag the shape", width: size, className: "labs-board" });
  let last;
  follow(board.canvas, guard((x, y, first) => {
    if (which.value === PEN) {
      line(first ? [x, y] : last, [x, y]);
      last = [x, y];
    }
    across.value = clamp(x);
    down.value = clamp(y);
    moved();
  }));

  const table = make("table", { className: "labs-chances" });
  const head = (text, scope) => make("th", { scope }, text);
  table.append(
    make("caption", {}, "Probabilities"),
    make("thead", {}, make("tr", {}, head("Network", "col"), ...classes.map((name) => head(name, "col")))),
  );
  const body = make("tbody");
  const rows = networks.map(({ name }) => {
    const cells = classes.map(() => make("td"));
    body.append(make("tr", {}, head(name, "row"), ...cells));
    return cells;
  });
  table.append(body);

  const voices = linear ? classes.map((name) => picture({ title: `for ${name}`, width: size })) : [];
  const told = make("p", { className: "labs-told labs-unseen", aria: { live: "polite" } });
  box.append(
    make("div", { className: "labs-sides" },
      make("div", {}, board.element),
      make("div", {},
        make("div", { className: "labs-controls" }, which.element, stamp, clear),
        across.element, down.element, extent.element, table)),
  );
  if (linear) {
    box.append(
      make("p", { className: "labs-note" }, `The pixels that speak for each class in “${linear.name}” (blue for, red against):`),
      make("div", { className: "labs-row" }, ...voices.map((voice) => voice.element)));
  }
  box.append(told);
  for (const name of ["networks", "classes"]) model.on(`change:${name}`, guard(again));
  followTraits(model, guard, { kind: which, x: across, y: down, extent }, () => { adapt(); later(); });
  model.on("change:noise", guard(later));
  adapt();
  update();
});

// Drag the corners of a triangle, and see where a network finds them.
import { addNoise, drawTriangle, uniforms } from "./shapes.js";
import { digits, follow, make, picture, slider, soon, tell, widget } from "./controls.js";
import { readModel } from "./nn.js";

const ZOOM = 5, ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

export default widget(({ model, box, guard, again }) => {
  const network = readModel(model.get("weights")), size = network.input[0];
  if (network.output[0] !== 6) throw new Error("its network does not name three corners");
  const random = uniforms(1, size * size);

  const corners = () => [0, 1, 2].map((i) => [sliders[2 * i].value, sliders[2 * i + 1].value]);
  const update = guard(() => {
    const true_ = corners(), noise = model.get("noise");
    const image = addNoise(drawTriangle(size, true_), noise, random);
    const answer = Array.from(network.predict(image), (share) => share * size);
    const found = [0, 1, 2].map((i) => [answer[2 * i], answer[2 * i + 1]]);
    // A triangle has no first corner: the order that fits best counts.
    const away = (order) => order.map((k, i) => Math.hypot(found[k][0] - true_[i][0], found[k][1] - true_[i][1]));
    const gaps = ORDERS.map(away).reduce((best, next) => (sum(next) < sum(best) ? next : best));
    small.paint(image);
    show(true_, found);
    const error = sum(gaps) / 3;
    told.textContent = `Mean error ${digits(error)} px; corner by corner ${gaps.map((gap) => digits(gap)).join(", ")} px.`;
    board.say(`a triangle with its corners at ${true_.map((p) => p.join(", ")).join("; ")}; the network says `
      + `${found.map((p) => p.map((v) => digits(v)).join(", ")).join("; ")}; mean error ${digits(error)} px`);
  });
  const sum = (values) => values.reduce((total, value) => total + value, 0);

  function show(true_, found) {
    const { pen } = board, scale = (points) => points.map(([x, y]) => [x * ZOOM, y * ZOOM]);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small.canvas, 0, 0, size * ZOOM, size * ZOOM);
    const path = (points) => {
      pen.beginPath();
      points.forEach(([x, y]) => pen.lineTo(x, y));
      pen.closePath();
    };
    const guess = scale(found);
    for (const [width, colour] of [[5, "#ffffff"], [2.5, "#d55e00"]]) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      path(guess);
      pen.stroke();
    }
    scale(true_).forEach(([x, y], i) => {
      pen.beginPath();
      pen.arc(x, y, 9, 0, 2 * Math.PI);
      pen.fillStyle = "#0072b2";
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = "#ffffff";
      pen.stroke();
      pen.fillStyle = "#ffffff";
      pen.font = "bold 12px sans-serif";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(i + 1, x, y + 1);
    });
  }

  const later = soon(update);
  const moved = () => { tell(model, { corners: sliders.map((one) => one.value) }); later(); };
  const sliders = model.get("corners").map((value, i) => slider({
    label: `Corner ${Math.floor(i / 2) + 1} ${i % 2 ? "down" : "across"}`, min: 0, max: size, step: 0.5, value,
    say: (v) => `${digits(v)} px`, on: moved }));
  const board = picture({ title: "Drag the corners", width: size * ZOOM, className: "labs-board labs-fine" });
  const small = picture({ title: "", width: size });
  const told = make("p", { className: "labs-told", aria: { live: "polite" } });
  let held = 0;
  follow(board.canvas, guard((x, y, first) => {
    const at = [x, y].map((v) => Math.min(Math.max(Math.round((2 * v) / ZOOM) / 2, 0), size));
    if (first) {
      const gaps = corners().map((corner) => Math.hypot(corner[0] - x / ZOOM, corner[1] - y / ZOOM));
      held = gaps.indexOf(Math.min(...gaps));
    }
    sliders[2 * held].value = at[0];
    sliders[2 * held + 1].value = at[1];
    moved();
  }));
  box.append(
    make("div", { className: "labs-sides labs-corners" },
      make("div", {}, board.element),
      make("div", {},
        make("p", { className: "labs-note" }, "Blue: the corners as they are. Orange: the triangle that the network sees."),
        ...sliders.map((one) => one.element), told)),
  );
  model.on("change:weights", guard(again));
  model.on("change:corners", guard(() => { model.get("corners").forEach((v, i) => { sliders[i].value = v; }); later(); }));
  model.on("change:noise", guard(later));
  update();
});

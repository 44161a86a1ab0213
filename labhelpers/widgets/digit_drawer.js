// Draw a digit; the page centres it as MNIST does, and networks read it, layer by layer.
import { SIDE, centreDigit, chanceTable, drawLine, findBest, openDigits, openNetworks } from "./handwriting.js";
import { button, choice, digits, follow, followTraits, make, picture, slider, soon, tell, widget } from "./controls.js";

const BOARD = 4 * SIDE, PEN_STEP = 4;

// What a layer gives, as one picture: its maps side by side, or one pixel a unit.
function tileMaps(values, shape) {
  const [height, width, count] = shape.length === 3 ? shape : [1, 1, shape[0]];
  const gap = shape.length === 3 ? 1 : 0, columns = Math.ceil(Math.sqrt(2 * count)), rows = Math.ceil(count / columns);
  const wide = columns * (width + gap) - gap, tall = rows * (height + gap) - gap, top = Math.max(...values, 1e-9);
  const greys = new Float32Array(wide * tall).fill(0.35);
  for (let i = 0; i < values.length; i++) {
    const map = i % count, place = (i - map) / count, row = Math.floor(place / width);
    const y = Math.floor(map / columns) * (height + gap) + row, x = (map % columns) * (width + gap) + (place % width);
    greys[y * wide + x] = values[i] / top;
  }
  return { greys, wide, tall, count, top, said: gap ? `${count} maps of ${height} \u00d7 ${width}` : `${count} units` };
}

export default widget(({ model, box, guard, again }) => {
  const networks = openNetworks(model), classes = model.get("classes"), names = networks.map(({ name }) => name);
  const samples = openDigits(model, "samples", model.get("sample_names").length);
  const views = networks.flatMap(({ name, network }, i) => network.layers.slice(0, -1)
    .filter(({ kind }) => kind !== "reshape").map((layer) => ({ i, layer, label: `${name}: ${layer.name}` })));
  const ink = new Uint8Array(BOARD * BOARD);
  // The digit shown at first makes room for the reader's own.
  let first = true, lowered = false, pen = [BOARD / 2, BOARD / 2], tiles;

  function start(index) {
    ink.fill(0);
    if (index) samples[index - 1].forEach((grey, i) => {
      const row = 4 * Math.floor(i / SIDE), column = 4 * (i % SIDE);
      for (let k = 0; k < 4; k++) ink.fill(grey, (row + k) * BOARD + column, (row + k) * BOARD + column + 4);
    });
  }

  function stroke(from, to) {
    if (first) ink.fill(0);
    first = false;
    drawLine(ink, BOARD, from, to, width.value / 2);
  }

  const update = guard(() => {
    const found = centreDigit(ink, BOARD);
    board.paint(Float32Array.from(ink, (grey) => grey / 255));
    if (document.activeElement === move) mark();
    if (!found) return showNothing();
    const shown = new Float32Array(400), [x0, y0] = [(20 - found.width) >> 1, (20 - found.height) >> 1];
    for (let i = 0; i < found.height; i++) {
      shown.set(found.fitted.subarray(i * found.width, (i + 1) * found.width), (y0 + i) * 20 + x0);
    }
    fitted.paint(shown);
    fitted.say(`${found.width} \u00d7 ${found.height} px`);
    centred.paint(found.image);
    centred.say(`centre of mass at ${digits(found.centre[0])}, ${digits(found.centre[1])} px`);
    const view = views[which.value], answers = networks.map(({ name, network }, i) => {
      const chances = network.predict(found.image, (layer, values, shape) => {
        if (view?.layer === layer) showMaps(tileMaps(values, shape), layer);
      });
      table.show(i, chances);
      return `${name}: ${classes[findBest(chances)]}, ${digits(Math.max(...chances), 2)}`;
    });
    board.say(`ink ${found.wide} px wide and ${found.tall} px high. ${answers.join("; ")}`);
    steps.textContent = `The ink, ${found.wide} \u00d7 ${found.tall} px, is scaled to ${found.width} \u00d7 ${found.height}; then its centre of mass is moved to the middle, to ${digits(found.centre[0])}, ${digits(found.centre[1])} px.`;
    told.textContent = `${answers.join("; ")}.`;
  });
  const later = soon(update);

  function showNothing() {
    told.textContent = "The board is empty: draw a digit, or start from one.";
    steps.textContent = "There is nothing to centre.";
    board.say("empty");
    for (const pane of [fitted, centred]) {
      pane.paint(new Float32Array(SIDE * SIDE));
      pane.say("empty");
    }
    names.forEach((_, i) => table.show(i));
    place.replaceChildren();
    tiles = "";
  }

  function showMaps({ greys, wide, tall, count, top, said }, layer) {
    const key = `${layer.name} ${wide} ${tall}`;
    if (tiles?.key !== key) {
      tiles = { key, pane: picture({ title: `${layer.name}, ${said}`, width: wide, height: tall }) };
      place.replaceChildren(tiles.pane.element);
    }
    tiles.pane.paint(greys);
    let sums = 0;
    for (const value of greys) sums += value > 0.02;
    tiles.pane.say(`from 0 (black) to ${digits(top, 2)} (white), ${count} in all, ${Math.round((100 * sums) / greys.length)}% of the picture lit`);
  }

  // Where the pen of the arrow keys is.
  function mark() {
    const { pen: brush } = board;
    brush.strokeStyle = lowered ? "#ffb000" : "#5aa9ff";
    brush.lineWidth = 2;
    brush.beginPath();
    brush.arc(...pen, width.value / 2 + 3, 0, 7);
    brush.stroke();
  }

  const from = choice({ label: "Start from", options: ["an empty board", ...model.get("sample_names")], value: model.get("sample"),
    on: (sample) => { tell(model, { sample }); first = false; start(sample); later(); } });
  const width = slider({ label: "Pen", min: 4, max: 24, value: model.get("pen_px"), say: (v) => `${v} px`,
    on: (pen_px) => { tell(model, { pen_px }); later(); } });
  const clear = button("Clear", () => { first = false; from.value = 0; start(0); later(); });
  const move = button("", () => { lowered = !lowered; name(); if (lowered) stroke(pen, pen); later(); });
  const name = () => { move.textContent = lowered ? "Lift the pen of the arrow keys" : "Lower the pen of the arrow keys"; };
  move.addEventListener("keydown", guard((event) => {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    const clip = (value) => Math.min(Math.max(value, 0), BOARD), to = [clip(pen[0] + PEN_STEP * x), clip(pen[1] + PEN_STEP * y)];
    if (lowered) stroke(pen, to);
    pen = to;
    at.textContent = `Pen ${lowered ? "down" : "up"} at ${pen.join(", ")} px of ${BOARD}.`;
    later();
  }));
  for (const event of ["focus", "blur"]) move.addEventListener(event, later);

  const board = picture({ title: "Draw a digit", width: BOARD, className: "labs-board labs-fine" });
  let last;
  follow(board.canvas, guard((x, y, begins) => {
    stroke(begins ? [x, y] : last, [x, y]);
    last = [x, y];
    later();
  }));

  const fitted = picture({ title: "fitted into 20\u00a0\u00d7\u00a020", width: 20 });
  const centred = picture({ title: "centred in 28\u00a0\u00d7\u00a028", width: SIDE });
  const which = choice({ label: "Layer", options: views.map(({ label }) => label), value: Math.max(views.findIndex(({ layer }) => layer.kind === "conv"), 0), on: later });
  const place = make("div"), table = chanceTable(names, classes);
  const steps = make("p", { className: "labs-note" }), told = make("p", { className: "labs-told", aria: { live: "polite" } });
  const at = make("p", { className: "labs-unseen", aria: { live: "polite" } });
  const part = (basis, ...children) => make("div", { style: { flex: basis } }, ...children);
  box.append(
    make("div", { className: "labs-controls" }, from.element, clear, width.element),
    make("div", { className: "labs-sides" },
      make("div", {}, board.element, make("div", { className: "labs-controls", style: { margin: "0.5rem 0 0" } }, move)), table.element),
    told, steps,
    make("div", { style: { display: "flex", flexWrap: "wrap", gap: "0.5rem 1rem" } },
      part("0 0 7rem", fitted.element), part("0 0 7rem", centred.element),
      part("1 1 14rem", which.element, make("div", { style: { minHeight: "8rem", maxWidth: "24rem", marginTop: "0.5rem" } }, place))),
    at,
  );
  for (const trait of ["networks", "classes", "samples"]) model.on(`change:${trait}`, guard(again));
  followTraits(model, guard, { sample: from }, () => { start(from.value); later(); });
  followTraits(model, guard, { pen_px: width }, later);
  name();
  start(from.value);
  update();
});

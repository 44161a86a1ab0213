// Test digits under noise and shifts: what each network reads, and where each breaks.
import { SIDE, addGauss, addSalt, chanceTable, findBest, openDigits, openNetworks, scanner, shiftDigit } from "./handwriting.js";
import { button, choice, digits, followTraits, make, picture, slider, soon, tell, widget } from "./controls.js";

export default widget(({ model, box, guard, again }) => {
  const networks = openNetworks(model), classes = model.get("classes"), labels = model.get("labels");
  const names = networks.map(({ name }) => name), images = openDigits(model, "images", labels.length);
  const WAYS = [[1, 0], [-1, 0], [0, 1], [0, -1]], WAY_NAMES = ["right", "left", "down", "up"];
  const FARTHEST = 10, STEP = 5, scan = scanner(guard);
  let seed = model.get("seed");

  // Moved first, so that the noise lies over all of the picture.
  function spoil(index, px, percent) {
    const [x, y] = WAYS[way.value], clean = Float32Array.from(images[index], (grey) => grey / 255);
    return (kind.value ? addGauss : addSalt)(shiftDigit(clean, x * px, y * px), percent / 100, seed);
  }
  const read = (network, image) => findBest(network.predict(image));
  const sayNoise = (percent) => (kind.value ? `deviation ${digits(percent / 100, 2)}` : `${percent}% of pixels`);

  const update = guard(() => {
    const index = which.value, image = spoil(index, shift.value, noise.value);
    pane.paint(image);
    const answers = networks.map(({ name, network }, i) => {
      const chances = network.predict(image), best = findBest(chances);
      table.show(i, chances);
      return `${name}: ${classes[best]}, ${digits(chances[best], 2)}, ${best === labels[index] ? "right" : "wrong"}`;
    });
    told.textContent = `${answers.join("; ")}.`;
    pane.say(`a ${classes[labels[index]]} moved ${WAY_NAMES[way.value]} by ${shift.value} px, noise: ${sayNoise(noise.value)}. ${answers.join("; ")}`);
    findLimits(index);
  });
  const later = soon(update);

  // The first shift and the first noise at which an answer is wrong, and how many digits are right.
  function findLimits(index) {
    const found = networks.map(() => [null, null, 0]), jobs = [];
    networks.forEach(({ network }, i) => {
      const note = (k, value, image) => { if (found[i][k] === null && read(network, image) !== labels[index]) found[i][k] = value; };
      for (let px = 0; px <= FARTHEST; px++) jobs.push(() => note(0, `${px} px`, spoil(index, px, noise.value)));
      for (let p = 0; p <= 100; p += STEP) jobs.push(() => note(1, sayNoise(p), spoil(index, shift.value, p)));
      labels.forEach((label, k) => jobs.push(() => { found[i][2] += read(network, spoil(k, shift.value, noise.value)) === label; }));
    });
    cells.flat().forEach((cell) => { cell.textContent = "\u2026"; });
    scan(jobs, () => found.forEach(([far, loud, right], i) => {
      [far ?? "never here", loud ?? "never here", right].forEach((text, k) => { cells[i][k].textContent = text; });
    }));
  }

  const send = (name) => (value) => { tell(model, { [name]: value }); later(); };
  const which = choice({ label: "Digit", options: model.get("names"), value: model.get("chosen"), on: send("chosen") });
  const kind = choice({ label: "Noise of", options: ["salt and pepper", "normal numbers"], value: model.get("kind"),
    on: (value) => { noise.value = noise.value; send("kind")(value); } });
  const noise = slider({ label: "Noise", min: 0, max: 100, step: STEP, value: 100 * model.get("noise"), say: (v) => sayNoise(v),
    on: (value) => send("noise")(value / 100) });
  const way = choice({ label: "Direction", options: WAY_NAMES, value: model.get("way"), on: send("way") });
  const shift = slider({ label: "Shift", min: 0, max: FARTHEST, value: model.get("shift_px"), say: (v) => `${v} px`, on: send("shift_px") });
  const redraw = button("Draw other noise", () => { seed += 1; tell(model, { seed }); later(); });

  const pane = picture({ title: "what both networks are given", width: SIDE }), table = chanceTable(names, classes);
  const told = make("p", { className: "labs-told", aria: { live: "polite" } });
  const head = (text, scope) => make("th", { scope }, text), body = make("tbody");
  const cells = names.map((name) => {
    const row = [0, 1, 2].map(() => make("td", {}, "\u2026"));
    body.append(make("tr", {}, head(name, "row"), ...row));
    return row;
  });
  const limits = make("table", { className: "labs-chances" },
    make("caption", {}, "Where each breaks on this digit"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col", style: { width: "33%" } }, "Network"),
      ...["wrong from a shift of", "wrong from noise of", `right of all ${labels.length} digits`].map((text) => head(text, "col")))), body);
  box.append(
    make("div", { className: "labs-controls" }, which.element, way.element, shift.element),
    make("div", { className: "labs-controls" }, kind.element, noise.element, redraw),
    make("div", { className: "labs-sides" }, make("div", { style: { maxWidth: "15rem" } }, pane.element), table.element),
    told, limits,
  );
  for (const name of ["networks", "classes", "images", "labels"]) model.on(`change:${name}`, guard(again));
  followTraits(model, guard, { chosen: which, way, shift_px: shift, kind }, later);
  model.on("change:seed", guard(() => { seed = model.get("seed"); later(); }));
  model.on("change:noise", guard(() => { noise.value = 100 * model.get("noise"); later(); }));
  update();
});

// Adversarial noise: a digit, a direction that Python computed, and how far the page goes along it.
import { SIDE, chanceTable, findBest, openDigits, openNetworks, scanner } from "./handwriting.js";
import { choice, digits, followTraits, make, picture, slider, soon, tell, widget } from "./controls.js";
import { uniforms } from "./shapes.js";

export default widget(({ model, box, guard, again }) => {
  const networks = openNetworks(model), classes = model.get("classes"), labels = model.get("labels");
  const names = networks.map(({ name }) => name), images = openDigits(model, "images", labels.length);
  // Away from the right class first, then towards each class.
  const directions = openDigits(model, "signs", labels.length * (1 + classes.length));
  const RANDOM = 1 + classes.length, FARTHEST = 40, scan = scanner(guard);
  let searched;
  const chance = uniforms(7, SIDE * SIDE).map((value) => (value < 0.5 ? -1 : 1));

  const findSigns = () => (way.value === RANDOM ? chance : Float32Array.from(directions[which.value * RANDOM + way.value], (byte) => (byte << 24) >> 24));
  const move = (image, signs, far) => image.map((value, i) => Math.min(Math.max(value + (far / 100) * signs[i], 0), 1));

  const update = guard(() => {
    const index = which.value, far = epsilon.value, signs = findSigns(), right = labels[index];
    const clean = Float32Array.from(images[index], (grey) => grey / 255), moved = move(clean, signs, far);
    const added = moved.map((value, i) => value - clean[i]);
    panes[0].paint(clean);
    panes[1].paintSigned(added, far / 100);
    panes[2].paint(moved);
    const answers = networks.map(({ name, network }, i) => {
      const chances = network.predict(moved), best = findBest(chances);
      table.show(i, chances);
      return `${name}: ${classes[best]}, ${digits(chances[best], 2)}, ${best === right ? "right" : "wrong"}`;
    });
    panes[0].say(`a ${classes[right]}, as it is`);
    panes[1].say(`from \u2212${digits(far / 100, 2)} (red) to ${digits(far / 100, 2)} (blue), ${way.input.selectedOptions[0].textContent}`);
    panes[2].say(answers.join("; "));
    told.textContent = `${answers.join("; ")}.`;
    if (searched !== `${index} ${way.value}`) findTurns(clean, signs, right);
  });

  // From where on each answer is wrong, which epsilon has no part in.
  function findTurns(clean, signs, right) {
    searched = `${which.value} ${way.value}`;
    turned.textContent = "\u2026";
    const turns = networks.map(() => null);
    scan(networks.flatMap(({ network }, i) => Array.from({ length: FARTHEST + 1 }, (_, step) => () => {
      if (turns[i] === null && findBest(network.predict(move(clean, signs, step))) !== right) turns[i] = step;
    })), () => {
      turned.textContent = `In this direction, ${turns.map((step, i) => (step === null ? `${names[i]} is right up to ${digits(FARTHEST / 100, 2)}` : `${names[i]} is wrong from ${digits(step / 100, 2)} on`)).join("; ")}.`;
    });
  }
  const later = soon(update);

  const which = choice({ label: "Digit", options: model.get("names"), value: model.get("chosen"),
    on: (chosen) => { tell(model, { chosen }); later(); } });
  const way = choice({ label: "Direction", options: ["away from the right answer", ...classes.map((name) => `towards ${name}`), "random signs"],
    value: model.get("way"), on: (value) => { tell(model, { way: value }); later(); } });
  const epsilon = slider({ label: "Epsilon", min: 0, max: FARTHEST, value: Math.round(100 * model.get("epsilon")), say: (v) => digits(v / 100, 2),
    on: (value) => { tell(model, { epsilon: value / 100 }); later(); } });
  const panes = ["digit", "perturbation, amplified", "what the networks are given"].map((title) => picture({ title, width: SIDE }));
  const table = chanceTable(names, classes), told = make("p", { className: "labs-told", aria: { live: "polite" } });
  const turned = make("p", { className: "labs-told" });
  box.append(
    make("div", { className: "labs-controls" }, which.element, way.element, epsilon.element),
    make("div", { className: "labs-row" }, ...panes.map((pane) => pane.element)),
    make("p", { className: "labs-note" }, "Blue: more ink; red: less. Full colour is epsilon, up or down."),
    told, table.element, turned,
  );
  for (const name of ["networks", "classes", "images", "signs", "labels"]) model.on(`change:${name}`, guard(again));
  followTraits(model, guard, { chosen: which, way }, later);
  model.on("change:epsilon", guard(() => { epsilon.value = Math.round(100 * model.get("epsilon")); later(); }));
  update();
});

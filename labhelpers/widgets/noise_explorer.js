// Noise and clean-up: an hourglass at work in the page.
import { addNoise, psnr, restoreRange, uniforms } from "./shapes.js";
import { button, choice, digits, followTraits, make, picture, slider, soon, tell, widget } from "./controls.js";
import { readModel } from "./nn.js";

export default widget(({ model, box, guard, again }) => {
  const network = readModel(model.get("weights")), size = network.input[0];
  const names = model.get("names"), view = model.get("pictures") ?? new Uint8Array();
  const greys = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (greys.length !== names.length * size * size) throw new Error("its pictures are missing or cut short");
  let seed = model.get("seed");

  const update = guard(() => {
    const noise = level.value, clean = greys.subarray(which.value * size * size, (which.value + 1) * size * size);
    const white = Float32Array.from(clean, (grey) => grey / 255);
    const noisy = addNoise(clean, noise, uniforms(seed, size * size));
    const cleaned = network.predict(noisy);
    const before = psnr(restoreRange(noisy, noise), white), after = psnr(cleaned, white);
    panes[0].paint(noisy);
    panes[1].paint(cleaned);
    panes[2].paint(white);
    const name = names[which.value], decibels = (value) => (Number.isFinite(value) ? `${digits(value)} dB` : "perfect");
    panes[0].say(`a ${name} under noise ${noise}, PSNR ${decibels(before)}`);
    panes[1].say(`what the network makes of it, PSNR ${decibels(after)}`);
    panes[2].say(`a ${name} without noise`);
    told.textContent = `PSNR: noisy ${decibels(before)}, cleaned ${decibels(after)}.`
      + (Number.isFinite(before) ? ` The network ${after >= before ? "gains" : "loses"} ${digits(Math.abs(after - before))} dB.` : " There is nothing to gain.");
  });
  const later = soon(update);

  const level = slider({ label: "Noise", min: 0, max: 400, step: 10, value: model.get("noise"),
    on: (value) => { tell(model, { noise: value }); later(); } });
  const which = choice({ label: "Picture", options: names, value: model.get("chosen"),
    on: (value) => { tell(model, { chosen: value }); later(); } });
  const redraw = button("Draw other noise", () => { seed += 1; tell(model, { seed }); later(); });
  const panes = ["noisy", "cleaned", "clean"].map((title) => picture({ title, width: size }));
  const told = make("p", { className: "labs-told", aria: { live: "polite" } });
  box.append(
    make("div", { className: "labs-controls" }, which.element, level.element, redraw),
    make("div", { className: "labs-row" }, ...panes.map((pane) => pane.element)),
    told,
  );
  for (const name of ["weights", "pictures", "names"]) model.on(`change:${name}`, guard(again));
  followTraits(model, guard, { noise: level, chosen: which }, later);
  model.on("change:seed", guard(() => { seed = model.get("seed"); later(); }));
  update();
});

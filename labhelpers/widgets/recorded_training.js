// A training, epoch by epoch: weights as pictures beside the curves of the loss.
import { choice, digits, make, picture, slider, soon, tell, widget } from "./controls.js";
import { curves } from "./curves.js";
import { openStrip } from "./strips.js";

export default widget(({ model, box, guard }) => {
  let strips;
  const trainings = () => model.get("trainings"), titles = () => model.get("titles");

  const read = () => {
    const [height, width] = model.get("picture_size");
    const found = trainings().map(({ strip, epochs }) => openStrip(strip, { width, height, count: epochs.length * titles().length }));
    Promise.all(found).then(guard((opened) => { strips = opened; update(); }), guard((error) => { throw error; }));
  };

  const update = guard(() => {
    const { name, epochs, loss, val_loss, limit } = trainings()[which.value];
    const frame = at.value, epoch = epochs[frame], count = titles().length;
    chart.draw([{ name: "training loss", values: loss, from: 1 }, { name: "validation loss", values: val_loss, from: 1 }]
      .filter(({ values }) => values.length), Math.max(epoch, 1));
    const number = (value) => (value < 0.001 ? value.toExponential(1).replace("-", "\u2212") : digits(value, 3));
    const losses = epoch === 0 ? "before the first step" : `training loss ${number(loss[epoch - 1])}`
      + (val_loss.length ? `, validation loss ${number(val_loss[epoch - 1])}` : "");
    told.textContent = `${name}, epoch ${epoch}: ${losses}. Full colour: ${digits(limit, 3)}.`;
    chart.say(`${name}, epoch ${epoch} of ${loss.length}, ${losses}`);
    panes.forEach((pane, k) => {
      const values = strips[which.value].signed(frame * count + k, limit);
      pane.paintSigned(values, limit);
      const largest = values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
      pane.say(`weights after epoch ${epoch} of ${name}, at most ${digits(largest, 3)} from zero`);
    });
  });
  const later = soon(() => { if (strips) update(); });

  const epochText = (frame) => { const { epochs, loss } = trainings()[which.value]; return `${epochs[frame]} of ${loss.length}`; };
  const which = choice({ label: "Training", options: trainings().map(({ name }) => name), value: model.get("chosen"),
    on: (chosen) => { fit(); tell(model, { chosen, frame: at.value }); later(); } });
  const at = slider({ label: "Epoch", min: 0, max: trainings()[which.value].epochs.length - 1, value: model.get("frame"), say: epochText,
    on: (frame) => { tell(model, { frame }); later(); } });
  const fit = () => { at.input.max = trainings()[which.value].epochs.length - 1; at.value = Math.min(at.value, at.input.max); };
  const [height, width] = model.get("picture_size");
  const panes = titles().map((title) => picture({ title, width, height }));
  const chart = curves({ title: "Loss", across: "epoch" });
  const told = make("p", { className: "labs-told", aria: { live: "polite" } });
  box.append(
    make("div", { className: "labs-controls" }, which.element, at.element),
    make("div", { className: "labs-halves" }, make("div", { className: "labs-row" }, ...panes.map((pane) => pane.element)), chart.element),
    told,
  );
  for (const name of ["chosen", "frame"]) model.on(`change:${name}`, guard(() => { which.value = model.get("chosen"); fit(); at.value = model.get("frame"); later(); }));
  model.on("change:trainings", guard(() => {
    which.input.replaceChildren(...trainings().map(({ name }, value) => make("option", { value }, name)));
    which.value = 0;
    fit();
    read();
  }));
  read();
});

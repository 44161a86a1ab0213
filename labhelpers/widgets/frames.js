// Pictures made beforehand, and a slider to choose one.
import { followTraits, make, picture, slider, soon, tell, widget } from "./controls.js";
import { openStrip } from "./strips.js";

export default widget(({ model, box, guard }) => {
  let strip, pane;
  const values = () => model.get("values"), texts = () => model.get("texts");

  const update = guard(() => {
    const frame = at.value, { width, height } = pane.canvas;
    pane.pen.drawImage(strip.bitmap, ...strip.place(frame), width, height, 0, 0, width, height);
    pane.say(`${model.get("label")} ${values()[frame]}${texts()[frame] ? `, ${texts()[frame]}` : ""}`);
    told.textContent = texts()[frame] ?? "";
  });
  const later = soon(() => { if (strip) update(); });

  const read = () => {
    const [height, width] = model.get("picture_size");
    pane = picture({ title: model.get("title"), width, height, className: "labs-frames" });
    pane.element.style.maxWidth = `${model.get("width_px")}px`;
    place.replaceChildren(pane.element);
    at.input.max = values().length - 1;
    at.value = Math.min(model.get("frame"), values().length - 1);
    openStrip(model.get("strip"), { width, height, count: values().length })
      .then(guard((opened) => { strip = opened; update(); }), guard((error) => { throw error; }));
  };

  const at = slider({ label: model.get("label"), min: 0, max: values().length - 1, value: model.get("frame"),
    say: (frame) => values()[frame] ?? "", on: (frame) => { tell(model, { frame }); later(); } });
  const place = make("div"), told = make("p", { className: "labs-told", aria: { live: "polite" } });
  box.append(make("div", { className: "labs-controls" }, at.element), place, told);
  followTraits(model, guard, { frame: at }, later);
  model.on("change:strip", guard(read));
  read();
});

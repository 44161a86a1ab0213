// What the layers of a network hold and give: filters, and feature maps of some pictures.
import { choice, digits, followTraits, make, picture, slider, soon, tell, widget } from "./controls.js";
import { openStrip } from "./strips.js";

export default widget(({ model, box, guard }) => {
  const layers = () => model.get("layers"), names = () => model.get("names");
  let layer, maps, filters, images, shown, panes = [];

  // Opens what one layer has; the others stay packed.
  function read() {
    const next = layers()[which.value], [height, width] = next.map_size;
    const [high, wide] = model.get("image_size");
    const jobs = [
      openStrip(next.maps, { width, height, count: next.count * names().length }),
      next.inputs && openStrip(next.filters, { width: next.filter_size[1], height: next.filter_size[0], count: next.filter_count * next.inputs }),
      openStrip(model.get("images"), { width: wide, height: high, count: names().length }),
    ];
    Promise.all(jobs).then(guard((opened) => {
      if (next !== layers()[which.value]) return;
      layer = next;
      [maps, filters, images] = opened;
      what.input.disabled = !filters;
      if (!filters) what.value = 0;
      input.input.max = Math.max(layer.inputs, 1);
      input.value = Math.min(input.value, input.input.max);
      update();
    }), guard((error) => { throw error; }));
  }

  function lay(count, [height, width]) {
    const key = `${count} ${height} ${width}`;
    if (shown === key) return;
    shown = key;
    panes = Array.from({ length: count }, (_, k) => picture({ title: String(k + 1), width, height }));
    grid.replaceChildren(...panes.map((pane) => pane.element));
  }

  const update = guard(() => {
    if (!layer) return;
    const own = what.value === 1, image = image_.value;
    input.input.disabled = !own || layer.inputs < 2;
    const [high, wide] = model.get("image_size");
    given.pen.drawImage(images.bitmap, ...images.place(image), wide, high, 0, 0, wide, high);
    given.say(names()[image]);
    lay(own ? layer.filter_count : layer.count, own ? layer.filter_size : layer.map_size);
    if (own) {
      const { limit } = layer;
      panes.forEach((pane, k) => {
        const values = filters.signed((input.value - 1) * layer.filter_count + k, limit);
        pane.paintSigned(values, limit);
        pane.say(`weights of filter ${k + 1}, from ${digits(Math.min(...values), 2)} to ${digits(Math.max(...values), 2)}`);
      });
      told.textContent = `${layer.name}: ${layer.filter_count} of ${layer.filter_total} filters`
        + (layer.inputs > 1 ? `, their weights for input ${input.value} of ${layer.inputs}` : "") + `. Full colour: ${digits(limit, 2)}.`;
    } else {
      const [low, top] = layer.ranges[image];
      panes.forEach((pane, k) => {
        const values = maps.greys(image * layer.count + k).map((grey) => grey / 255);
        pane.paint(values);
        const mean = low + (top - low) * values.reduce((sum, value) => sum + value, 0) / values.length;
        pane.say(`what ${layer.name} gives for ${names()[image]}, mean ${digits(mean, 2)}`);
      });
      told.textContent = `${layer.name} for ${names()[image]}: ${layer.said}, from ${digits(low, 2)} (black) to ${digits(top, 2)} (white).`;
    }
  });
  const later = soon(update);

  const which = choice({ label: "Layer", options: layers().map(({ name }) => name), value: model.get("chosen"),
    on: (chosen) => { tell(model, { chosen }); read(); } });
  const what = choice({ label: "Show", options: ["feature maps", "filters"], value: model.get("view"),
    on: (view) => { tell(model, { view }); later(); } });
  const image_ = choice({ label: "Picture", options: names(), value: model.get("picture"),
    on: (chosen) => { tell(model, { picture: chosen }); later(); } });
  const input = slider({ label: "Input", min: 1, max: 1, value: 1, on: later });
  const [high, wide] = model.get("image_size");
  const given = picture({ title: "picture", width: wide, height: high });
  const grid = make("div", { className: "labs-row labs-many" }), told = make("p", { className: "labs-told", aria: { live: "polite" } });
  box.append(
    make("div", { className: "labs-controls" }, which.element, image_.element, what.element, input.element),
    make("div", { className: "labs-given" }, given.element, grid),
    told,
  );
  followTraits(model, guard, { chosen: which }, read);
  followTraits(model, guard, { view: what, picture: image_ }, later);
  model.on("change:layers", guard(() => {
    for (const [control, options] of [[which, layers().map(({ name }) => name)], [image_, names()]]) {
      control.input.replaceChildren(...options.map((text, value) => make("option", { value }, text)));
      control.value = 0;
    }
    read();
  }));
  read();
});

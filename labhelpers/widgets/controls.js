// What the widgets are built of: labelled native controls, canvases that say what they show, and
// one place where a fault becomes a sentence and a picture.

const STATE_FORMAT = 1;

export function make(tag, properties = {}, ...children) {
  const { style, data, aria, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(aria ?? {})) element.setAttribute(name === "role" ? name : `aria-${name}`, value);
  for (const [name, value] of Object.entries(data ?? {})) element.dataset[name] = value;
  Object.assign(element.style, style);
  element.append(...children);
  return element;
}

// A widget's module: `export default widget(({ model, box, guard, again, signal }) => { ... })`.
// Wrap in guard(f) whatever runs later (events, frames): its faults are shown too. again() builds
// all anew, when the kernel sends something else. `signal` ends listeners put outside of the box.
export function widget(start) {
  return {
    render({ model, el }) {
      let end;
      const fail = (error) => {
        end.abort();
        console.warn("widget:", error);
        el.replaceChildren(...explain(error, model.get("still")));
      };
      function begin() {
        end?.abort();
        const { signal } = (end = new AbortController()), box = make("div", { className: "labs-box" });
        const guard = (f) => (...given) => {
          if (signal.aborted) return undefined;
          try { return f(...given); } catch (error) { return fail(error); }
        };
        // JupyterLab moves between cells by the arrow keys; here they move a slider.
        box.addEventListener("keydown", (event) => {
          if (/^(Arrow|Page|Home|End| |Enter)/.test(event.key)) event.stopPropagation();
        });
        el.replaceChildren(box);
        guard(() => {
          if (model.get("format") !== STATE_FORMAT) throw new Error("it was made by another version of the book's package");
          start({ model, box, guard, again: begin, signal });
        })();
      }
      begin();
      return () => end.abort();
    },
  };
}

function explain(error, still) {
  const sentence = make("p", { className: "labs-sorry", aria: { role: "status" } },
    `This widget cannot run here: ${error?.message ?? error}.` + (still ? " A picture of it stands in its place." : ""));
  const figure = make("figure", { className: "labs-still" });
  figure.innerHTML = still ?? "";
  return [sentence, figure];
}

let count = 0;
const identify = () => `labs-${Date.now().toString(36)}-${count++}`;

// slider({ label, min, max, step, value, say: (value) => text, on: (value) => ... })
export function slider({ label, min, max, step = 1, value, say = String, on }) {
  const id = identify();
  const input = make("input", { type: "range", id, min, max, step });
  const output = make("output", { htmlFor: id });
  const show = () => {
    output.textContent = say(input.valueAsNumber);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.value = value;
  show();
  input.addEventListener("input", () => { show(); on(input.valueAsNumber); });
  return {
    element: make("div", { className: "labs-slider" }, make("label", { htmlFor: id }, label), input, output),
    input,
    get value() { return input.valueAsNumber; },
    set value(next) { input.value = next; show(); },
  };
}

// choice({ label, options: ["square", ...], value: 0, on: (index) => ... })
export function choice({ label, options, value = 0, on }) {
  const id = identify();
  const input = make("select", { id }, ...options.map((text, i) => make("option", { value: i }, text)));
  input.value = value;
  input.addEventListener("change", () => on(Number(input.value)));
  return {
    element: make("div", { className: "labs-choice" }, make("label", { htmlFor: id }, label), input),
    input,
    get value() { return Number(input.value); },
    set value(next) { input.value = next; },
  };
}

export function button(label, on) {
  const element = make("button", { type: "button", className: "labs-button" }, label);
  element.addEventListener("click", on);
  return element;
}

// picture({ title, width, height }): a canvas of so many pixels, shown as wide as its place.
// paint(values) takes grey values in [0, 1]; paintSigned(values, limit) blue for and red against;
// say(text) is what those hear who do not see it.
export function picture({ title, width, height = width, className = "" }) {
  const canvas = make("canvas", { width, height, aria: { role: "img", label: title } });
  const pen = canvas.getContext?.("2d");
  if (!pen) throw new Error("this browser draws no canvas");
  const image = pen.createImageData(width, height), bytes = image.data;
  const fill = (values, colour) => {
    for (let i = 0; i < width * height; i++) colour(values[i], i * 4);
    pen.putImageData(image, 0, 0);
  };
  return {
    element: make("figure", { className: `labs-picture ${className}` }, canvas, make("figcaption", {}, title)),
    canvas,
    pen,
    paint: (values) => fill(values, (value, i) => {
      bytes[i] = bytes[i + 1] = bytes[i + 2] = Math.round(255 * Math.min(Math.max(value, 0), 1));
      bytes[i + 3] = 255;
    }),
    paintSigned: (values, limit) => fill(values, (value, i) => {
      const share = Math.min(Math.abs(value) / (limit || 1), 1), fade = (end) => Math.round(255 + (end - 255) * share);
      const [red, green, blue] = value < 0 ? [178, 24, 43] : [33, 102, 172];
      bytes[i] = fade(red); bytes[i + 1] = fade(green); bytes[i + 2] = fade(blue); bytes[i + 3] = 255;
    }),
    say: (text) => canvas.setAttribute("aria-label", `${title}: ${text}`),
  };
}

// Follows a finger, a pen or a mouse over a canvas: move(x, y, first) in the canvas's own pixels.
export function follow(canvas, move) {
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  canvas.style.touchAction = "none";
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
    move(...place(event), true);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) move(...place(event), false);
  });
}

// Runs f before the next frame, once, however often it is called until then.
export function soon(f) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; f(); });
  };
}

// Tells the kernel, where there is one, what the reader chose.
export function tell(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

// What Python sets moves the control of that trait, and then comes after().
// followTraits(model, guard, { trait: control, ... }, after)
export function followTraits(model, guard, controls, after) {
  for (const [name, control] of Object.entries(controls)) {
    model.on(`change:${name}`, guard(() => { control.value = model.get(name); after(); }));
  }
}

export const digits = (value, n = 1) => value.toFixed(n).replace("-", "\u2212");

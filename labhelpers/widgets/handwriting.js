// Handwritten digits: drawn, centred as `labhelpers.data.centre_digit` does, shifted, under noise.
import { digits, make } from "./controls.js";
import { readModel } from "./nn.js";
import { uniforms } from "./shapes.js";

export const SIDE = 28;
const FIT = 20, MIDDLE = 14.5, TIE = 1e-6;
const hold = (value, low, high) => Math.min(Math.max(value, low), high);

// The networks of a widget: [{ name, network }], each from 28 x 28 pixels to one number a class.
export function openNetworks(model) {
  const classes = model.get("classes").length;
  return model.get("networks").map(({ name, weights }) => {
    const network = readModel(weights), pixels = network.input.reduce((a, b) => a * b, 1);
    if (pixels !== SIDE * SIDE || network.output.length !== 1 || network.output[0] !== classes) {
      throw new Error("its networks do not fit together");
    }
    return { name, network };
  });
}

// Pictures of 28 x 28 grey values that came as bytes.
export function openDigits(model, name, count) {
  const view = model.get(name), all = new Uint8Array(view?.buffer ?? [], view?.byteOffset ?? 0, view?.byteLength ?? 0);
  if (!count || all.length !== count * SIDE * SIDE) throw new Error("its pictures are missing or cut short");
  return Array.from({ length: count }, (_, i) => all.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
}

// Draws from one point to another with a round pen into grey values, (size, size).
export function drawLine(ink, size, [x0, y0], [x1, y1], radius) {
  const dx = x1 - x0, dy = y1 - y0, long = dx * dx + dy * dy, edge = (value) => hold(Math.floor(value), 0, size - 1);
  const [left, right] = [edge(Math.min(x0, x1) - radius - 1), edge(Math.max(x0, x1) + radius + 1)];
  const [top, bottom] = [edge(Math.min(y0, y1) - radius - 1), edge(Math.max(y0, y1) + radius + 1)];
  for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) {
    const x = column + 0.5 - x0, y = row + 0.5 - y0, t = long ? hold((x * dx + y * dy) / long, 0, 1) : 0;
    const grey = Math.round(255 * hold(radius + 0.5 - Math.hypot(x - t * dx, y - t * dy), 0, 1));
    ink[row * size + column] = Math.max(ink[row * size + column], grey);
  }
}

// For each of `fitted` pixels: which of `size` pixels it covers, and how much of its mean each is.
const means = (size, fitted) => Array.from({ length: fitted }, (_, i) => {
  const from = (i * size) / fitted, to = ((i + 1) * size) / fitted, parts = [];
  for (let j = Math.floor(from); j < Math.min(to, size); j++) {
    parts.push([j, ((Math.min(to, j + 1) - Math.max(from, j)) * fitted) / size]);
  }
  return parts;
});

// Grey values (size, size) -> what a network sees, and how it came about; nothing of blank ones.
export function centreDigit(ink, size) {
  let left = size, right = -1, top = size, bottom = -1;
  for (let i = 0; i < ink.length; i++) {
    if (!ink[i]) continue;
    const row = Math.floor(i / size), column = i % size;
    [left, right] = [Math.min(left, column), Math.max(right, column)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
  }
  if (right < 0) return null;
  const wide = right - left + 1, tall = bottom - top + 1, longer = Math.max(wide, tall);
  const [width, height] = [wide, tall].map((n) => Math.max(1, Math.floor((2 * FIT * n + longer) / (2 * longer))));
  const across = means(wide, width), down = means(tall, height), fitted = new Float64Array(width * height);
  let mass = 0, x = 0, y = 0;
  down.forEach((rows, i) => across.forEach((columns, j) => {
    let sum = 0;
    for (const [row, share] of rows) for (const [column, part] of columns) {
      sum += (share * part * ink[(top + row) * size + left + column]) / 255;
    }
    fitted[i * width + j] = Math.min(sum, 1);
    mass += sum;
    x += sum * (j + 0.5);
    y += sum * (i + 0.5);
  }));
  const place = (centre, n) => hold(Math.floor(MIDDLE - centre + 0.5 + TIE), 0, SIDE - n);
  const [x0, y0] = [place(x / mass, width), place(y / mass, height)], image = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < height; i++) image.set(fitted.subarray(i * width, (i + 1) * width), (y0 + i) * SIDE + x0);
  return { image, fitted, width, height, wide, tall, centre: [x0 + x / mass, y0 + y / mass] };
}

// Moves a picture by whole pixels; what comes in is black.
export function shiftDigit(image, right, down) {
  const moved = new Float32Array(image.length);
  for (let row = 0; row < SIDE; row++) for (let column = 0; column < SIDE; column++) {
    const [y, x] = [row - down, column - right];
    if (y >= 0 && y < SIDE && x >= 0 && x < SIDE) moved[row * SIDE + column] = image[y * SIDE + x];
  }
  return moved;
}

// Replaces a share of the pixels, half of them by black and half by white.
export function addSalt(image, amount, seed) {
  const random = uniforms(seed, image.length);
  return image.map((value, i) => (random[i] < amount / 2 ? 0 : random[i] < amount ? 1 : value));
}

// Adds normal numbers (Box and Muller) and cuts off what leaves the range.
export function addGauss(image, deviation, seed) {
  const random = uniforms(seed, 2 * image.length);
  return image.map((value, i) => {
    const far = Math.sqrt(-2 * Math.log(1 - random[2 * i])), turn = Math.cos(2 * Math.PI * random[2 * i + 1]);
    return hold(value + deviation * far * turn, 0, 1);
  });
}

export const findBest = (chances) => chances.indexOf(Math.max(...chances));

// A table of probabilities: a row a class, a column a network. show(i, chances) fills a column,
// with dashes where there are no chances.
export function chanceTable(names, classes) {
  const head = (text, scope) => make("th", { scope }, text), body = make("tbody");
  const rows = classes.map((name) => {
    const cells = names.map(() => make("td"));
    body.append(make("tr", {}, head(name, "row"), ...cells));
    return cells;
  });
  const element = make("table", { className: "labs-chances" },
    make("caption", {}, "Probabilities"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col", style: { width: "22%" } }, "Digit"), ...names.map((name) => head(name, "col")))), body);
  const show = (i, chances) => rows.forEach((cells, k) => {
    cells[i].textContent = chances ? digits(chances[k], 2) : "\u2013";
    cells[i].style.setProperty("--labs-share", `${100 * (chances?.[k] ?? 0)}%`);
    cells[i].classList.toggle("labs-best", !!chances && k === findBest(chances));
  });
  return { element, show };
}

// scan(jobs, done): runs jobs bit by bit, so that controls stay quick; a new call ends an old one.
export function scanner(guard) {
  let turn = 0;
  return (jobs, done) => {
    const mine = ++turn;
    let next = 0;
    const step = guard(() => {
      if (mine !== turn) return;
      const pause = performance.now() + 12;
      while (next < jobs.length && performance.now() < pause) jobs[next++]();
      next < jobs.length ? setTimeout(step, 0) : done();
    });
    setTimeout(step, 60);
  };
}

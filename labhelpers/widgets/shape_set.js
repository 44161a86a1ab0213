// A set of centred shapes, as `make_shapes` draws them, and what else a training draws.
import { uniforms } from "./shapes.js";

const STRIPS = 16; // that a row of pixels is cut into

// Half the width of a shape at y below its middle, by its kind; half is half its side.
const HALF_WIDTHS = [
  (y, half) => half, // square
  (y, half) => Math.sqrt(half * half - y * y), // disk
  (y, half) => (y + half) / 2, // triangle, its tip at the top
];

// Grey values 0 to 255 of clean shapes, one image after the other. A side of 1 fills the image.
export function drawShapes(kinds, sides, sizePx) {
  const greys = new Uint8Array(kinds.length * sizePx * sizePx);
  const covered = new Float64Array(sizePx);
  const middle = sizePx / 2;
  kinds.forEach((kind, image) => {
    const half = sides[image] * middle;
    for (let row = 0; row < sizePx; row++) {
      covered.fill(0);
      for (let strip = 0; strip < STRIPS; strip++) {
        const top = Math.max(row + strip / STRIPS, middle - half);
        const bottom = Math.min(row + (strip + 1) / STRIPS, middle + half);
        if (bottom > top) addSpan(covered, middle, HALF_WIDTHS[kind]((top + bottom) / 2 - middle, half), bottom - top);
      }
      const start = (image * sizePx + row) * sizePx;
      for (let column = 0; column < sizePx; column++) {
        greys[start + column] = 255 - Math.round(255 * covered[column]);
      }
    }
  });
  return greys;
}

// Adds a strip to the area that each pixel of a row has covered.
function addSpan(covered, middle, halfWidth, height) {
  const left = middle - halfWidth;
  const right = middle + halfWidth;
  for (let column = Math.floor(left); column < right; column++) {
    covered[column] += height * (Math.min(column + 1, right) - Math.max(column, left));
  }
}

// First weights by Glorot's rule, uniform and of a scale that suits the layer; biases of 0.
export function drawFirstParameters(inputs, classes, seed) {
  const limit = Math.sqrt(6 / (inputs + classes));
  const parameters = new Float32Array((inputs + 1) * classes);
  uniforms(seed, inputs * classes).forEach((u, i) => { parameters[i] = limit * (2 * u - 1); });
  return parameters;
}

// The numbers 0 to count - 1 in random order, each order equally likely.
export function shuffle(count, seed) {
  const order = Array.from({ length: count }, (_, i) => i);
  const random = uniforms(seed, count);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.min(Math.floor(random[i] * (i + 1)), i);
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

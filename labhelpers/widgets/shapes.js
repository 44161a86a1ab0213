// Shapes as `labhelpers.data` draws them: black on white, grey at the edges by the area covered,
// noise added by the report's formula. Points are (x, y) in px, y down.

// Uniform numbers in [0, 1), the same for the same seed everywhere (mulberry32).
export function uniforms(seed, count) {
  const random = new Float32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    random[i] = ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  return random;
}

// Grey values 0 to 255 of a clean picture, noise and uniform numbers -> what a network is given.
export const addNoise = (greys, noise, random) =>
  new Float32Array(greys).map((grey, i) => (grey + noise * random[i] + noise) / (255 + 2 * noise));

// Back to the range of clean pictures, as `restore_range` does.
export const restoreRange = (noisy, noise) =>
  Float32Array.from(noisy, (value) => (value * (255 + 2 * noise) - 1.5 * noise) / 255);

export function psnr(image, clean) {
  let sum = 0;
  for (let i = 0; i < clean.length; i++) sum += (image[i] - clean[i]) ** 2;
  return -10 * Math.log10(sum / clean.length);
}

// Sampled 8 x 8 in a pixel, but only where an edge may pass.
function cover(size, [left, top, right, bottom], inside) {
  const greys = new Float32Array(size * size).fill(255), n = 8;
  const clip = (value) => Math.min(Math.max(Math.floor(value), 0), size - 1);
  for (let row = clip(top); row <= clip(bottom); row++) for (let column = clip(left); column <= clip(right); column++) {
    let hits = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      hits += inside(column + (j + 0.5) / n, row + (i + 0.5) / n);
    }
    greys[row * size + column] = 255 - Math.round(255 * hits / (n * n));
  }
  return greys;
}

export const drawBox = (size, left, top, right, bottom) =>
  cover(size, [left, top, right, bottom], (x, y) => x >= left && x < right && y >= top && y < bottom);

export const drawDisk = (size, x0, y0, radius) =>
  cover(size, [x0 - radius, y0 - radius, x0 + radius, y0 + radius], (x, y) => (x - x0) ** 2 + (y - y0) ** 2 < radius ** 2);

export function drawTriangle(size, [[x0, y0], [x1, y1], [x2, y2]]) {
  const side = (x, y, xa, ya, xb, yb) => (xb - xa) * (y - ya) - (yb - ya) * (x - xa);
  const turn = side(x2, y2, x0, y0, x1, y1) < 0 ? -1 : 1;
  const box = [Math.min(x0, x1, x2), Math.min(y0, y1, y2), Math.max(x0, x1, x2), Math.max(y0, y1, y2)];
  return cover(size, box, (x, y) => turn * side(x, y, x0, y0, x1, y1) > 0
    && turn * side(x, y, x1, y1, x2, y2) > 0 && turn * side(x, y, x2, y2, x0, y0) > 0);
}

// Networks in the page: inference for the layers that `export_model` writes.
// Images lie in memory as in Keras: rows, columns, channels.

const MAGIC = 0x314e424c; // "LBN1"
const FILE_FORMAT = 1;

const erf = (x) => {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
};
const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const ACTIVATIONS = {
  linear: null,
  relu: (x) => (x < 0 ? 0 : x),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  leaky_relu: (x, slope) => (x < 0 ? slope * x : x),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  selu: (x) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  sigmoid,
  silu: (x) => x * sigmoid(x),
  tanh: Math.tanh,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

function softmax(values, width) {
  for (let start = 0; start < values.length; start += width) {
    let top = -Infinity, sum = 0;
    for (let i = start; i < start + width; i++) top = Math.max(top, values[i]);
    for (let i = start; i < start + width; i++) sum += values[i] = Math.exp(values[i] - top);
    for (let i = start; i < start + width; i++) values[i] /= sum;
  }
}

function activate(values, width, layer) {
  if (layer.activation === "softmax") return softmax(values, width);
  const bend = ACTIVATIONS[layer.activation];
  if (bend) for (let i = 0; i < values.length; i++) values[i] = bend(values[i], layer.slope);
}

// What padding "same" adds before, and the size that comes out.
function place(size, kernel, stride, same) {
  if (!same) return { before: 0, out: Math.floor((size - kernel) / stride) + 1 };
  const out = Math.ceil(size / stride);
  return { before: Math.max((out - 1) * stride + kernel - size, 0) >> 1, out };
}

const multiply = (a) => a.reduce((product, n) => product * n, 1);

const LAYERS = {
  dense(layer, x, shape) {
    const [kernel, bias] = layer.arrays, wide = layer.units, deep = shape.at(-1);
    const rows = x.length / deep, y = new Float32Array(rows * wide), sums = new Float64Array(wide);
    for (let row = 0; row < rows; row++) {
      bias ? sums.set(bias) : sums.fill(0);
      for (let i = 0; i < deep; i++) {
        const value = x[row * deep + i];
        if (value !== 0) for (let o = 0, k = i * wide; o < wide; o++, k++) sums[o] += value * kernel[k];
      }
      y.set(sums, row * wide);
    }
    activate(y, wide, layer);
    return [y, [...shape.slice(0, -1), wide]];
  },

  conv(layer, x, [height, width, deep]) {
    const [kernel, bias] = layer.arrays, [kh, kw] = layer.kernel, wide = layer.filters;
    const [sy, sx] = layer.strides, same = layer.padding === "same";
    const down = place(height, kh, sy, same), across = place(width, kw, sx, same);
    // A frame of zeros, so that the loops below need not look where they are.
    const w = Math.max(width, (across.out - 1) * sx + kw), h = Math.max(height, (down.out - 1) * sy + kh);
    let padded = x;
    if (w !== width || h !== height) {
      padded = new Float32Array(w * h * deep);
      for (let row = 0; row < height; row++) {
        const line = x.subarray(row * width * deep, (row + 1) * width * deep);
        padded.set(line, ((row + down.before) * w + across.before) * deep);
      }
    }
    const y = new Float32Array(down.out * across.out * wide), run = kw * deep;
    // Four filters at a time, two places at a time: eight sums stay in registers.
    const packed = (layer.packed ??= packFours(kernel, kh * run, wide));
    const groups = Math.ceil(wide / 4);
    for (let row = 0; row < down.out; row++) {
      for (let column = 0; column < across.out; column += 2) {
        const two = column + 1 < across.out;
        const first = (row * sy * w + column * sx) * deep, second = two ? first + sx * deep : first;
        const target = (row * across.out + column) * wide;
        for (let group = 0; group < groups; group++) {
          const o = group * 4;
          let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0, k = group * kh * run * 4;
          for (let line = 0; line < kh; line++) {
            let p = first + line * w * deep, q = second + line * w * deep;
            for (const end = p + run; p < end; p++, q++, k += 4) {
              const a = padded[p], b = padded[q];
              const k0 = packed[k], k1 = packed[k + 1], k2 = packed[k + 2], k3 = packed[k + 3];
              a0 += a * k0; a1 += a * k1; a2 += a * k2; a3 += a * k3;
              b0 += b * k0; b1 += b * k1; b2 += b * k2; b3 += b * k3;
            }
          }
          const left = wide - o, t = target + o, u = t + wide;
          y[t] = a0;
          if (left > 1) y[t + 1] = a1;
          if (left > 2) y[t + 2] = a2;
          if (left > 3) y[t + 3] = a3;
          if (two) {
            y[u] = b0;
            if (left > 1) y[u + 1] = b1;
            if (left > 2) y[u + 2] = b2;
            if (left > 3) y[u + 3] = b3;
          }
        }
      }
    }
    if (bias) for (let i = 0, o = 0; i < y.length; i++) { y[i] += bias[o]; if (++o === wide) o = 0; }
    activate(y, wide, layer);
    return [y, [down.out, across.out, wide]];
  },

  conv_transpose(layer, x, [height, width, deep]) {
    const [kernel, bias] = layer.arrays, [kh, kw] = layer.kernel, wide = layer.filters;
    const [sy, sx] = layer.strides, same = layer.padding === "same";
    const size = (n, k, s) => n * s + (same ? 0 : Math.max(k - s, 0));
    const before = (k, s) => (same ? Math.max(k - s, 0) >> 1 : 0);
    const tall = size(height, kh, sy), broad = size(width, kw, sx);
    const up = before(kh, sy), left = before(kw, sx), y = new Float32Array(tall * broad * wide);
    for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) {
      const source = (row * width + column) * deep;
      for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) {
        const r = row * sy + i - up, c = column * sx + j - left;
        if (r < 0 || c < 0 || r >= tall || c >= broad) continue;
        for (let o = 0; o < wide; o++) {
          let sum = 0;
          const k = ((i * kw + j) * wide + o) * deep;
          for (let d = 0; d < deep; d++) sum += x[source + d] * kernel[k + d];
          y[(r * broad + c) * wide + o] += sum;
        }
      }
    }
    if (bias) for (let i = 0; i < y.length; i++) y[i] += bias[i % wide];
    activate(y, wide, layer);
    return [y, [tall, broad, wide]];
  },

  max_pool: (layer, x, shape) => pool(layer, x, shape, true),
  average_pool: (layer, x, shape) => pool(layer, x, shape, false),

  upsample(layer, x, [height, width, deep]) {
    const [fy, fx] = layer.size, broad = width * fx, y = new Float32Array(x.length * fy * fx);
    for (let row = 0; row < height * fy; row++) for (let column = 0; column < broad; column++) {
      const source = (Math.floor(row / fy) * width + Math.floor(column / fx)) * deep;
      const target = (row * broad + column) * deep;
      for (let d = 0; d < deep; d++) y[target + d] = x[source + d];
    }
    return [y, [height * fy, broad, deep]];
  },

  // Batch normalisation, and rescaling: what remains of either is a factor and a shift.
  scale(layer, x, shape) {
    const [factor, shift] = layer.arrays, wide = factor.length, y = new Float32Array(x.length);
    for (let i = 0, o = 0; i < x.length; i++) {
      y[i] = x[i] * factor[o] + shift[o];
      if (++o === wide) o = 0;
    }
    return [y, shape];
  },

  global_max_pool(layer, x, [height, width, deep]) {
    const y = new Float32Array(deep).fill(-Infinity);
    for (let i = 0; i < x.length; i++) y[i % deep] = Math.max(y[i % deep], x[i]);
    return [y, layer.keepdims ? [1, 1, deep] : [deep]];
  },

  global_average_pool(layer, x, [height, width, deep]) {
    const sums = new Float64Array(deep);
    for (let i = 0; i < x.length; i++) sums[i % deep] += x[i];
    const y = Float32Array.from(sums, (sum) => sum / (height * width));
    return [y, layer.keepdims ? [1, 1, deep] : [deep]];
  },

  reshape: (layer, x) => [x, layer.shape],

  activation(layer, x, shape) {
    const y = Float32Array.from(x);
    activate(y, shape.at(-1), layer);
    return [y, shape];
  },
};

function pool(layer, x, [height, width, deep], largest) {
  const [kh, kw] = layer.kernel, [sy, sx] = layer.strides, same = layer.padding === "same";
  const down = place(height, kh, sy, same), across = place(width, kw, sx, same);
  const y = new Float32Array(down.out * across.out * deep);
  for (let row = 0, target = 0; row < down.out; row++) {
    const top = Math.max(row * sy - down.before, 0);
    const bottom = Math.min(row * sy - down.before + kh, height);
    for (let column = 0; column < across.out; column++, target += deep) {
      const left = Math.max(column * sx - across.before, 0);
      const right = Math.min(column * sx - across.before + kw, width);
      if (largest) y.fill(-Infinity, target, target + deep);
      for (let r = top; r < bottom; r++) for (let c = left; c < right; c++) {
        const source = (r * width + c) * deep;
        for (let d = 0; d < deep; d++) {
          const value = x[source + d];
          if (!largest) y[target + d] += value;
          else if (value > y[target + d]) y[target + d] = value;
        }
      }
      if (!largest) for (let d = 0; d < deep; d++) y[target + d] /= (bottom - top) * (right - left);
    }
  }
  return [y, [down.out, across.out, deep]];
}

function packFours(kernel, rows, wide) {
  const groups = Math.ceil(wide / 4), packed = new Float32Array(groups * rows * 4);
  for (let group = 0; group < groups; group++) for (let i = 0; i < rows; i++) for (let j = 0; j < 4; j++) {
    const o = group * 4 + j;
    if (o < wide) packed[(group * rows + i) * 4 + j] = kernel[i * wide + o];
  }
  return packed;
}

function readHalf(view, offset, count) {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const bits = view.getUint16(offset + 2 * i, true), power = (bits >> 10) & 31, part = bits & 1023;
    let value = power ? (1 + part / 1024) * 2 ** (power - 15) : part * 2 ** -24;
    if (power === 31) value = part ? NaN : Infinity;
    values[i] = bits & 0x8000 ? -value : value;
  }
  return values;
}

// Reads what `export_model` wrote. The model: name, input, output (shapes), layers, predict(image).
export function readModel(bytes) {
  if (!bytes) throw new Error("its network is missing or is not one");
  const view = bytes instanceof DataView ? bytes : new DataView(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
  if (view.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("its network is missing or is not one");
  const start = 8 + view.getUint32(4, true);
  if (start > view.byteLength) throw new Error("its network is cut short");
  const text = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + 8, start - 8));
  const header = JSON.parse(text);
  if (header.format !== FILE_FORMAT) throw new Error("its network was written for another version");
  if (start + header.bytes !== view.byteLength) throw new Error("its network is cut short");
  let offset = start;
  const layers = header.layers.map((layer) => {
    if (!LAYERS[layer.kind]) throw new Error(`its network has a layer of an unknown kind, ${layer.kind}`);
    const arrays = (layer.arrays ?? []).map(({ shape, type }) => {
      const count = multiply(shape);
      const values = type === "f2" ? readHalf(view, offset, count)
        : Float32Array.from({ length: count }, (_, i) => view.getFloat32(offset + 4 * i, true));
      offset += count * (type === "f2" ? 2 : 4);
      return values;
    });
    return { ...layer, arrays };
  });
  const pixels = multiply(header.input);

  // The values of every layer for one input, or of the last one alone.
  function run(image, each) {
    if (image.length !== pixels) throw new Error(`the network takes ${pixels} numbers, not ${image.length}`);
    let x = image, shape = header.input;
    for (const layer of layers) {
      [x, shape] = LAYERS[layer.kind](layer, x, shape);
      each?.(layer, x, shape);
    }
    for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) throw new Error("its network gave a number that is none");
    return x;
  }
  return { name: header.name, input: header.input, output: header.output, layers, predict: run };
}

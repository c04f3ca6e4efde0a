import { chainConstants, layerNormEpsilon, learningRate } from "./workloads.ts";
import { forKind, type ForEachKind, type Workload } from "./workload.ts";
import { operandsOf, type Operand } from "./operands.ts";

/** What a workload should give, computed in float64 by plain loops. Operands are the float32 values that peers get. */
export function referenceResult(workload: Workload): Float64Array {
  return forKind(references, workload, operandsOf(workload));
}

const references: ForEachKind<Operand, Float64Array> = {
  chain: ({ x, c }) => {
    const { scale, shift } = chainConstants;
    return generate(x.values.length, (i) => {
      return gelu(at(x.values, i) * scale + shift) / (1 + Math.exp(-at(c.values, i)));
    });
  },
  rowSum: ({ x }, { rows, columns }) => rowSums(x.values, rows, columns),
  rowMean: ({ x }, { rows, columns }) =>
    rowSums(x.values, rows, columns).map((sum) => sum / columns),
  softmax: ({ x }, { rows, columns }) => softmax(doubles(x), rows, columns),
  layerNorm: ({ x, weight, bias }, { columns }) =>
    layerNorm(doubles(x), weight.values, bias.values, columns),
  matmul: ({ a, b }, { m, k, n }) => matmul(doubles(a), doubles(b), m, k, n),
  mlpForward: (operands, { batch, sizes }) => {
    const layers = [0, 1, 2] as const;
    return layers.reduce((x, layer) => {
      const [width, nextWidth] = [sizes[layer], sizes[layer + 1] ?? 0];
      const product = matmul(x, doubles(operands[`w${layer}`]), batch, width, nextWidth);
      const sum = addToRows(product, operands[`b${layer}`].values);
      return layer < 2 ? sum.map((value) => Math.max(value, 0)) : sum;
    }, doubles(operands.x));
  },
  mlpTraining: (operands, { batch, sizes }) => {
    const layers = [0, 1, 2] as const;
    const weights = layers.map((layer) => doubles(operands[`w${layer}`]));
    const biases = layers.map((layer) => doubles(operands[`b${layer}`]));
    // What each layer reads; the last one is the logits.
    const reads = [doubles(operands.x)];
    for (const layer of layers) {
      const [width, nextWidth] = [sizes[layer], sizes[layer + 1] ?? 0];
      const product = matmul(item(reads, layer), item(weights, layer), batch, width, nextWidth);
      const sum = addToRows(product, item(biases, layer));
      reads.push(layer < 2 ? sum.map((value) => Math.max(value, 0)) : sum);
    }
    const classes = sizes[3];
    // d(mean cross entropy)/d(logits) = (softmax - one hot) / batch.
    let gradient = softmax(item(reads, 3), batch, classes);
    operands.labels.values.forEach(
      (label, i) => (gradient[i * classes + label] = at(gradient, i * classes + label) - 1),
    );
    gradient = gradient.map((value) => value / batch);
    const updated: Float64Array[] = [];
    for (const layer of [2, 1, 0] as const) {
      const [width, nextWidth] = [sizes[layer], sizes[layer + 1] ?? 0];
      const [read, weight] = [item(reads, layer), item(weights, layer)];
      const weightGradient = matmul(
        transpose(read, batch, width),
        gradient,
        width,
        batch,
        nextWidth,
      );
      const biasGradient = rowSums(transpose(gradient, batch, nextWidth), nextWidth, batch);
      updated.unshift(descend(weight, weightGradient), descend(item(biases, layer), biasGradient));
      const before = matmul(gradient, transpose(weight, width, nextWidth), batch, nextWidth, width);
      // `read` is after the relu: zero exactly where the relu cut.
      gradient = before.map((value, i) => (at(read, i) > 0 ? value : 0));
    }
    return concatenate(updated);
  },
  convolution: ({ x, weight, bias }, { batch, channels, height, width, filters }) => {
    const result = new Float64Array(batch * filters * height * width);
    const [image, kernel] = [doubles(x), doubles(weight)];
    for (let n = 0; n < batch; n++)
      for (let o = 0; o < filters; o++) {
        const plane = (n * filters + o) * height * width;
        result.fill(at(bias.values, o), plane, plane + height * width);
        for (let c = 0; c < channels; c++)
          for (let tap = 0; tap < 9; tap++) {
            const [dy, dx] = [Math.floor(tap / 3) - 1, (tap % 3) - 1];
            const factor = at(kernel, (o * channels + c) * 9 + tap);
            for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
              const to = plane + y * width;
              const from = ((n * channels + c) * height + y + dy) * width + dx;
              for (let i = Math.max(0, -dx); i < Math.min(width, width - dx); i++)
                result[to + i] = at(result, to + i) + factor * at(image, from + i);
            }
          }
      }
    return result;
  },
  transformer: (operands, { tokens, features, heads, hidden }) => {
    const x = doubles(operands.x);
    const { norm1Weight, norm1Bias, norm2Weight, norm2Bias } = operands;
    const linear = (from: Float64Array, weight: Operand, bias: Operand): Float64Array => {
      const [k = 0, n = 0] = weight.shape;
      return addToRows(matmul(from, doubles(weight), tokens, k, n), bias.values);
    };
    const normalised = layerNorm(x, norm1Weight.values, norm1Bias.values, features);
    const qkv = linear(normalised, operands.qkvWeight, operands.qkvBias);
    const attended = attention(qkv, tokens, features, heads);
    const middle = add(linear(attended, operands.outWeight, operands.outBias), x);
    const again = layerNorm(middle, norm2Weight.values, norm2Bias.values, features);
    const up = linear(again, operands.upWeight, operands.upBias).map(gelu);
    if (up.length !== tokens * hidden) throw new Error(`${up.length} hidden values`);
    return add(linear(up, operands.downWeight, operands.downBias), middle);
  },
  tinyAdds: ({ x, y }, { count }) =>
    // Rounded after each add, as float32 tensors are: the order of the adds is part of the program.
    generate(x.values.length, (i) => {
      let sum = at(x.values, i);
      for (let step = 0; step < count; step++) sum = Math.fround(sum + at(y.values, i));
      return sum;
    }),
};

/** Reads `[tokens, 3, heads, size]` and gives `[tokens, heads, size]`. */
function attention(
  qkv: Float64Array,
  tokens: number,
  features: number,
  heads: number,
): Float64Array {
  const size = features / heads;
  const result = new Float64Array(tokens * features);
  for (let head = 0; head < heads; head++) {
    const part = (which: 0 | 1 | 2): Float64Array =>
      generate(tokens * size, (i) =>
        at(qkv, (Math.floor(i / size) * 3 + which) * features + head * size + (i % size)),
      );
    const scores = matmul(part(0), transpose(part(1), tokens, size), tokens, size, tokens);
    const scaled = scores.map((value) => value / Math.sqrt(size));
    const mixed = matmul(softmax(scaled, tokens, tokens), part(2), tokens, tokens, size);
    mixed.forEach((value, i) => {
      result[Math.floor(i / size) * features + head * size + (i % size)] = value;
    });
  }
  return result;
}

function matmul(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    const row = result.subarray(i * n, (i + 1) * n);
    for (let p = 0; p < k; p++) {
      const factor = at(a, i * k + p);
      const other = b.subarray(p * n, (p + 1) * n);
      for (let j = 0; j < n; j++) row[j] = at(row, j) + factor * at(other, j);
    }
  }
  return result;
}

function softmax(x: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(x.length);
  for (let row = 0; row < rows; row++) {
    const from = x.subarray(row * columns, (row + 1) * columns);
    const largest = from.reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = from.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    result.set(
      powers.map((value) => value / sum),
      row * columns,
    );
  }
  return result;
}

function layerNorm(
  x: Float64Array,
  weight: Float32Array,
  bias: Float32Array,
  columns: number,
): Float64Array {
  const result = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += columns) {
    const row = x.subarray(start, start + columns);
    const mean = row.reduce((a, b) => a + b, 0) / columns;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns;
    const factor = 1 / Math.sqrt(variance + layerNormEpsilon);
    row.forEach((value, i) => {
      result[start + i] = (value - mean) * factor * at(weight, i) + at(bias, i);
    });
  }
  return result;
}

function gelu(x: number): number {
  return 0.5 * x * (1 + erf(x * Math.SQRT1_2));
}

/** Abramowitz and Stegun, 7.1.5 (series) near zero and 7.1.14 (continued fraction) beyond: both to full precision. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let [term, sum] = [z, z];
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-z * z) / fraction / Math.sqrt(Math.PI));
}

function rowSums(x: Float32Array | Float64Array, rows: number, columns: number): Float64Array {
  return generate(rows, (row) => {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) sum += at(x, i);
    return sum;
  });
}

function transpose(x: Float64Array, rows: number, columns: number): Float64Array {
  return generate(x.length, (i) => at(x, (i % rows) * columns + Math.floor(i / rows)));
}

function addToRows(x: Float64Array, bias: Float32Array | Float64Array): Float64Array {
  return x.map((value, i) => value + at(bias, i % bias.length));
}

function add(x: Float64Array, y: Float64Array): Float64Array {
  return x.map((value, i) => value + at(y, i));
}

function descend(x: Float64Array, gradient: Float64Array): Float64Array {
  return x.map((value, i) => value - learningRate * at(gradient, i));
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

function generate(length: number, value: (i: number) => number): Float64Array {
  const result = new Float64Array(length);
  for (let i = 0; i < length; i++) result[i] = value(i);
  return result;
}

function doubles(operand: Operand): Float64Array {
  return Float64Array.from(operand.values);
}

/** Inside the bounds by construction of the loops; NaN would show in every comparison. */
function at(values: Float32Array | Float64Array, i: number): number {
  return values[i] ?? NaN;
}

function item<Item>(items: readonly Item[], i: number): Item {
  const found = items[i];
  if (found === undefined) throw new Error(`no item ${i} of ${items.length}`);
  return found;
}

import { forKind, type OperandNames, type Workload } from "./workload.ts";
import type { Layers, Rows, WorkloadKind, WorkloadOf } from "./workload.ts";

/** How an operand's numbers are made: plain data, so that a peer in another language makes the same ones. */
export interface OperandPlan {
  readonly shape: readonly number[];
  /** A weight is constant from call to call: a peer may pack or fold it ahead. */
  readonly role: "input" | "weight";
  readonly fill: Fill;
}

type Fill =
  | {
      readonly kind: "uniform";
      readonly seed: number;
      /** Values are in offset ± scale. */
      readonly scale: number;
      readonly offset: number;
    }
  | { readonly kind: "labels"; readonly classes: number };

export interface Operand {
  readonly shape: readonly number[];
  readonly role: "input" | "weight";
  readonly values: Float32Array;
}

/** The plans of all operands of a workload, by name. */
export function operandPlans(workload: Workload): Readonly<Record<string, OperandPlan>> {
  return forKind<unknown, Readonly<Record<string, OperandPlan>>>(plans, workload, {});
}

/** The operands of a workload, filled. */
export function operandsOf(workload: Workload): Readonly<Record<string, Operand>> {
  return Object.fromEntries(
    Object.entries(operandPlans(workload)).map(([name, { shape, role, fill }]) => [
      name,
      { shape, role, values: filled(fill, elementCount(shape)) },
    ]),
  );
}

type Plans = {
  readonly [Kind in WorkloadKind]: (
    operands: unknown,
    workload: WorkloadOf<Kind>,
  ) => Readonly<Record<OperandNames[Kind], OperandPlan>>;
};

const plans = {
  chain: (_, { size }) => ({ x: input([size], 1, 3), c: input([size], 2, 3) }),
  rowSum: (_, rows) => ({ x: matrixInput(rows) }),
  rowMean: (_, rows) => ({ x: matrixInput(rows) }),
  softmax: (_, rows) => ({ x: matrixInput(rows) }),
  layerNorm: (_, rows) => ({
    x: matrixInput(rows),
    weight: weight([rows.columns], 4, 0.5, 1),
    bias: weight([rows.columns], 5),
  }),
  matmul: (_, { m, k, n, weightIsConstant }) => ({
    a: input([m, k], 6),
    b: weightIsConstant ? weight([k, n], 7) : input([k, n], 7),
  }),
  mlpForward: (_, workload) => layerPlans(workload),
  mlpTraining: (_, workload) => ({
    ...layerPlans(workload),
    labels: {
      shape: [workload.batch],
      role: "input",
      fill: { kind: "labels", classes: workload.sizes[3] },
    },
  }),
  convolution: (_, { batch, channels, height, width, filters }) => ({
    x: input([batch, channels, height, width], 20),
    weight: weight([filters, channels, 3, 3], 21, 0.1),
    bias: weight([filters], 22),
  }),
  transformer: (_, { tokens, features, hidden }) => {
    const scale = 1 / Math.sqrt(features);
    return {
      x: input([tokens, features], 30),
      norm1Weight: weight([features], 31, 0.1, 1),
      norm1Bias: weight([features], 32, 0.1),
      qkvWeight: weight([features, 3 * features], 33, scale),
      qkvBias: weight([3 * features], 34, 0.1),
      outWeight: weight([features, features], 35, scale),
      outBias: weight([features], 36, 0.1),
      norm2Weight: weight([features], 37, 0.1, 1),
      norm2Bias: weight([features], 38, 0.1),
      upWeight: weight([features, hidden], 39, scale),
      upBias: weight([hidden], 40, 0.1),
      downWeight: weight([hidden, features], 41, scale / 2),
      downBias: weight([features], 42, 0.1),
    };
  },
  tinyAdds: (_, { size }) => ({ x: input([size], 50), y: input([size], 51, 0.001) }),
} satisfies Plans;

function layerPlans({ batch, sizes: [width0, width1, width2, width3] }: Layers) {
  return {
    x: input([batch, width0], 8),
    w0: weight([width0, width1], 9, 1.5 / Math.sqrt(width0)),
    b0: weight([width1], 10, 0.1),
    w1: weight([width1, width2], 11, 1.5 / Math.sqrt(width1)),
    b1: weight([width2], 12, 0.1),
    w2: weight([width2, width3], 13, 1.5 / Math.sqrt(width2)),
    b2: weight([width3], 14, 0.1),
  };
}

function matrixInput({ rows, columns }: Rows): OperandPlan {
  return input([rows, columns], 3, 2);
}

function input(shape: readonly number[], seed: number, scale = 1): OperandPlan {
  return { shape, role: "input", fill: { kind: "uniform", seed, scale, offset: 0 } };
}

function weight(shape: readonly number[], seed: number, scale = 1, offset = 0): OperandPlan {
  return { shape, role: "weight", fill: { kind: "uniform", seed, scale, offset } };
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function filled(fill: Fill, count: number): Float32Array {
  const values = new Float32Array(count);
  switch (fill.kind) {
    case "uniform": {
      const start = Math.imul(fill.seed, 0x9e3779b9);
      for (let i = 0; i < count; i++) {
        values[i] = (hash(start + i) / 2 ** 31 - 1) * fill.scale + fill.offset;
      }
      return values;
    }
    case "labels":
      for (let i = 0; i < count; i++) values[i] = (i * 7) % fill.classes;
      return values;
  }
}

/** Chris Wellons, "lowbias32" (hash-prospector, 2018): each element by itself, so array languages can do it too. */
function hash(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

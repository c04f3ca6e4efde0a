import { RuntimeError } from "../../base/errors.ts";
import { type ComputeTypeName, type DType, int64 } from "../../core/dtype.ts";
import type { Scalar } from "../../core/scalar.ts";
import { at, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import type { StoreMode } from "../../loops/kernel.ts";
import { arg } from "../arg.ts";
import { full_like } from "../create/full.ts";
import { clone, contiguousClone } from "../data/clone.ts";
import { copy_ } from "../data/copy.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray } from "../naive-array.ts";
import { div } from "../pointwise/arithmetic.ts";
import { maximum } from "../pointwise/choice.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { checkScatter, scatter_, scatterInto, scatterSamples } from "./scatter.ts";
import { textArg } from "./text-arg.ts";

/** The largest and the smallest value of each dtype. */
const limits = {
  float32: { low: -Infinity, high: Infinity },
  float64: { low: -Infinity, high: Infinity },
  int64: { low: -(2n ** 63n), high: 2n ** 63n - 1n },
  int32: { low: -(2n ** 31n), high: 2n ** 31n - 1n },
  uint8: { low: 0, high: 255 },
  bool: { low: false, high: true },
} as const satisfies Record<ComputeTypeName, { readonly low: Scalar; readonly high: Scalar }>;

interface ScatterReduction {
  readonly mode: StoreMode;
  /** What a place holds before the first value when what is there does not count. */
  readonly identity: (dtype: DType) => Scalar;
  readonly reduce: (values: readonly number[]) => number;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const largest = (values: readonly number[]): number => Math.max(...values);
const smallest = (values: readonly number[]): number => Math.min(...values);

const amax: ScatterReduction = {
  mode: "maximum",
  identity: ({ computeName }) => limits[computeName].low,
  reduce: largest,
};
const amin: ScatterReduction = {
  mode: "minimum",
  identity: ({ computeName }) => limits[computeName].high,
  reduce: smallest,
};

const reductions: Readonly<Record<string, ScatterReduction>> = {
  sum: { mode: "add", identity: () => 0, reduce: total },
  prod: {
    mode: "multiply",
    identity: () => 1,
    reduce: (values) => values.reduce((product, value) => product * value, 1),
  },
  mean: { mode: "add", identity: () => 0, reduce: (values) => total(values) / values.length },
  amax,
  amin,
  max: amax,
  min: amin,
};

function reductionNamed(name: string): ScatterReduction {
  const found = reductions[name];
  if (found !== undefined) return found;
  throw new RuntimeError(
    `reduce argument must be either sum, prod, mean, amax or amin, got ${name}`,
  );
}

/** Combines every value with what is there; the building block without `include_self` and means. */
const scatterCombine = defineOp({
  name: "scatter_reduce_.combine",
  api: [],
  args: { self: arg.tensor, dim: arg.dim, index: arg.tensor, src: arg.tensor, reduce: textArg },
  mutates: "self",
  dtypes: numberDTypes,
  doc: { summary: "Combines the elements of `src` with those at positions along one dimension." },
  check: ({ self, dim, index, src }) => checkScatter(self, dim, index, src),
  mutation: ({ self, dim, index, src, reduce }) =>
    scatterInto(self, dim, index, src, reductionNamed(reduce).mode),
  reference: ({ self, dim, index, src, reduce }) =>
    naiveScatterReduce(self, dim, index, src, reduce, true),
  derivative: "pending",
  samples: function* (make) {
    for (const sample of repeatedSamples(make)) yield { ...sample, reduce: "amax" };
  },
});

const reduceArgs = {
  self: arg.tensor,
  dim: arg.dim,
  index: arg.tensor,
  src: arg.tensor,
  reduce: textArg,
  include_self: arg.withDefault(arg.bool, true),
} as const;

export const scatter_reduce_ = defineOp({
  name: "scatter_reduce_",
  api: ["Tensor.scatter_reduce_"],
  checksData: true,
  args: reduceArgs,
  mutates: "self",
  dtypes: numberDTypes,
  doc: {
    summary:
      "Reduces the elements of `src` into positions along one dimension that an index tensor gives.",
    details:
      '`reduce` is "sum", "prod", "mean", "amax" or "amin"; without `include_self` what was there does not count.',
    example:
      'torch.zeros(3).scatter_reduce_(0, torch.tensor([2n, 2n]), torch.tensor([5, 6]), "amax")',
  },
  decomposition: ({ self, dim, index, src, reduce, include_self }) => {
    const { identity } = reductionNamed(reduce);
    checkScatter(self, dim, index, src);
    if (!include_self) runOp(scatter_, { self, dim, index, src: identity(self.dtype) });
    runOp(scatterCombine, { self, dim, index, src, reduce });
    if (reduce === "mean")
      runOp(copy_, { self, src: dividedByCounts(self, dim, index, include_self) });
    return self;
  },
  reference: ({ self, dim, index, src, reduce, include_self }) =>
    naiveScatterReduce(self, dim, index, src, reduce, include_self),
  derivative: "pending",
  samples: reduceSamples,
});

/** Sums divided by how many values went into them; integers are rounded down. */
function dividedByCounts(
  sums: TensorBase,
  dim: number,
  index: TensorBase,
  includeSelf: boolean,
): TensorBase {
  const counts = runOp(full_like, { self: sums, fill_value: includeSelf ? 1 : 0 });
  const ones = runOp(full_like, { self: index, fill_value: 1, dtype: sums.dtype });
  runOp(scatterCombine, { self: counts, dim, index, src: ones, reduce: "sum" });
  const divisor = runOp(maximum, {
    self: counts,
    other: runOp(full_like, { self: counts, fill_value: 1 }),
  });
  return runOp(div, {
    self: sums,
    other: divisor,
    rounding_mode: sums.dtype.is_floating_point ? null : "floor",
  });
}

export const scatter_reduce = defineOp({
  name: "scatter_reduce",
  api: ["torch.scatter_reduce", "Tensor.scatter_reduce"],
  checksData: true,
  args: reduceArgs,
  dtypes: numberDTypes,
  doc: {
    summary: "A copy of `input` with elements of `src` reduced into positions along one dimension.",
    details:
      '`reduce` is "sum", "prod", "mean", "amax" or "amin"; without `include_self` what was there does not count.',
    example:
      'torch.scatter_reduce(torch.zeros(3), 0, torch.tensor([2n, 2n]), torch.tensor([5, 6]), "sum")',
  },
  decomposition: ({ self, ...rest }) =>
    runOp(scatter_reduce_, { self: runOp(contiguousClone, { self }), ...rest }),
  reference: ({ self, dim, index, src, reduce, include_self }) =>
    naiveScatterReduce(self, dim, index, src, reduce, include_self),
  derivative: "pending",
  samples: reduceSamples,
});

interface ScatterSample {
  readonly self: TensorBase;
  readonly dim: number;
  readonly index: TensorBase;
  readonly src: TensorBase;
}

function* repeatedSamples(make: SampleMaker): Generator<ScatterSample> {
  yield* scatterSamples(make);
  yield {
    self: make.tensor([2, 3], { low: 0, high: 3 }),
    dim: 1,
    index: make.of([2, 4], [0, 0, 2, 0, 1, 1, 1, 0], int64),
    src: make.tensor([2, 4], { low: 0, high: 3 }),
  };
}

function* reduceSamples(
  make: SampleMaker,
): Generator<ScatterSample & { reduce: string; include_self?: boolean }> {
  for (const reduce of ["sum", "prod", "mean", "amax", "amin"]) {
    for (const sample of repeatedSamples(make)) {
      yield { ...sample, reduce };
      yield { ...sample, self: runOp(clone, { self: sample.self }), reduce, include_self: false };
    }
  }
}

function naiveScatterReduce(
  self: TensorBase,
  dim: number,
  index: TensorBase,
  src: TensorBase,
  reduce: string,
  includeSelf: boolean,
): NaiveArray {
  const axis = wrapDim(dim, self.ndim);
  const incoming = naive(src);
  const places = naive(index);
  const collected = naive(self).values.map((): number[] => []);
  const positions = new Map(
    coordinatesOf(self.shape).map((point, position) => [point.join(), position]),
  );
  for (const point of coordinatesOf(index.shape)) {
    const target = point.map((coordinate, other) =>
      other === axis ? elementAt(places, point) : coordinate,
    );
    const source = src.shape.reduce(
      (position, size, other) => position * size + at(point, other),
      0,
    );
    at(collected, positions.get(target.join()) ?? 0).push(at(incoming.values, source));
  }
  const values = naive(self).values.map((own, position) => {
    const values = at(collected, position);
    if (values.length === 0) return own;
    const result = reductionNamed(reduce).reduce(includeSelf ? [own, ...values] : values);
    return self.dtype.is_floating_point ? result : Math.floor(result);
  });
  return { shape: self.shape, values };
}

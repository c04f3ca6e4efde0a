/** Pooling to an output of a given size: windows whose sizes differ by at most one. */
import { RuntimeError } from "../../base/errors.ts";
import { at, formatShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg, mismatch, type RequiredArg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { empty } from "../create/full.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { mean, sum } from "../reduction/sum.ts";
import { amax } from "../reduction/extremes.ts";
import { lowest } from "../reduction/folds.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";
import { squeeze, unsqueeze } from "../view/squeeze.ts";
import { adaptiveWindows, divideByAdaptiveSizes, windowBounds } from "./adaptive-windows.ts";
import { checkLineInput } from "./average-pool.ts";
import { largestWithPlace, planePlaces } from "./largest-with-place.ts";
import { naiveLargest, naivePool, type NaiveWindows } from "./naive-pool.ts";
import { withIndices, withoutIndices } from "./return-indices.ts";
import { slidingWindows } from "./windows.ts";

type Sizes = number | readonly (number | null)[];

/** One int or two; null keeps a size. */
const outputSize: RequiredArg<Sizes> = {
  ...arg.intOrInts,
  type: "number | readonly (number | null)[]",
  parse: (value) => {
    if (!Array.isArray(value)) return arg.int.parse(value);
    const parsed = value.map((item: unknown) => (item === null ? item : arg.int.parse(item)));
    const sizes = parsed.filter((item) => item !== mismatch);
    return sizes.length === value.length ? sizes : mismatch;
  },
};

type Pair = readonly [number, number];

function sizesOf(op: string, self: TensorBase, size: Sizes): Pair {
  if (self.ndim !== 3 && self.ndim !== 4) {
    const colon = op.includes("max") ? ":" : "";
    throw new RuntimeError(
      `${op}(): Expected 3D or 4D tensor, but got${colon} ${formatShape(self.shape)}`,
    );
  }
  if (typeof size !== "number" && size.length !== 2)
    throw new RuntimeError(`${op}: output_size must be 2`);
  const own: Pair = [at(self.shape, self.ndim - 2), at(self.shape, self.ndim - 1)];
  const pair: Pair =
    typeof size === "number" ? [size, size] : [size[0] ?? own[0], size[1] ?? own[1]];
  if (Math.min(...pair) < 0) {
    throw new RuntimeError(
      `${op}: elements of output_size must be greater than or equal to 0 but received {${pair.join(", ")}}`,
    );
  }
  self.shape.forEach((each, axis) => {
    if (each > 0 || (axis === 0 && self.ndim === 4)) return;
    throw new RuntimeError(
      `${op}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ${formatShape(self.shape)} with dimension ${axis} being empty`,
    );
  });
  onlyForFloats(op)(self.dtype);
  return pair;
}

/** The windows as a view if all have one size, else as a tensor in which `fill` stands for what a window lacks. */
function windowsOf(self: TensorBase, sizes: Pair, fill: number | bigint): TensorBase {
  const plane = self.shape.slice(-2);
  if (!isEven(self, sizes))
    return runOp(adaptiveWindows, { self, size: sizes, fill: Number(fill) });
  const axes = sizes.map((count, axis) => {
    const size = at(plane, axis);
    const kernel = size / count;
    return { size, kernel, stride: kernel, padding: 0, dilation: 1, count };
  });
  return slidingWindows(self, axes, fill);
}

function isEven(self: TensorBase, sizes: Pair): boolean {
  const plane = self.shape.slice(-2);
  return sizes.every((count, axis) => at(plane, axis) % count === 0);
}

function nothing(self: TensorBase, sizes: Pair): TensorBase {
  return runOp(empty, { size: [...self.shape.slice(0, -2), ...sizes], dtype: self.dtype });
}

function naiveAdaptive(self: TensorBase, size: Sizes): NaiveWindows {
  return sizesOf("adaptive", self, size).map((count, axis) =>
    Array.from({ length: count }, (_, window) => {
      const { start, end } = windowBounds(window, at(self.shape, self.ndim - 2 + axis), count);
      return Array.from({ length: end - start }, (__, place) => start + place);
    }),
  );
}

const poolArgs = { self: arg.tensor, output_size: outputSize } as const;

function* poolSamples(make: {
  tensor(shape: readonly number[]): TensorBase;
  strided(shape: readonly number[]): TensorBase;
}) {
  yield { self: make.tensor([1, 2, 5, 6]), output_size: 1 };
  yield { self: make.strided([2, 5, 6]), output_size: [3, 4] };
  yield { self: make.tensor([1, 1, 4, 6]), output_size: [2, null] };
  yield { self: make.tensor([1, 2, 3]), output_size: 5 };
  yield { self: make.tensor([0, 1, 4, 4]), output_size: 3 };
}

export const adaptive_avg_pool2d = defineOp({
  name: "adaptive_avg_pool2d",
  api: ["torch.nn.functional.adaptive_avg_pool2d"],
  args: poolArgs,
  doc: {
    summary: "Means of windows over the last two dimensions, as many as `output_size` says.",
    details: "null keeps a size.",
    example: "torch.nn.functional.adaptive_avg_pool2d(torch.ones(1, 4, 4), 1)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, output_size }) => {
    const sizes = sizesOf("adaptive_avg_pool2d", self, output_size);
    if (sizes.includes(0)) return nothing(self, sizes);
    const windows = windowsOf(self, sizes, 0);
    const dim = [-2, -1];
    if (isEven(self, sizes)) return runOp(mean, { self: windows, dim });
    const totals = runOp(sum, { self: windows, dim });
    return runOp(divideByAdaptiveSizes, { self: totals, plane: self.shape.slice(-2) });
  },
  reference: ({ self, output_size }) =>
    naivePool(
      self,
      naiveAdaptive(self, output_size),
      ({ values }) => values.reduce((total, x) => total + x, 0) / values.length,
    ),
  samples: poolSamples,
});

export const adaptive_avg_pool1d = defineOp({
  name: "adaptive_avg_pool1d",
  api: ["torch.nn.functional.adaptive_avg_pool1d", "torch.adaptive_avg_pool1d"],
  args: { self: arg.tensor, output_size: arg.intOrInts },
  doc: {
    summary: "Means of windows over the last dimension, as many as `output_size` says.",
    example: "torch.nn.functional.adaptive_avg_pool1d(torch.tensor([[1, 3, 2, 4]]), 2)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, output_size }) => {
    checkLineInput("adaptive_avg_pool1d", self);
    const size = typeof output_size === "number" ? output_size : at(output_size, 0);
    const plane = runOp(unsqueeze, { self, dim: -2 });
    const pooled = runOp(adaptive_avg_pool2d, { self: plane, output_size: [1, size] });
    return runOp(squeeze, { self: pooled, dim: [-2] });
  },
  reference: ({ self, output_size }) => {
    const size = typeof output_size === "number" ? output_size : at(output_size, 0);
    const windows = Array.from({ length: size }, (_, window) => {
      const { start, end } = windowBounds(window, at(self.shape, self.ndim - 1), size);
      return Array.from({ length: end - start }, (__, place) => start + place);
    });
    return naivePool(
      self,
      [windows],
      ({ values }) => values.reduce((total, x) => total + x, 0) / values.length,
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 7]), output_size: 3 };
    yield { self: make.strided([3, 6]), output_size: [2] };
  },
});

const maxDoc = {
  summary:
    "The largest elements of windows over the last two dimensions, as many as `output_size` says.",
  details: "null keeps a size. With `return_indices` also where they stand in the flattened plane.",
  example: "torch.nn.functional.adaptive_max_pool2d(torch.ones(1, 4, 4), 1)",
};

export const adaptiveMaxPool2dWithIndices = defineOp({
  name: "adaptive_max_pool2d_with_indices",
  api: ["torch.nn.functional.adaptive_max_pool2d"],
  args: { ...poolArgs, return_indices: withIndices },
  returns: returns.tensors,
  doc: maxDoc,
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, output_size }) => {
    const sizes = sizesOf("adaptive_max_pool2d", self, output_size);
    const places = runOp(planePlaces, { size: self.shape.slice(-2) });
    return runOp(largestWithPlace, {
      self: windowsOf(self, sizes, lowest[self.dtype.computeName]),
      places: windowsOf(places, sizes, -1),
    });
  },
  reference: ({ self, output_size }) => {
    const windows = naiveAdaptive(self, output_size);
    return [
      naivePool(self, windows, (window) => naiveLargest(window).value),
      naivePool(self, windows, (window) => naiveLargest(window).place),
    ];
  },
  samples: function* (make) {
    for (const sample of poolSamples(make)) yield { ...sample, return_indices: true as const };
  },
});

export const adaptive_max_pool2d = defineOp({
  name: "adaptive_max_pool2d",
  api: ["torch.nn.functional.adaptive_max_pool2d"],
  args: { ...poolArgs, return_indices: withoutIndices },
  doc: maxDoc,
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, output_size }) => {
    const sizes = sizesOf("adaptive_max_pool2d", self, output_size);
    const windows = windowsOf(self, sizes, lowest[self.dtype.computeName]);
    return runOp(amax, { self: windows, dim: [-2, -1] });
  },
  reference: ({ self, output_size }) =>
    naivePool(self, naiveAdaptive(self, output_size), (window) => naiveLargest(window).value),
  samples: poolSamples,
});

/** Largest elements of windows. */
import { RuntimeError } from "../../base/errors.ts";

import { at, formatShape } from "../../core/shape.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { defineOp, floatDTypes, numberDTypes } from "../define-op.ts";
import { notForBool, onlyForFloats } from "../not-implemented.ts";
import { amax } from "../reduction/extremes.ts";
import { lowest } from "../reduction/folds.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { squeeze, unsqueeze } from "../view/squeeze.ts";
import { largestWithPlace, planePlaces } from "./largest-with-place.ts";
import { naiveLargest, naivePool, type NaiveWindows } from "./naive-pool.ts";
import { pairOf, poolAxes, type Pooling } from "./pool-geometry.ts";
import { withIndices, withoutIndices } from "./return-indices.ts";
import { slidingWindows, type WindowAxis } from "./windows.ts";

const poolArgs = {
  self: arg.tensor,
  kernel_size: arg.intOrInts,
  stride: arg.optional(arg.intOrInts),
  padding: arg.withDefault(arg.intOrInts, 0),
  dilation: arg.withDefault(arg.intOrInts, 1),
  ceil_mode: arg.withDefault(arg.bool, false),
} as const;

type PoolArgs = ArgsOf<typeof poolArgs>;

function poolingOf(op: string, { kernel_size, ...args }: PoolArgs): Pooling {
  return {
    kernel: pairOf(op, "kernel_size", kernel_size),
    stride: pairOf(
      op,
      "stride",
      args.stride ?? kernel_size,
      "must either be omitted, a single int, or a tuple of two ints",
    ),
    padding: pairOf(op, "padding", args.padding),
    dilation: pairOf(
      op,
      "dilation",
      args.dilation,
      "must be either a single int, or a tuple of two ints",
    ),
    ceilMode: args.ceil_mode,
  };
}

function axesOf(args: PoolArgs): readonly [WindowAxis, WindowAxis] {
  const pooling = poolingOf("max_pool2d", args);
  if (args.self.ndim < 3)
    throw new RuntimeError("non-empty 3D or 4D (batch mode) tensor expected for input");
  notForBool("max_pool2d")(args.self.dtype);
  return poolAxes(args.self, pooling);
}

function naiveAxis({ count, stride, padding, kernel, dilation }: WindowAxis): number[][] {
  return Array.from({ length: count }, (_, window) =>
    Array.from({ length: kernel }, (__, place) => window * stride - padding + place * dilation),
  );
}

const naiveWindows = (args: PoolArgs): NaiveWindows => axesOf(args).map(naiveAxis);

function* poolSamples(make: SampleMaker) {
  yield { self: make.tensor([1, 2, 5, 6]), kernel_size: 2 };
  yield { self: make.strided([2, 5, 6]), kernel_size: [3, 2], stride: 2, padding: 1 };
  yield {
    self: make.tensor([2, 1, 5, 5]),
    kernel_size: 3,
    stride: [2, 1],
    padding: [1, 0],
    ceil_mode: true,
  };
  yield { self: make.tensor([1, 5, 5]), kernel_size: 2, stride: 1, dilation: 2 };
  yield { self: make.tensor([0, 2, 4, 4]), kernel_size: 2 };
}

const maxDoc = {
  summary: "The largest element of each window of the last two dimensions.",
  details:
    "Windows begin every `stride` places (`kernel_size` if left out), first `padding` places before the input.",
  example: "torch.nn.functional.max_pool2d(torch.arange(16).reshape(1, 4, 4).float(), 2)",
};
const indicesDoc = {
  ...maxDoc,
  details: `${maxDoc.details} With \`return_indices\` also where they stand in the flattened plane.`,
};

export const maxPool2dWithIndices = defineOp({
  name: "max_pool2d_with_indices",
  api: ["torch.nn.functional.max_pool2d"],
  args: { ...poolArgs, return_indices: withIndices },
  returns: returns.tensors,
  doc: indicesDoc,
  derivative: "pending",
  dtypes: numberDTypes,
  decomposition: (args) => {
    const { self } = args;
    const axes = axesOf(args);
    const places = runOp(planePlaces, { size: self.shape.slice(-2) });
    return runOp(largestWithPlace, {
      self: slidingWindows(self, axes, lowest[self.dtype.computeName]),
      places: slidingWindows(places, axes, -1),
    });
  },
  reference: (args) => [
    naivePool(args.self, naiveWindows(args), (window) => naiveLargest(window).value),
    naivePool(args.self, naiveWindows(args), (window) => naiveLargest(window).place),
  ],
  samples: function* (make) {
    for (const sample of poolSamples(make)) yield { ...sample, return_indices: true as const };
    if (make.dtype.is_floating_point) {
      const self = make.of([1, 2, 4], [NaN, 1, -Infinity, -Infinity, 2, NaN, -Infinity, -Infinity]);
      yield { self, kernel_size: 2, return_indices: true as const };
    }
  },
});

export const max_pool2d = defineOp({
  name: "max_pool2d",
  api: ["torch.nn.functional.max_pool2d", "torch.max_pool2d"],
  args: { ...poolArgs, return_indices: withoutIndices },
  doc: maxDoc,
  derivative: "pending",
  dtypes: numberDTypes,
  decomposition: (args) => {
    const windows = slidingWindows(args.self, axesOf(args), lowest[args.self.dtype.computeName]);
    return runOp(amax, { self: windows, dim: [-2, -1] });
  },
  reference: (args) =>
    naivePool(args.self, naiveWindows(args), (window) => naiveLargest(window).value),
  samples: poolSamples,
});

/** One dimension is the second of two. */
function asPlane({ self, ...args }: PoolArgs): PoolArgs {
  const last = (value: number | readonly number[], other: number): readonly number[] => [
    other,
    typeof value === "number" ? value : at(value, 0),
  ];
  return {
    self: runOp(unsqueeze, { self, dim: -2 }),
    kernel_size: last(args.kernel_size, 1),
    stride: last(args.stride ?? args.kernel_size, 1),
    padding: last(args.padding, 0),
    dilation: last(args.dilation, 1),
    ceil_mode: args.ceil_mode,
  };
}

function checkLine(args: PoolArgs): void {
  const { self } = args;
  if (self.ndim !== 2 && self.ndim !== 3) {
    throw new RuntimeError(
      `max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:${formatShape(self.shape)}`,
    );
  }
  onlyForFloats("max_pool1d_impl")(self.dtype);
  const { kernel, stride, padding, dilation, ceilMode } = poolingOf("max_pool1d", args);
  if (padding[1] > Math.floor(kernel[1] / 2)) {
    throw new RuntimeError(
      `max_pool1d() padding should be at most half of kernel size, but got padding=${padding[1]} and kernel_size=${kernel[1]}`,
    );
  }
  const span = at(self.shape, self.ndim - 1) + 2 * padding[1] - dilation[1] * (kernel[1] - 1) - 1;
  const count = Math.floor((span + (ceilMode ? stride[1] - 1 : 0)) / stride[1]) + 1;
  if (count <= 0) throw new RuntimeError(`max_pool1d() Invalid computed output size: ${count}`);
}

function* lineSamples(make: SampleMaker) {
  yield { self: make.tensor([2, 3, 7]), kernel_size: 2 };
  yield { self: make.strided([3, 7]), kernel_size: [3], stride: 2, padding: 1, ceil_mode: true };
  yield { self: make.tensor([1, 7]), kernel_size: 2, stride: [1], dilation: 3 };
}

const lineDoc = {
  ...maxDoc,
  summary: "The largest element of each window of the last dimension.",
  example: "torch.nn.functional.max_pool1d(torch.tensor([[1, 3, 2, 4]]), 2)",
};
const naiveLine = (args: PoolArgs, part: "value" | "place") => {
  const [, axis] = axesOf(asPlane(args));
  return naivePool(args.self, [naiveAxis(axis)], (window) => naiveLargest(window)[part]);
};

export const maxPool1dWithIndices = defineOp({
  name: "max_pool1d_with_indices",
  api: ["torch.nn.functional.max_pool1d"],
  args: { ...poolArgs, return_indices: withIndices },
  returns: returns.tensors,
  doc: { ...lineDoc, details: indicesDoc.details },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ return_indices, ...args }) => {
    checkLine(args);
    const both = runOp(maxPool2dWithIndices, { ...asPlane(args), return_indices });
    return both.map((self) => runOp(squeeze, { self, dim: [-2] }));
  },
  reference: (args) => [naiveLine(args, "value"), naiveLine(args, "place")],
  samples: function* (make) {
    for (const sample of lineSamples(make)) yield { ...sample, return_indices: true as const };
  },
});

export const max_pool1d = defineOp({
  name: "max_pool1d",
  api: ["torch.nn.functional.max_pool1d", "torch.max_pool1d"],
  args: { ...poolArgs, return_indices: withoutIndices },
  doc: lineDoc,
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ return_indices, ...args }) => {
    checkLine(args);
    const plane = runOp(max_pool2d, { ...asPlane(args), return_indices });
    return runOp(squeeze, { self: plane, dim: [-2] });
  },
  reference: (args) => naiveLine(args, "value"),
  samples: lineSamples,
});

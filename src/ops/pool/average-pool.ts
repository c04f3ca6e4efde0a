/** Means of windows. */
import { RuntimeError } from "../../base/errors.ts";
import { int64 } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import {
  add,
  arithmetic,
  cast,
  type Expression,
  maximum,
  minimum,
  mul,
  sub,
} from "../../loops/expression.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { bodyPerKey } from "../index/body-per-key.ts";
import { notImplemented } from "../not-implemented.ts";
import { mean, sum } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { squeeze, unsqueeze } from "../view/squeeze.ts";
import { div } from "../pointwise/arithmetic.ts";
import { naivePool } from "./naive-pool.ts";
import { pairOf, poolAxes } from "./pool-geometry.ts";
import { slidingWindows, type WindowAxis } from "./windows.ts";

/** Scalars for each of two dimensions: stride, padding, kernel, size. */
const divideBody = bodyPerKey((counted: "with padding" | "inside") => {
  return function divideByCount({ positions, load, scalar }: IndexedContext): Expression {
    const lengths = [0, 1].map((axis) => {
      const [stride, padding, kernel, size] = [0, 1, 2, 3].map((slot) => scalar(4 * axis + slot));
      if (
        stride === undefined ||
        padding === undefined ||
        kernel === undefined ||
        size === undefined
      )
        throw new RangeError("four scalars for each dimension");
      const position = at(positions, positions.length - 2 + axis);
      const start = sub(mul(position, stride), padding);
      const end = minimum(add(start, kernel), add(size, padding));
      if (counted === "with padding") return sub(end, start);
      return sub(minimum(end, size), maximum(start, 0));
    });
    const total = load(0);
    const count = cast(mul(at(lengths, 0), at(lengths, 1)), total.type);
    return arithmetic(total.type === "int64" ? "quotient" : "div", total, count);
  };
});

const divideByCounts = defineOp({
  name: "divide_by_window_sizes",
  api: [],
  args: { self: arg.tensor, axes: arg.ints, counted: arg.choice("with padding", "inside") },
  doc: { summary: "Sums of windows divided by how many elements each window has." },
  derivative: "pending",
  meta: ({ self }) => ({ dtype: self.dtype, shape: self.shape }),
  lowering: ({ self, axes, counted }) =>
    indexed(divideBody(counted), {
      operands: [self],
      scalars: axes.map((value) => scalarValue("index", value)),
    }),
  reference: null,
  samples: () => [],
});

const averageArgs = {
  self: arg.tensor,
  kernel_size: arg.intOrInts,
  stride: arg.optional(arg.intOrInts),
  padding: arg.withDefault(arg.intOrInts, 0),
  ceil_mode: arg.withDefault(arg.bool, false),
  count_include_pad: arg.withDefault(arg.bool, true),
} as const;

const planeArgs = {
  ...averageArgs,
  divisor_override: arg.keyword(arg.optional(arg.int)),
} as const;

type PlaneArgs = ArgsOf<typeof planeArgs>;

function axesOf({ self, kernel_size, stride, padding, ceil_mode }: PlaneArgs) {
  const omitted = "must either be omitted, a single int, or a tuple of two ints";
  return poolAxes(self, {
    kernel: pairOf("avg_pool2d", "kernel_size", kernel_size),
    stride: pairOf("avg_pool2d", "stride", stride ?? kernel_size, omitted),
    padding: pairOf("avg_pool2d", "padding", padding),
    dilation: [1, 1],
    ceilMode: ceil_mode,
  });
}

/** Whether every window has `kernel` elements that count. */
function isUniform({ size, kernel, stride, padding, count }: WindowAxis, countsPadding: boolean) {
  const end = (count - 1) * stride - padding + kernel;
  return countsPadding ? end <= size + padding : padding === 0 && end <= size;
}

function average(args: PlaneArgs): TensorBase {
  const { self, count_include_pad, divisor_override } = args;
  const axes = axesOf(args);
  if (divisor_override === 0) throw new RuntimeError("divisor must be not zero");
  if (!self.dtype.is_floating_point && self.dtype !== int64)
    throw notImplemented("avg_pool2d_out_frame", self.dtype);
  const windows = slidingWindows(self, axes, 0);
  const dim = [-2, -1];
  if (divisor_override !== null) {
    const total = runOp(sum, { self: windows, dim });
    const rounding_mode = self.dtype === int64 ? "trunc" : null;
    return runOp(div, { self: total, other: divisor_override, rounding_mode });
  }
  const uniform = axes.every((axis) => isUniform(axis, count_include_pad));
  if (uniform && self.dtype.is_floating_point) return runOp(mean, { self: windows, dim });
  return runOp(divideByCounts, {
    self: runOp(sum, { self: windows, dim }),
    axes: axes.flatMap(({ stride, padding, kernel, size }) => [stride, padding, kernel, size]),
    counted: count_include_pad ? "with padding" : "inside",
  });
}

function naiveAverage(self: TensorBase, axes: readonly WindowAxis[], args: PlaneArgs) {
  const windows = axes.map(({ count, stride, padding, kernel, size }) =>
    Array.from({ length: count }, (_, window) =>
      Array.from({ length: kernel }, (__, place) => window * stride - padding + place).filter(
        (place) => place < size + padding,
      ),
    ),
  );
  return naivePool(self, windows, ({ values, covered }) => {
    const all = covered.reduce((product, own) => product * own.length, 1);
    const count = args.count_include_pad ? all : values.length;
    const total = values.reduce((sumSoFar, x) => sumSoFar + x, 0);
    return total / (args.divisor_override ?? count);
  });
}

export const avg_pool2d = defineOp({
  name: "avg_pool2d",
  api: ["torch.nn.functional.avg_pool2d"],
  args: planeArgs,
  doc: {
    summary: "The mean of each window of the last two dimensions.",
    details:
      "Windows begin every `stride` places (`kernel_size` if left out), first `padding` places before the input. Zeros of the padding count unless `count_include_pad` is false; `divisor_override` divides the sums instead.",
    example: "torch.nn.functional.avg_pool2d(torch.arange(16).reshape(1, 4, 4).float(), 2)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: average,
  reference: (args) => naiveAverage(args.self, axesOf(args), args),
  samples: function* (make) {
    yield { self: make.tensor([1, 2, 5, 6]), kernel_size: 2 };
    for (const count_include_pad of [true, false]) {
      const padding = 1;
      yield { self: make.strided([2, 5, 6]), kernel_size: [3, 2], padding, count_include_pad };
      const self = make.tensor([1, 1, 5, 6]);
      yield { self, kernel_size: 3, stride: 2, padding, ceil_mode: true, count_include_pad };
    }
    yield { self: make.tensor([1, 4, 4]), kernel_size: 2, divisor_override: 3 };
    yield { self: make.tensor([0, 1, 4, 4]), kernel_size: 2 };
  },
});

type LineArgs = ArgsOf<typeof averageArgs>;

function asPlane({ self, kernel_size, stride, padding, ...flags }: LineArgs): PlaneArgs {
  const last = (value: number | readonly number[], other: number): readonly number[] => [
    other,
    typeof value === "number" ? value : at(value, 0),
  ];
  return {
    ...flags,
    self: runOp(unsqueeze, { self, dim: -2 }),
    kernel_size: last(kernel_size, 1),
    stride: last(stride ?? kernel_size, 1),
    padding: last(padding, 0),
    divisor_override: null,
  };
}

/** PyTorch's complaint about inputs that are not lines. */
export function checkLineInput(op: string, self: TensorBase): void {
  if (self.ndim === 2 || self.ndim === 3) return;
  throw new RuntimeError(
    `Expected 2 to 3 dimensions, but got ${self.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for ${op})`,
  );
}

export const avg_pool1d = defineOp({
  name: "avg_pool1d",
  api: ["torch.nn.functional.avg_pool1d", "torch.avg_pool1d"],
  args: averageArgs,
  doc: {
    summary: "The mean of each window of the last dimension.",
    details:
      "Windows begin every `stride` places (`kernel_size` if left out), first `padding` places before the input. Zeros of the padding count unless `count_include_pad` is false.",
    example: "torch.nn.functional.avg_pool1d(torch.tensor([[1, 3, 2, 4]]), 2)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: (args) => {
    checkLineInput("avg_pool1d", args.self);
    return runOp(squeeze, { self: average(asPlane(args)), dim: [-2] });
  },
  reference: (args) => {
    const plane = asPlane(args);
    return naiveAverage(args.self, axesOf(plane).slice(1), plane);
  },
  samples: lineSamples,
});

function* lineSamples(make: SampleMaker) {
  yield { self: make.tensor([2, 3, 7]), kernel_size: 2 };
  yield { self: make.strided([3, 7]), kernel_size: [3], stride: 2, padding: 1, ceil_mode: true };
  yield { self: make.tensor([1, 7]), kernel_size: 3, padding: 1, count_include_pad: false };
}

/** Norms of windows. */
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes, wideFloatDTypes } from "../define-op.ts";
import { naivePool, type NaiveWindows } from "./naive-pool.ts";
import { mul } from "../pointwise/arithmetic.ts";
import { pow } from "../pointwise/exponential.ts";
import { relu } from "../pointwise/activation.ts";
import { abs, sign } from "../pointwise/rounding.ts";
import { runOp } from "../run-op.ts";
import { avg_pool1d, avg_pool2d } from "./average-pool.ts";
import { avg_pool3d } from "./volume-pool.ts";

const lpArgs = {
  self: arg.tensor,
  norm_type: arg.number,
  kernel_size: arg.intOrInts,
  stride: arg.optional(arg.intOrInts),
  ceil_mode: arg.withDefault(arg.bool, false),
} as const;

interface LpArgs {
  readonly self: TensorBase;
  readonly norm_type: number;
  readonly kernel_size: number | readonly number[];
  readonly stride: number | readonly number[] | null;
  readonly ceil_mode: boolean;
}

function sizesOf(value: number | readonly number[], rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) =>
    typeof value === "number" ? value : at(value, Math.min(axis, value.length - 1)),
  );
}

/** `mean` gives the means of windows; negative sums have no root and give 0, as in PyTorch. */
function lpPool(
  { norm_type, ...args }: LpArgs,
  rank: number,
  mean: (args: Omit<LpArgs, "norm_type">) => TensorBase,
): TensorBase {
  const self = runOp(pow, { self: args.self, exponent: norm_type });
  const means = mean({ ...args, self });
  const size = sizesOf(args.kernel_size, rank).reduce((product, side) => product * side, 1);
  const rectified = runOp(mul, {
    self: runOp(sign, { self: means }),
    other: runOp(relu, { self: runOp(abs, { self: means }) }),
  });
  const sums = runOp(mul, { self: rectified, other: size });
  return runOp(pow, { self: sums, exponent: 1 / norm_type });
}

function naiveLp({ self, norm_type, kernel_size, stride }: LpArgs, rank: number) {
  const kernel = sizesOf(kernel_size, rank);
  const steps = sizesOf(stride ?? kernel_size, rank);
  const windows: NaiveWindows = self.shape.slice(-rank).map((size, axis) => {
    const [extent, step] = [at(kernel, axis), at(steps, axis)];
    return Array.from({ length: Math.floor((size - extent) / step) + 1 }, (_, window) =>
      Array.from({ length: extent }, (__, place) => window * step + place),
    );
  });
  return naivePool(
    self,
    windows,
    ({ values }) => values.reduce((total, x) => total + x ** norm_type, 0) ** (1 / norm_type),
  );
}

const describe = (dimensions: string, example: string) => ({
  summary: `The norm of order \`norm_type\` of each window of ${dimensions}.`,
  details: "Windows begin every `stride` places (`kernel_size` if left out).",
  example,
});

export const lp_pool1d = defineOp({
  name: "lp_pool1d",
  api: ["torch.nn.functional.lp_pool1d"],
  args: lpArgs,
  doc: describe(
    "the last dimension",
    "torch.nn.functional.lp_pool1d(torch.tensor([[3, 4, 6, 8]]), 2, 2)",
  ),
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: (args) => lpPool(args, 1, (given) => runOp(avg_pool1d, given)),
  reference: (args) => naiveLp(args, 1),
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 7]), norm_type: 2, kernel_size: 3 };
    yield { self: make.strided([3, 7]), norm_type: 1, kernel_size: 2, stride: 1 };
  },
});

export const lp_pool2d = defineOp({
  name: "lp_pool2d",
  api: ["torch.nn.functional.lp_pool2d"],
  args: lpArgs,
  doc: describe(
    "the last two dimensions",
    "torch.nn.functional.lp_pool2d(torch.tensor([[[3, 4], [0, 0]]]), 2, 2)",
  ),
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: (args) => lpPool(args, 2, (given) => runOp(avg_pool2d, given)),
  reference: (args) => naiveLp(args, 2),
  samples: function* (make) {
    yield { self: make.tensor([1, 2, 4, 5]), norm_type: 2, kernel_size: 2 };
    yield { self: make.strided([2, 5, 6]), norm_type: 2, kernel_size: [3, 2], stride: [1, 2] };
  },
});

export const lp_pool3d = defineOp({
  name: "lp_pool3d",
  api: ["torch.nn.functional.lp_pool3d"],
  args: lpArgs,
  doc: describe(
    "the last three dimensions",
    "torch.nn.functional.lp_pool3d(torch.ones(1, 2, 2, 2), 2, 2)",
  ),
  derivative: "pending",
  dtypes: wideFloatDTypes,
  decomposition: (args) => lpPool(args, 3, (given) => runOp(avg_pool3d, given)),
  reference: (args) => naiveLp(args, 3),
  samples: function* (make) {
    yield { self: make.tensor([1, 1, 4, 4, 5]), norm_type: 2, kernel_size: 2 };
  },
});

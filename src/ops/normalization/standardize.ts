/** The steps that all normalizations are made of: statistics by folds, and one pointwise kernel that applies them. */
import { at, numelOf } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { type Fold, pointwise, reduction, scalarValue } from "../../loops/computation.ts";
import { add, cast, div, type Expression, mul, sub, unary } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { bodyPerKey } from "../index/body-per-key.ts";
import { reducedShape } from "../reduction/fold-dims.ts";
import { mean } from "../reduction/sum.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";

const square = (x: Expression): Expression => mul(x, x);

/** 1 / √(the mean of the terms + ε); scalars: how many terms there are, ε. */
const inverseRoot = (total: Expression, count: Expression, eps: Expression): Expression =>
  div(1, unary("sqrt", add(div(total, count), eps)));

function sumOfSquares(
  name: string,
  term: (inputs: readonly Expression[]) => Expression,
  results: Fold["results"],
): Fold {
  return {
    name,
    usesPosition: false,
    states: (inputs) => [
      {
        type: "float64",
        initial: 0,
        next: (states) => add(at(states, 0), cast(square(term(inputs)), "float64")),
      },
    ],
    results,
  };
}

const difference = (inputs: readonly Expression[]): Expression => sub(at(inputs, 0), at(inputs, 1));

// Sums of differences from a mean that is known, not Welford's recurrence: their terms are independent of each other, so
// that they vectorize, and rows are read again while they are in the cache. Terms are computed in the tensor's own type,
// where the difference from the mean cancels nothing but what is equal; only their sum needs more.
const inverseDeviationFold = sumOfSquares("inverse_deviation", difference, (states, scalars) => [
  inverseRoot(at(states, 0), at(scalars, 0), at(scalars, 1)),
]);
const inverseRmsFold = sumOfSquares(
  "inverse_rms",
  (inputs) => at(inputs, 0),
  (states, scalars) => [inverseRoot(at(states, 0), at(scalars, 0), at(scalars, 1))],
);
/** Also the unbiased variance, for running statistics. */
const spreadFold = sumOfSquares("spread", difference, (states, scalars) => [
  inverseRoot(at(states, 0), at(scalars, 0), at(scalars, 1)),
  div(at(states, 0), sub(at(scalars, 0), 1)),
]);

const statisticsArgs = { self: arg.tensor, dim: arg.dims, eps: arg.number } as const;
const aroundMeanArgs = { ...statisticsArgs, mean: arg.tensor } as const;

function scalarsOf({ self, dim, eps }: { self: TensorBase; dim: readonly number[]; eps: number }) {
  const count = numelOf(dim.map((axis) => at(self.shape, axis)));
  return [scalarValue("float64", count), scalarValue("float64", eps)];
}

export const inverseDeviation = defineOp({
  name: "inverse_deviation",
  api: [],
  args: aroundMeanArgs,
  doc: { summary: "1 / sqrt(variance + eps) over `dim`, around means that are known." },
  derivative: "pending",
  meta: ({ self, dim }) => ({ dtype: self.dtype, shape: reducedShape(self.shape, dim, true) }),
  lowering: (args) =>
    reduction(
      inverseDeviationFold,
      [args.self, args.mean],
      args.self.dtype,
      args.dim,
      scalarsOf(args),
    ),
  reference: null,
  samples: () => [],
});

export const inverseRms = defineOp({
  name: "inverse_rms",
  api: [],
  args: statisticsArgs,
  doc: { summary: "1 / sqrt(mean of squares + eps) over `dim`." },
  derivative: "pending",
  meta: ({ self, dim }) => ({ dtype: self.dtype, shape: reducedShape(self.shape, dim, true) }),
  lowering: (args) =>
    reduction(inverseRmsFold, [args.self], args.self.dtype, args.dim, scalarsOf(args)),
  reference: null,
  samples: () => [],
});

export const spread = defineOp({
  name: "spread",
  api: [],
  args: aroundMeanArgs,
  returns: returns.tensors,
  doc: { summary: "1 / sqrt(variance + eps), and the unbiased variance, around known means." },
  derivative: "pending",
  meta: ({ self, dim }) => {
    const meta = { dtype: self.dtype, shape: reducedShape(self.shape, dim, true) };
    return [meta, meta];
  },
  lowering: (args) =>
    reduction(spreadFold, [args.self, args.mean], args.self.dtype, args.dim, scalarsOf(args)),
  reference: null,
  samples: () => [],
});

const inverseRootOf = (variance: Expression, eps: Expression): Expression =>
  div(1, unary("sqrt", add(variance, eps)));

export const inverseRootOfVariance = defineOp({
  name: "inverse_root_of_variance",
  api: [],
  args: { self: arg.tensor, eps: arg.number },
  doc: { summary: "1 / sqrt(input + eps)." },
  derivative: "pending",
  meta: ({ self }) => ({ dtype: self.dtype, shape: self.shape }),
  lowering: ({ self, eps }) => pointwise(inverseRootOf, [self, eps], self.dtype),
  reference: null,
  samples: () => [],
});

/** (input - mean) * scale * weight + bias, without the parts that are not there. */
const bodyOf = bodyPerKey((parts: string) => {
  return function normalize(...inputs: readonly Expression[]): Expression {
    let next = 2;
    let value = at(inputs, 0);
    if (parts.includes("mean")) value = sub(value, at(inputs, next++));
    value = mul(value, at(inputs, 1));
    if (parts.includes("weight")) value = mul(value, at(inputs, next++));
    return parts.includes("bias") ? add(value, at(inputs, next)) : value;
  };
});

/** What is subtracted, multiplied and added after the statistics; all broadcast to the input. */
export const applyNormalization = defineOp({
  name: "apply_normalization",
  api: [],
  args: {
    self: arg.tensor,
    scale: arg.tensor,
    mean: arg.optional(arg.tensor),
    weight: arg.optional(arg.tensor),
    bias: arg.optional(arg.tensor),
  },
  doc: { summary: "(input - mean) * scale * weight + bias." },
  derivative: "pending",
  // Contiguous whatever the layout of the input, as in PyTorch.
  meta: ({ self }) => ({ dtype: self.dtype, shape: self.shape }),
  lowering: ({ self, scale, ...optional }) => {
    const parts = ["mean", "weight", "bias"] as const;
    const given = parts.filter((part) => optional[part] !== null);
    const operands = given.flatMap((part) => optional[part] ?? []);
    return pointwise(bodyOf(given.join()), [self, scale, ...operands], self.dtype);
  },
  reference: null,
  samples: () => [],
});

/** The input normalized over `dim` to mean 0 and variance 1, times a weight, plus a bias. */
export function standardize(
  self: TensorBase,
  dim: readonly number[],
  eps: number,
  affine: { readonly weight: TensorBase | null; readonly bias: TensorBase | null },
): TensorBase {
  const center = runOp(mean, { self, dim, keepdim: true });
  const scale = runOp(inverseDeviation, { self, mean: center, dim, eps });
  return runOp(applyNormalization, { self, scale, mean: center, ...affine });
}

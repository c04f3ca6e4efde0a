/** Variances and standard deviations. */
import { RuntimeError } from "../../base/errors.ts";

import type { TensorBase } from "../../core/tensor.ts";
import { type Fold, reduction, type Reduction, scalarValue } from "../../loops/computation.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { type NaiveArray, naiveReduce } from "../naive-array.ts";
import type { OutputMeta } from "../op-record.ts";
import { returns } from "../returns.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { foldedDims, reducedShape } from "./fold-dims.ts";
import { deviationFold, deviationMeanFold, varianceFold, varianceMeanFold } from "./folds.ts";
import { reductionSamples, type ReductionSample } from "./reduction-samples.ts";

const varianceArgs = {
  self: arg.tensor,
  dim: arg.optional(arg.dims),
  correction: arg.keyword(arg.withDefault(arg.number, 1)),
  unbiased: arg.optional(arg.bool),
  keepdim: arg.withDefault(arg.bool, false),
} as const;

type VarianceArgs = ArgsOf<typeof varianceArgs>;

function correctionOf({ correction, unbiased }: VarianceArgs): number {
  return unbiased === null ? correction : Number(unbiased);
}

function varianceMeta({ self, dim, keepdim }: VarianceArgs): OutputMeta {
  if (!self.dtype.is_floating_point) {
    throw new RuntimeError(`std and var only support floating point and complex dtypes`);
  }
  return {
    dtype: self.dtype,
    shape: reducedShape(self.shape, foldedDims(self.shape, dim), keepdim),
  };
}

function varianceLowering(fold: Fold, args: VarianceArgs): Reduction {
  return reduction(fold, [args.self], args.self.dtype, foldedDims(args.self.shape, args.dim), [
    scalarValue("float64", correctionOf(args)),
  ]);
}

function naiveMean(values: readonly number[]): number {
  return values.reduce((total, x) => total + x, 0) / values.length;
}

function naiveVariance(args: VarianceArgs, root: boolean): NaiveArray {
  return naiveReduce(args.self, foldedDims(args.self.shape, args.dim), args.keepdim, (values) => {
    const center = naiveMean(values);
    const squares = values.reduce((total, x) => total + (x - center) ** 2, 0);
    const variance = squares / Math.max(values.length - correctionOf(args), 0);
    return root ? Math.sqrt(variance) : variance;
  });
}

function* varianceSamples(
  make: SampleMaker,
): Generator<ReductionSample & { correction?: number; unbiased?: boolean; self: TensorBase }> {
  yield* reductionSamples(make);
  yield { self: make.tensor([4, 3]), dim: [0], correction: 0 };
  yield { self: make.tensor([4, 3]), dim: [1], unbiased: false, keepdim: true };
  yield { self: make.tensor([3, 1]), dim: [1] };
}

export const variance = defineOp({
  name: "var",
  api: ["torch.var", "Tensor.var"],
  args: varianceArgs,
  doc: {
    summary: "Variance: the mean square distance from the mean, divided by count - `correction`.",
    example: "torch.tensor([1, 2, 3]).var()",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: (args) => varianceMeta(args),
  lowering: (args) => varianceLowering(varianceFold, args),
  reference: (args) => naiveVariance(args, false),
  samples: varianceSamples,
});

export const std = defineOp({
  name: "std",
  api: ["torch.std", "Tensor.std"],
  args: varianceArgs,
  doc: {
    summary: "Standard deviation: the square root of the variance.",
    example: "torch.tensor([1, 2, 3]).std()",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: (args) => varianceMeta(args),
  lowering: (args) => varianceLowering(deviationFold, args),
  reference: (args) => naiveVariance(args, true),
  samples: varianceSamples,
});

function naiveMeans(args: VarianceArgs): NaiveArray {
  return naiveReduce(args.self, foldedDims(args.self.shape, args.dim), args.keepdim, naiveMean);
}

export const var_mean = defineOp({
  name: "var_mean",
  api: ["torch.var_mean"],
  args: varianceArgs,
  returns: returns.tensors,
  doc: {
    summary: "Variance and mean, in one pass.",
    example: "torch.var_mean(torch.tensor([1, 2, 3]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: (args) => [varianceMeta(args), varianceMeta(args)],
  lowering: (args) => varianceLowering(varianceMeanFold, args),
  reference: (args) => [naiveVariance(args, false), naiveMeans(args)],
  samples: varianceSamples,
});

export const std_mean = defineOp({
  name: "std_mean",
  api: ["torch.std_mean"],
  args: varianceArgs,
  returns: returns.tensors,
  doc: {
    summary: "Standard deviation and mean, in one pass.",
    example: "torch.std_mean(torch.tensor([1, 2, 3]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: (args) => [varianceMeta(args), varianceMeta(args)],
  lowering: (args) => varianceLowering(deviationMeanFold, args),
  reference: (args) => [naiveVariance(args, true), naiveMeans(args)],
  samples: varianceSamples,
});

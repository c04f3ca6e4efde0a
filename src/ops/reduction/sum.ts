/** Sums, means and products. */
import { RuntimeError } from "../../base/errors.ts";
import { type DType, int64 } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { reduction, scalarValue } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { naiveReduce } from "../naive-array.ts";
import { foldedDims, reducedShape } from "./fold-dims.ts";
import { meanFold, productFold, sumFold } from "./folds.ts";
import { emptyReductionSamples, reductionSamples } from "./reduction-samples.ts";

/** Sums of integers are int64, so that they do not overflow where the inputs did not. */
export function sumDType(self: TensorBase, dtype: DType | null): DType {
  return dtype ?? (self.dtype.is_floating_point ? self.dtype : int64);
}

export const sum = defineOp({
  name: "sum",
  api: ["torch.sum", "Tensor.sum"],
  args: {
    self: arg.tensor,
    dim: arg.optional(arg.dims),
    keepdim: arg.withDefault(arg.bool, false),
    dtype: arg.optional(arg.dtype),
  },
  doc: {
    summary: "Sum of the elements, over all dimensions or over `dim`.",
    details: "Integers and bools are summed as int64. The sum of nothing is 0.",
    example: "torch.ones(2, 3).sum(1)",
  },
  derivative: "pending",
  meta: ({ self, dim, keepdim, dtype }) => ({
    dtype: sumDType(self, dtype),
    shape: reducedShape(self.shape, foldedDims(self.shape, dim), keepdim),
  }),
  lowering: ({ self, dim, dtype }) =>
    reduction(sumFold, [self], sumDType(self, dtype), foldedDims(self.shape, dim)),
  reference: ({ self, dim, keepdim }) =>
    naiveReduce(self, foldedDims(self.shape, dim), keepdim, (values) =>
      values.reduce((total, x) => total + x, 0),
    ),
  samples: function* (make) {
    yield* reductionSamples(make);
    yield* emptyReductionSamples(make);
  },
});

function meanDType(self: TensorBase, dtype: DType | null): DType {
  const result = dtype ?? self.dtype;
  if (result.is_floating_point) return result;
  const which = dtype === null ? "Input" : "Optional";
  throw new RuntimeError(
    `mean(): could not infer output dtype. ${which} dtype must be either a floating point or complex dtype. Got: ${result.scalarTypeName}`,
  );
}

export const mean = defineOp({
  name: "mean",
  api: ["torch.mean", "Tensor.mean"],
  args: {
    self: arg.tensor,
    dim: arg.optional(arg.dims),
    keepdim: arg.withDefault(arg.bool, false),
    dtype: arg.optional(arg.dtype),
  },
  doc: {
    summary: "Mean of the elements, over all dimensions or over `dim`. The mean of nothing is NaN.",
    example: "torch.tensor([1, 2, 6]).mean()",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self, dim, keepdim, dtype }) => ({
    dtype: meanDType(self, dtype),
    shape: reducedShape(self.shape, foldedDims(self.shape, dim), keepdim),
  }),
  lowering: ({ self, dim, dtype }) => {
    const dims = foldedDims(self.shape, dim);
    const count = dims.reduce((product, axis) => product * at(self.shape, axis), 1);
    // The fold accumulates in float64, so that is the type of the count.
    return reduction(meanFold, [self], meanDType(self, dtype), dims, [
      scalarValue("float64", count),
    ]);
  },
  reference: ({ self, dim, keepdim }) =>
    naiveReduce(
      self,
      foldedDims(self.shape, dim),
      keepdim,
      (values) => values.reduce((total, x) => total + x, 0) / values.length,
    ),
  samples: function* (make) {
    yield* reductionSamples(make);
    yield* emptyReductionSamples(make);
  },
});

const productArgs = { dtype: arg.optional(arg.dtype) } as const;
const multiply = (values: readonly number[]): number => values.reduce((total, x) => total * x, 1);

export const prod = defineOp({
  name: "prod",
  api: ["torch.prod", "Tensor.prod"],
  args: { self: arg.tensor, ...productArgs },
  doc: {
    summary: "Product of all elements; integers give int64. The product of nothing is 1.",
    example: "torch.tensor([2, 3]).prod()",
  },
  derivative: "pending",
  meta: ({ self, dtype }) => ({ dtype: sumDType(self, dtype), shape: [] }),
  lowering: ({ self, dtype }) =>
    reduction(productFold, [self], sumDType(self, dtype), foldedDims(self.shape, null)),
  reference: ({ self }) => naiveReduce(self, foldedDims(self.shape, null), false, multiply),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.tensor([]) };
    yield { self: make.tensor([0]) };
  },
});

export const prodDim = defineOp({
  name: "prod.dim",
  api: ["torch.prod", "Tensor.prod"],
  args: {
    self: arg.tensor,
    dim: arg.dim,
    keepdim: arg.withDefault(arg.bool, false),
    ...productArgs,
  },
  doc: { summary: "Product over one dimension." },
  derivative: "pending",
  meta: ({ self, dim, keepdim, dtype }) => ({
    dtype: sumDType(self, dtype),
    shape: reducedShape(self.shape, foldedDims(self.shape, [dim]), keepdim),
  }),
  lowering: ({ self, dim, dtype }) =>
    reduction(productFold, [self], sumDType(self, dtype), foldedDims(self.shape, [dim])),
  reference: ({ self, dim, keepdim }) =>
    naiveReduce(self, foldedDims(self.shape, [dim]), keepdim, multiply),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), dim: 1 };
    yield { self: make.strided([2, 3, 2]), dim: -2, keepdim: true };
    yield { self: make.tensor([0, 2]), dim: 0 };
  },
});

import { type DType, int64 } from "../../core/dtype.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { type Fold, reduction } from "../../loops/computation.ts";
import { add, cast } from "../../loops/expression.ts";
import { at } from "../../core/shape.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naiveReduce } from "../naive-array.ts";
import { foldedDims, reducedShape } from "./fold-dims.ts";
import { reductionSamples } from "./reduction-samples.ts";

/** Sums of integers are int64, so that they do not overflow where the inputs did not. */
export function sumDType(self: TensorBase, dtype: DType | null): DType {
  return dtype ?? (self.dtype.is_floating_point ? self.dtype : int64);
}

export const sumFold: Fold = {
  name: "sum",
  usesPosition: false,
  // float32 accumulates in float64: any number of terms keeps float32's accuracy.
  states: (inputs) => {
    const x = at(inputs, 0);
    const type = x.type === "float32" ? "float64" : x.type;
    return [{ type, initial: 0, next: (states) => add(at(states, 0), cast(x, type)) }];
  },
  results: (states) => states,
};

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
  lowering: ({ self, dim, dtype }) => reduction(sumFold, [self], sumDType(self, dtype), foldedDims(self.shape, dim)),
  reference: ({ self, dim, keepdim }) =>
    naiveReduce(self, foldedDims(self.shape, dim), keepdim, (values) => values.reduce((total, x) => total + x, 0)),
  samples: reductionSamples,
});

/** Reductions of truth: any, all, count_nonzero. */
import { bool, type DType, int64, uint8 } from "../../core/dtype.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { type Fold, reduction } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naiveReduce } from "../naive-array.ts";
import type { Op } from "../op-record.ts";
import { foldedDims, reducedShape } from "./fold-dims.ts";
import { allFold, anyFold, countFold } from "./folds.ts";
import { emptyReductionSamples, reductionSamples } from "./reduction-samples.ts";

const logicArgs = {
  self: arg.tensor,
  dim: arg.optional(arg.dims),
  keepdim: arg.withDefault(arg.bool, false),
} as const;

/** uint8 stays uint8, as in PyTorch. */
function truthDType(self: TensorBase): DType {
  return self.dtype === uint8 ? uint8 : bool;
}

function truthOp(
  name: "any" | "all",
  fold: Fold,
  summary: string,
  compute: (values: readonly boolean[]) => boolean,
): Op<typeof logicArgs, TensorBase> {
  return defineOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`],
    args: logicArgs,
    doc: { summary, example: `torch.tensor([true, false]).${name}()` },
    derivative: "not-differentiable",
    meta: ({ self, dim, keepdim }) => ({
      dtype: truthDType(self),
      shape: reducedShape(self.shape, foldedDims(self.shape, dim), keepdim),
    }),
    lowering: ({ self, dim }) => reduction(fold, [self], bool, foldedDims(self.shape, dim)),
    reference: ({ self, dim, keepdim }) =>
      naiveReduce(self, foldedDims(self.shape, dim), keepdim, (values) =>
        Number(compute(values.map((x) => x !== 0))),
      ),
    samples: function* (make) {
      yield* reductionSamples(make, { low: 0, high: 1 });
      yield* emptyReductionSamples(make);
    },
  });
}

export const any = truthOp(
  "any",
  anyFold,
  "Whether any element is not zero; false for nothing.",
  (values) => values.includes(true),
);
export const all = truthOp(
  "all",
  allFold,
  "Whether all elements are not zero; true for nothing.",
  (values) => !values.includes(false),
);

export const count_nonzero = defineOp({
  name: "count_nonzero",
  api: ["torch.count_nonzero", "Tensor.count_nonzero"],
  args: { self: arg.tensor, dim: arg.optional(arg.dims) },
  doc: {
    summary: "How many elements are not zero.",
    example: "torch.tensor([0, 1, 2]).count_nonzero()",
  },
  derivative: "not-differentiable",
  meta: ({ self, dim }) => ({
    dtype: int64,
    shape: reducedShape(self.shape, foldedDims(self.shape, dim), false),
  }),
  lowering: ({ self, dim }) => reduction(countFold, [self], bool, foldedDims(self.shape, dim)),
  reference: ({ self, dim }) =>
    naiveReduce(
      self,
      foldedDims(self.shape, dim),
      false,
      (values) => values.filter((x) => x !== 0).length,
    ),
  samples: function* (make) {
    for (const { self, dim } of reductionSamples(make, { low: 0, high: 1 }))
      yield dim === undefined ? { self } : { self, dim };
    yield { self: make.tensor([0]) };
  },
});

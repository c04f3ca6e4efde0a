/** Running sums and products. */
import type { DType } from "../../core/dtype.ts";
import { wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { type Fold, scan } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import type { Op } from "../op-record.ts";
import { productFold, sumFold } from "./folds.ts";
import { sumDType } from "./sum.ts";

const cumulativeArgs = { self: arg.tensor, dim: arg.dim, dtype: arg.optional(arg.dtype) } as const;

function cumulativeOp(
  name: "cumsum" | "cumprod",
  word: string,
  fold: Fold,
  step: (total: number, x: number) => number,
  start: number,
): Op<typeof cumulativeArgs, TensorBase> {
  return defineOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`],
    args: cumulativeArgs,
    doc: {
      summary: `Running ${word} along a dimension; integers give int64.`,
      example: `torch.tensor([1, 2, 3]).${name}(0)`,
    },
    derivative: "pending",
    meta: ({ self, dim, dtype }) => {
      wrapDim(dim, self.ndim);
      return { dtype: sumDType(self, dtype), shape: self.shape };
    },
    lowering: ({ self, dim, dtype }: { self: TensorBase; dim: number; dtype: DType | null }) =>
      scan(fold, self, sumDType(self, dtype), wrapDim(dim, self.ndim)),
    reference: ({ self, dim }) => {
      const source = naive(self);
      const axis = wrapDim(dim, self.ndim);
      return naiveFill(self.shape, (coordinates) => {
        let total = start;
        for (let place = 0; place <= (coordinates[axis] ?? 0); place++) {
          total = step(
            total,
            elementAt(
              source,
              self.ndim === 0
                ? []
                : coordinates.map((own, other) => (other === axis ? place : own)),
            ),
          );
        }
        return total;
      });
    },
    samples: function* (make) {
      yield { self: make.tensor([5]), dim: 0 };
      yield { self: make.tensor([2, 3]), dim: 0 };
      yield { self: make.strided([2, 3, 4]), dim: -2 };
      yield { self: make.tensor([]), dim: 0 };
      yield { self: make.tensor([0, 3]), dim: 0 };
    },
  });
}

export const cumsum = cumulativeOp("cumsum", "sum", sumFold, (total, x) => total + x, 0);
export const cumprod = cumulativeOp("cumprod", "product", productFold, (total, x) => total * x, 1);

import { RuntimeError } from "../../base/errors.ts";
import { type DType, float32, float64, int64 } from "../../core/dtype.ts";
import { broadcastShapes, formatShape, sameShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { copyBody } from "./clone.ts";

/** Throws unless `other` broadcasts to the shape of `self` without changing it. */
export function checkFitsInto(self: TensorBase, other: TensorBase): void {
  const shape = broadcastShapes(self.shape, other.shape);
  if (!sameShape(shape, self.shape)) {
    throw new RuntimeError(
      `output with shape ${formatShape(self.shape)} doesn't match the broadcast shape ${formatShape(shape)}`,
    );
  }
}

export const copy_ = defineOp({
  name: "copy_",
  api: ["Tensor.copy_"],
  args: { self: arg.tensor, src: arg.tensor },
  mutates: "self",
  doc: {
    summary: "Writes the elements of `src`, broadcast and converted, to this tensor.",
    example: "torch.zeros(2, 2).copy_(torch.tensor([1, 2]))",
  },
  derivative: "pending",
  check: ({ self, src }) => checkFitsInto(self, src),
  mutation: ({ self, src }) => (self === src ? null : pointwise(copyBody, [src], src.dtype)),
  reference: ({ self, src }) => {
    const source = naive(src);
    return naiveFill(self.shape, (coordinates) =>
      convertNaively(elementAt(source, coordinates), self.dtype),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), src: make.tensor([3], { low: 0 }) };
    yield { self: make.strided([2, 3]), src: make.tensor([2, 3], { low: 0, dtype: float64 }) };
    yield { self: make.tensor([2, 2]), src: make.tensor([], { low: 0, dtype: int64 }) };
    yield { self: make.tensor([0]), src: make.tensor([1], { dtype: float32 }) };
  },
});

function convertNaively(value: number, dtype: DType): number {
  if (dtype.category === "bool") return value === 0 ? 0 : 1;
  return dtype.category === "integer" ? Math.trunc(value) : value;
}

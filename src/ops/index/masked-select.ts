import { RuntimeError } from "../../base/errors.ts";
import { bool } from "../../core/dtype.ts";
import { broadcastShapes } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naiveMap } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { expand } from "../view/expand.ts";
import { indexTensors } from "./index-tensors.ts";
import { indicesOfMask } from "./nonzero.ts";

export const masked_select = defineOp({
  name: "masked_select",
  api: ["torch.masked_select", "Tensor.masked_select"],
  args: { self: arg.tensor, mask: arg.tensor },
  doc: {
    summary: "The elements in the places where a mask is true, as a vector.",
    details: "`input` and `mask` are broadcast against each other.",
    example: "torch.masked_select(torch.tensor([1, 2, 3]), torch.tensor([true, false, true]))",
  },
  needsData: "shape",
  decomposition: ({ self, mask }) => {
    if (mask.dtype !== bool) throw new RuntimeError("masked_select: expected BoolTensor for mask");
    const common = broadcastShapes(mask.shape, self.shape);
    const size = common.length === 0 ? [1] : common;
    // As vectors: one index is looked up for each element, whatever the number of dimensions.
    const vectorOf = (tensor: TensorBase): TensorBase =>
      runOp(reshape, { self: runOp(expand, { self: tensor, size }), shape: [-1] });
    return runOp(indexTensors, { self: vectorOf(self), indices: indicesOfMask(vectorOf(mask)) });
  },
  reference: ({ self, mask }) => {
    const chosen = naiveMap([self, mask], (element, masked) =>
      masked ? (element ?? 0) : Number.NaN,
    );
    const masks = naiveMap([self, mask], (_element, masked) => masked ?? 0);
    const values = chosen.values.filter((_, position) => masks.values[position] !== 0);
    return { shape: [values.length], values };
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), mask: make.of([2, 3], [1, 0, 0, 1, 1, 0], bool) };
    yield { self: make.strided([2, 3]), mask: make.of([3], [1, 0, 1], bool) };
    yield { self: make.tensor([]), mask: make.of([], [1], bool) };
    yield { self: make.tensor([3]), mask: make.of([2, 1], [0, 0], bool) };
    yield { self: make.tensor([0, 3]), mask: make.of([3], [1, 1, 1], bool) };
  },
});

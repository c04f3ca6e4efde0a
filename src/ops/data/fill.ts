import { RuntimeError } from "../../base/errors.ts";
import type { Operand } from "../../core/promotion.ts";
import { isScalar } from "../../core/scalar.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naive, naiveFill } from "../naive-array.ts";
import { at } from "../../core/shape.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { copyBody } from "./clone.ts";

function checkFillValue(value: Operand): void {
  if (!isScalar(value) && value.ndim > 0) {
    throw new RuntimeError(
      `fill_ only supports 0-dimension value tensor but got tensor with ${value.ndim} dimensions.`,
    );
  }
}

export const fill_ = defineOp({
  name: "fill_",
  api: ["Tensor.fill_"],
  args: { self: arg.tensor, value: arg.operand },
  mutates: "self",
  doc: { summary: "Writes one value to every element.", example: "torch.zeros(2).fill_(7)" },
  derivative: "pending",
  check: ({ value }) => checkFillValue(value),
  mutation: ({ self, value }) =>
    pointwise(copyBody, [value], isScalar(value) ? self.dtype : value.dtype),
  reference: ({ self, value }) => naiveFill(self.shape, () => at(naive(value).values, 0)),
  samples: function* (make) {
    for (const { self } of selfSamples(make)) yield { self, value: 1 };
    yield { self: make.tensor([2]), value: make.tensor([], { low: 1 }) };
  },
});

function* selfSamples(make: SampleMaker): Generator<{ self: TensorBase }> {
  yield { self: make.tensor([2, 3]) };
  yield { self: make.strided([2, 3]) };
  yield { self: make.tensor([]) };
  yield { self: make.tensor([0]) };
}

export const zero_ = defineOp({
  name: "zero_",
  api: ["Tensor.zero_"],
  args: { self: arg.tensor },
  mutates: "self",
  doc: { summary: "Writes zero to every element.", example: "torch.ones(2).zero_()" },
  derivative: "pending",
  check: () => undefined,
  mutation: ({ self }) => pointwise(copyBody, [0], self.dtype),
  reference: ({ self }) => naiveFill(self.shape, () => 0),
  samples: selfSamples,
});

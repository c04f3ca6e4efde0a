/** Copies and conversions of whole tensors. */
import { isContiguousLayout } from "../../core/shape.ts";
import { stateOf } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import type { Expression } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naive } from "../naive-array.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import { unarySamples } from "../pointwise/pointwise-op.ts";
import { runOp } from "../run-op.ts";

/** The body that changes nothing; conversion happens on the way in and out. */
export const copyBody = (x: Expression): Expression => x;

export const clone = defineOp({
  name: "clone",
  api: ["torch.clone", "Tensor.clone"],
  args: { self: arg.tensor },
  doc: {
    summary: "A copy with its own memory; dense tensors keep their strides.",
    example: "torch.ones(2).clone()",
  },
  derivative: "pending",
  meta: ({ self }) => pointwiseMeta([self], self.dtype),
  lowering: ({ self }) => pointwise(copyBody, [self], self.dtype),
  reference: ({ self }) => naive(self),
  samples: (make) => unarySamples(make, {}),
});

/** A row-major copy. */
export const contiguousClone = defineOp({
  name: "contiguous_clone",
  api: [],
  args: { self: arg.tensor },
  doc: { summary: "A row-major copy." },
  derivative: "pending",
  meta: ({ self }) => ({ dtype: self.dtype, shape: self.shape }),
  lowering: ({ self }) => pointwise(copyBody, [self], self.dtype),
  reference: ({ self }) => naive(self),
  samples: (make) => unarySamples(make, {}),
});

export const contiguous = defineOp({
  name: "contiguous",
  api: ["Tensor.contiguous"],
  args: { self: arg.tensor },
  doc: {
    summary: "The tensor itself if its memory is row-major, else a row-major copy.",
    example: "torch.ones(2, 3).t().contiguous().stride()",
  },
  derivative: "pending",
  decomposition: ({ self }) =>
    isContiguousLayout(self.shape, self.stride()) ? self : runOp(contiguousClone, { self }),
  reference: ({ self }) => naive(self),
  samples: (make) => unarySamples(make, {}),
});

export const detach = defineOp({
  name: "detach",
  api: ["torch.detach", "Tensor.detach", "Tensor.get data"],
  args: { self: arg.tensor },
  doc: {
    summary: "A view that is cut off from the gradient tape.",
    example: "torch.ones(2).detach()",
  },
  derivative: "not-differentiable",
  view: ({ self }) => {
    const { shape, strides, offset } = stateOf(self);
    return { shape, strides, offset };
  },
  reference: ({ self }) => naive(self),
  samples: (make) => unarySamples(make, {}),
});

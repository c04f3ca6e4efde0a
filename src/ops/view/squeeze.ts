/** Views with dimensions of size 1 added or removed. */
import type { Geometry } from "../../core/make-tensor.ts";
import { at, wrapDim, wrapDims } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naive } from "../naive-array.ts";

function squeezedAxes(self: TensorBase, dim: readonly number[] | null): readonly number[] {
  const candidates = dim === null ? self.shape.map((_, axis) => axis) : wrapDims(dim, self.ndim);
  return candidates.filter((axis) => self.shape[axis] === 1);
}

function withoutAxes(self: TensorBase, removed: readonly number[]): Geometry {
  const { shape, strides, offset } = stateOf(self);
  const kept = shape.map((_, axis) => axis).filter((axis) => !removed.includes(axis));
  return {
    shape: kept.map((axis) => at(shape, axis)),
    strides: kept.map((axis) => at(strides, axis)),
    offset,
  };
}

export const squeeze = defineOp({
  name: "squeeze",
  api: ["torch.squeeze", "Tensor.squeeze"],
  args: { self: arg.tensor, dim: arg.optional(arg.dims) },
  doc: {
    summary: "A view without the dimensions of size 1, or without those of `dim` that have size 1.",
    example: "torch.ones(1, 3, 1).squeeze().shape",
  },
  derivative: "pending",
  view: ({ self, dim }) => withoutAxes(self, squeezedAxes(self, dim)),
  reference: ({ self, dim }) => {
    const removed = squeezedAxes(self, dim);
    return { ...naive(self), shape: self.shape.filter((_, axis) => !removed.includes(axis)) };
  },
  samples: function* (make) {
    yield { self: make.tensor([1, 3, 1]) };
    yield { self: make.tensor([1, 3, 1]), dim: [0] };
    yield { self: make.tensor([1, 3, 1]), dim: [1, -1] };
    yield { self: make.tensor([]), dim: [0] };
  },
});

function withAxis(self: TensorBase, dim: number): Geometry {
  const { shape, strides, offset } = stateOf(self);
  const axis = wrapDim(dim, shape.length + 1);
  const stride = axis < shape.length ? at(shape, axis) * at(strides, axis) : 1;
  return {
    shape: [...shape.slice(0, axis), 1, ...shape.slice(axis)],
    strides: [...strides.slice(0, axis), stride, ...strides.slice(axis)],
    offset,
  };
}

export const unsqueeze = defineOp({
  name: "unsqueeze",
  api: ["torch.unsqueeze", "Tensor.unsqueeze"],
  args: { self: arg.tensor, dim: arg.dim },
  doc: {
    summary: "A view with a dimension of size 1 inserted at `dim`.",
    example: "torch.ones(3).unsqueeze(-1).shape",
  },
  derivative: "pending",
  view: ({ self, dim }) => withAxis(self, dim),
  reference: ({ self, dim }) => ({ ...naive(self), shape: withAxis(self, dim).shape }),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), dim: 0 };
    yield { self: make.strided([2, 3]), dim: -1 };
    yield { self: make.tensor([]), dim: 0 };
  },
});

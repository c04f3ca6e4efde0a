/** Views with their dimensions in another order. */
import { RuntimeError } from "../../base/errors.ts";
import type { Geometry } from "../../core/make-tensor.ts";
import { at, wrapDim, wrapDims } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";

function reordered(self: TensorBase, order: readonly number[]): Geometry {
  const { shape, strides, offset } = stateOf(self);
  return {
    shape: order.map((axis) => at(shape, axis)),
    strides: order.map((axis) => at(strides, axis)),
    offset,
  };
}

function naiveReorder(self: TensorBase, order: readonly number[]): NaiveArray {
  const source = naive(self);
  return naiveFill(
    order.map((axis) => at(self.shape, axis)),
    (coordinates) => {
      const original = new Array<number>(order.length);
      order.forEach((axis, position) => {
        original[axis] = at(coordinates, position);
      });
      return elementAt(source, original);
    },
  );
}

function permutation(self: TensorBase, dims: readonly number[]): readonly number[] {
  if (dims.length !== self.ndim) {
    throw new RuntimeError(
      `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${self.ndim} is not equal to len(dims) = ${dims.length}`,
    );
  }
  const order = dims.map((dim) => wrapDim(dim, self.ndim));
  if (new Set(order).size !== order.length)
    throw new RuntimeError("permute(): duplicate dims are not allowed.");
  return order;
}

export const permute = defineOp({
  name: "permute",
  api: ["torch.permute", "Tensor.permute"],
  args: { self: arg.tensor, dims: arg.dimsSpread },
  doc: {
    summary: "A view with the dimensions in the order `dims`.",
    example: "torch.ones(2, 3, 4).permute(2, 0, 1).shape",
  },
  derivative: "pending",
  view: ({ self, dims }) => reordered(self, permutation(self, dims)),
  reference: ({ self, dims }) => naiveReorder(self, permutation(self, dims)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 4]), dims: [2, 0, 1] };
    yield { self: make.strided([2, 3]), dims: [-1, 0] };
    yield { self: make.tensor([]), dims: [] };
    yield { self: make.tensor([0, 2]), dims: [1, 0] };
  },
});

function swapped(rank: number, dim0: number, dim1: number): readonly number[] {
  const a = wrapDim(dim0, rank);
  const b = wrapDim(dim1, rank);
  return Array.from({ length: rank }, (_, axis) => (axis === a ? b : axis === b ? a : axis));
}

export const transpose = defineOp({
  name: "transpose",
  api: ["torch.transpose", "Tensor.transpose"],
  args: { self: arg.tensor, dim0: arg.dim, dim1: arg.dim },
  doc: {
    summary: "A view with two dimensions exchanged.",
    example: "torch.ones(2, 3).transpose(0, 1).shape",
  },
  derivative: "pending",
  view: ({ self, dim0, dim1 }) => reordered(self, swapped(self.ndim, dim0, dim1)),
  reference: ({ self, dim0, dim1 }) => naiveReorder(self, swapped(self.ndim, dim0, dim1)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 4]), dim0: 0, dim1: -1 };
    yield { self: make.tensor([]), dim0: 0, dim1: -1 };
  },
});

function transposed2d(self: TensorBase): readonly number[] {
  if (self.ndim > 2)
    throw new RuntimeError(`t() expects a tensor with <= 2 dimensions, but self is ${self.ndim}D`);
  return self.ndim < 2 ? self.shape.map((_, axis) => axis) : [1, 0];
}

export const t = defineOp({
  name: "t",
  api: ["torch.t", "Tensor.t"],
  args: { self: arg.tensor },
  doc: {
    summary: "The transpose of a matrix; tensors of fewer dimensions as they are.",
    example: "torch.ones(2, 3).t().shape",
  },
  derivative: "pending",
  view: ({ self }) => reordered(self, transposed2d(self)),
  reference: ({ self }) => naiveReorder(self, transposed2d(self)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.tensor([3]) };
  },
});

const reversed = (self: TensorBase): readonly number[] =>
  self.shape.map((_, axis) => self.ndim - 1 - axis);

export const T = defineOp({
  name: "numpy_T",
  api: ["Tensor.get T"],
  args: { self: arg.tensor },
  doc: {
    summary: "A view with all dimensions in reverse order.",
    example: "torch.ones(2, 3).T.shape",
  },
  derivative: "pending",
  view: ({ self }) => reordered(self, reversed(self)),
  reference: ({ self }) => naiveReorder(self, reversed(self)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
  },
});

function lastTwo(self: TensorBase): readonly number[] {
  if (self.ndim === 0) return [];
  if (self.ndim === 1) {
    throw new RuntimeError(
      `tensor.mT is only supported on matrices or batches of matrices. Got ${self.ndim}-D tensor.`,
    );
  }
  return swapped(self.ndim, -2, -1);
}

export const mT = defineOp({
  name: "mT",
  api: ["Tensor.get mT"],
  args: { self: arg.tensor },
  doc: {
    summary: "A view with the last two dimensions exchanged.",
    example: "torch.ones(5, 2, 3).mT.shape",
  },
  derivative: "pending",
  view: ({ self }) => reordered(self, lastTwo(self)),
  reference: ({ self }) => naiveReorder(self, lastTwo(self)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 2]) };
  },
});

function moved(
  self: TensorBase,
  source: readonly number[],
  destination: readonly number[],
): readonly number[] {
  if (source.length !== destination.length) {
    throw new RuntimeError(
      `movedim: Invalid source or destination dims: source (${source.join(", ")} dims) should contain the same number of dims as destination (${destination.join(", ")} dims)`,
    );
  }
  const from = wrapDims(source, self.ndim);
  const to = wrapDims(destination, self.ndim);
  if (self.ndim === 0) return [];
  const order = new Array<number>(self.ndim).fill(-1);
  to.forEach((target, position) => {
    order[target] = at(from, position);
  });
  const rest = self.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
  return order.map((axis) => (axis === -1 ? (rest.shift() ?? 0) : axis));
}

export const movedim = defineOp({
  name: "movedim",
  api: ["torch.movedim", "Tensor.movedim"],
  args: { self: arg.tensor, source: arg.dims, destination: arg.dims },
  doc: {
    summary: "A view with dimensions moved to other places.",
    example: "torch.ones(2, 3, 4).movedim(0, -1).shape",
  },
  derivative: "pending",
  view: ({ self, source, destination }) => reordered(self, moved(self, source, destination)),
  reference: ({ self, source, destination }) =>
    naiveReorder(self, moved(self, source, destination)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 4]), source: [0], destination: [-1] };
    yield { self: make.tensor([2, 3, 4]), source: [0, 1], destination: [2, 0] };
  },
});

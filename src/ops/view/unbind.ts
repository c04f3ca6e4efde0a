/** Views that cut a dimension into pieces. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { aliasOf } from "../../core/make-tensor.ts";
import { at, formatShape, wrapDim } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import { returns } from "../returns.ts";
import { selected, sliced } from "./select.ts";

export const unbind = defineOp({
  name: "unbind",
  api: ["torch.unbind", "Tensor.unbind"],
  args: { self: arg.tensor, dim: arg.withDefault(arg.dim, 0) },
  returns: returns.tensors,
  doc: {
    summary: "Views of all places of a dimension, without that dimension.",
    example: "torch.arange(4).view(2, 2).unbind()",
  },
  derivative: "pending",
  decomposition: ({ self, dim }) => {
    if (self.ndim === 0)
      throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
    const axis = wrapDim(dim, self.ndim);
    const pieces = Array.from({ length: at(self.shape, axis) }, (_, index) =>
      aliasOf(self, selected(stateOf(self), axis, index)),
    );
    return Object.freeze(pieces);
  },
  reference: ({ self, dim }) => {
    const source = naive(self);
    const axis = dim < 0 ? dim + self.ndim : dim;
    const shape = self.shape.filter((_, other) => other !== axis);
    return Array.from({ length: at(self.shape, axis) }, (_, place) =>
      naiveFill(shape, (coordinates) =>
        elementAt(source, [...coordinates.slice(0, axis), place, ...coordinates.slice(axis)]),
      ),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3]), dim: -1 };
    yield { self: make.tensor([0, 3]) };
  },
});

function pieces(self: TensorBase, axis: number, sizes: readonly number[]): readonly TensorBase[] {
  let start = 0;
  const result = sizes.map((size) => {
    const piece = aliasOf(self, sliced(stateOf(self), axis, start, size, 1));
    start += size;
    return piece;
  });
  return Object.freeze(result);
}

function naivePieces(self: TensorBase, dim: number, sizes: readonly number[]): NaiveArray[] {
  const source = naive(self);
  const axis = dim < 0 ? dim + self.ndim : dim;
  let start = 0;
  return sizes.map((size) => {
    const first = start;
    start += size;
    const shape = self.shape.map((own, other) => (other === axis ? size : own));
    return naiveFill(shape, (coordinates) =>
      elementAt(
        source,
        coordinates.map((place, other) => (other === axis ? place + first : place)),
      ),
    );
  });
}

function equalSizes(total: number, size: number): number[] {
  if (size < 0)
    throw new RuntimeError(`split expects split_size be non-negative, but got split_size=${size}`);
  if (size === 0 && total > 0) {
    throw new RuntimeError(
      `split_size can only be 0 if dimension size is 0, but got dimension size of ${total}`,
    );
  }
  if (total === 0) return [0];
  const count = Math.max(Math.ceil(total / size), 1);
  return Array.from({ length: count }, (_, index) => Math.min(size, total - index * size));
}

function splitSizes(
  self: TensorBase,
  dim: number,
  requested: number | readonly number[],
): readonly number[] {
  if (self.ndim === 0) throw new RuntimeError("split expects at least a 1-dimensional tensor");
  const total = at(self.shape, wrapDim(dim, self.ndim));
  if (typeof requested === "number") return equalSizes(total, requested);
  const sum = requested.reduce((left, size) => left + size, 0);
  if (sum !== total || requested.some((size) => size < 0)) {
    throw new RuntimeError(
      `split_with_sizes expects split_sizes to sum exactly to ${total} (input tensor's size at dimension ${dim}), but got split_sizes=${formatShape(requested)}`,
    );
  }
  return requested;
}

export const split = defineOp({
  name: "split",
  api: ["torch.split", "Tensor.split"],
  args: {
    self: arg.tensor,
    split_size_or_sections: arg.intOrInts,
    dim: arg.withDefault(arg.dim, 0),
  },
  returns: returns.tensors,
  doc: {
    summary:
      "Views of pieces of a dimension: of one size (the last may be smaller) or of given sizes.",
    example: "torch.arange(5).split(2)",
  },
  derivative: "pending",
  decomposition: ({ self, split_size_or_sections, dim }) =>
    pieces(self, wrapDim(dim, self.ndim), splitSizes(self, dim, split_size_or_sections)),
  reference: ({ self, split_size_or_sections, dim }) =>
    naivePieces(self, dim, splitSizes(self, dim, split_size_or_sections)),
  samples: function* (make) {
    yield { self: make.tensor([5, 2]), split_size_or_sections: 2 };
    yield { self: make.strided([2, 5]), split_size_or_sections: [1, 4], dim: -1 };
    yield { self: make.tensor([0, 2]), split_size_or_sections: 3 };
  },
});

function chunkSizes(self: TensorBase, chunks: number, dim: number): readonly number[] {
  if (self.ndim === 0) throw new RuntimeError("chunk expects at least a 1-dimensional tensor");
  if (chunks <= 0)
    throw new RuntimeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
  const total = at(self.shape, wrapDim(dim, self.ndim));
  const size = Math.ceil(total / chunks);
  return size === 0 ? new Array<number>(chunks).fill(0) : equalSizes(total, size);
}

export const chunk = defineOp({
  name: "chunk",
  api: ["torch.chunk", "Tensor.chunk"],
  args: { self: arg.tensor, chunks: arg.int, dim: arg.withDefault(arg.dim, 0) },
  returns: returns.tensors,
  doc: {
    summary: "Views of at most `chunks` equal pieces of a dimension.",
    example: "torch.arange(5).chunk(2)",
  },
  derivative: "pending",
  decomposition: ({ self, chunks, dim }) =>
    pieces(self, wrapDim(dim, self.ndim), chunkSizes(self, chunks, dim)),
  reference: ({ self, chunks, dim }) => naivePieces(self, dim, chunkSizes(self, chunks, dim)),
  samples: function* (make) {
    yield { self: make.tensor([5, 2]), chunks: 2 };
    yield { self: make.strided([2, 6]), chunks: 4, dim: 1 };
    yield { self: make.tensor([0, 2]), chunks: 3 };
  },
});

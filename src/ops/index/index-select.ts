import { IndexError, RuntimeError, ValueError } from "../../base/errors.ts";
import { int32, int64 } from "../../core/dtype.ts";
import { at, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import { type BoundsFailure, checkedIndex } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { bodyPerKey } from "./body-per-key.ts";
import { alongDim, atLeast1d, coordinatesAlong } from "./index-layout.ts";

// PyTorch words the same mistake differently in its two code paths.
const plainFailure: BoundsFailure = { error: "IndexError", message: "index out of range in self" };
const rowFailure: BoundsFailure = {
  error: "RuntimeError",
  message: "INDICES element is out of DATA bounds, id={index} axis_dim={size}",
};

const selectBody = bodyPerKey((dim: number) => {
  return function indexSelect(context: IndexedContext) {
    const failure = dim === 1 ? rowFailure : plainFailure;
    return context.gather(coordinatesAlong(context, dim, { index: 0, failure }));
  };
});

function isIndexVector(index: TensorBase): boolean {
  return index.dtype === int64 || index.dtype === int32;
}

export const index_select = defineOp({
  name: "index_select",
  api: ["torch.index_select", "Tensor.index_select"],
  checksData: true,
  args: { self: arg.tensor, dim: arg.dim, index: arg.tensor },
  doc: {
    summary: "The slices along one dimension at the positions that a vector of indices gives.",
    example: "torch.index_select(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([1n, 0n]))",
  },
  meta: ({ self, dim, index }) => {
    if (index.ndim > 1) throw new IndexError("index_select(): Index is supposed to be a vector");
    if (!isIndexVector(index))
      throw new RuntimeError("index_select(): Expected dtype int32 or int64 for index");
    const axis = wrapDim(dim, self.ndim);
    const count = index.numel();
    if (self.ndim === 0) {
      if (count !== 1)
        throw new RuntimeError(
          `index_select(): Index to scalar can have only 1 value, got ${count} value(s)`,
        );
      return { dtype: self.dtype, shape: [] };
    }
    return {
      dtype: self.dtype,
      shape: self.shape.map((size, other) => (other === axis ? count : size)),
    };
  },
  lowering: ({ self, dim, index }) => {
    const source = atLeast1d(self);
    const axis = wrapDim(dim, self.ndim);
    return indexed(selectBody(axis), {
      // A 0-d input gives a 0-d output, and its one index is read without a position.
      operands: [
        self.ndim === 0
          ? runOp(reshape, { self: index, shape: [] })
          : alongDim(index, axis, self.ndim),
      ],
      gathered: source,
      scalars: [scalarValue("index", at(source.shape, axis))],
    });
  },
  reference: ({ self, dim, index }) => {
    const source = naive(self);
    const places = naive(index).values;
    if (self.ndim === 0) return source;
    const axis = wrapDim(dim, self.ndim);
    return naiveFill(
      self.shape.map((size, other) => (other === axis ? places.length : size)),
      (point) =>
        elementAt(
          source,
          point.map((coordinate, other) => (other === axis ? at(places, coordinate) : coordinate)),
        ),
    );
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 4]), dim: 0, index: make.of([4], [2, 0, 0, 1], int64) };
    yield { self: make.strided([3, 4]), dim: -1, index: make.of([2], [3, 1], int32) };
    yield { self: make.tensor([2, 3, 2]), dim: 1, index: make.of([], [2], int64) };
    yield { self: make.tensor([2, 3]), dim: 1, index: make.of([0], [], int64) };
    yield { self: make.tensor([]), dim: 0, index: make.of([1], [0], int64) };
  },
});

function rowOfTable(context: IndexedContext) {
  const { positions, load, scalar } = context;
  const row = checkedIndex(load(0), scalar(0), plainFailure, { wraps: false });
  return context.gather([row, at(positions, positions.length - 1)]);
}

function checkEmbedding(weight: TensorBase, indices: TensorBase): void {
  if (weight.ndim !== 2) throw new RuntimeError("'weight' must be 2-D");
  if (isIndexVector(indices)) return;
  throw new RuntimeError(
    `Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.${indices.dtype.scalarTypeName}Tensor instead (while checking arguments for embedding)`,
  );
}

export const embedding = defineOp({
  name: "embedding",
  api: ["torch.embedding"],
  checksData: true,
  args: {
    self: arg.tensor,
    indices: arg.tensor,
    padding_idx: arg.withDefault(arg.int, -1),
    scale_grad_by_freq: arg.withDefault(arg.bool, false),
    sparse: arg.withDefault(arg.bool, false),
  },
  doc: {
    summary: "The rows of a table at the positions that an index tensor of any shape gives.",
    details:
      "The first argument is the table. `padding_idx`, `scale_grad_by_freq` and `sparse` concern gradients only.",
    example: "torch.embedding(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1n, 0n, 1n]))",
  },
  meta: ({ self, indices }) => {
    checkEmbedding(self, indices);
    return { dtype: self.dtype, shape: [...indices.shape, at(self.shape, 1)] };
  },
  lowering: ({ self, indices }) =>
    indexed(rowOfTable, {
      operands: [runOp(reshape, { self: indices, shape: [...indices.shape, 1] })],
      gathered: self,
      scalars: [scalarValue("index", at(self.shape, 0))],
    }),
  reference: ({ self, indices }) => {
    const table = naive(self);
    const width = at(self.shape, 1);
    const values = naive(indices).values.flatMap((row) =>
      table.values.slice(row * width, (row + 1) * width),
    );
    return { shape: [...indices.shape, width], values };
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([4, 3]), indices: make.of([2, 2], [3, 0, 1, 1], int64) };
    yield { self: make.strided([4, 3]), indices: make.of([], [2], int32) };
    yield { self: make.tensor([4, 3]), indices: make.of([0], [], int64) };
    yield { self: make.tensor([4, 0]), indices: make.of([2], [3, 3], int64) };
  },
});

export const functionalEmbedding = defineOp({
  name: "nn.functional.embedding",
  api: ["torch.nn.functional.embedding"],
  args: { input: arg.tensor, weight: arg.tensor, padding_idx: arg.optional(arg.int) },
  doc: {
    summary: "The rows of a table at the positions that an index tensor of any shape gives.",
    example:
      "torch.nn.functional.embedding(torch.tensor([1n, 0n]), torch.tensor([[1, 2], [3, 4]]))",
  },
  decomposition: ({ input, weight, padding_idx }) => {
    const rows = weight.shape[0] ?? 0;
    if (padding_idx !== null && (padding_idx >= rows || padding_idx < -rows)) {
      throw new ValueError("Padding_idx must be within num_embeddings");
    }
    const padding = padding_idx === null ? -1 : (padding_idx + rows) % rows;
    return runOp(embedding, { self: weight, indices: input, padding_idx: padding });
  },
  reference: ({ input, weight }) => {
    const table = naive(weight);
    return naiveFill([...input.shape, at(weight.shape, 1)], (point) => {
      return elementAt(table, [
        elementAt(naive(input), point.slice(0, -1)),
        at(point, point.length - 1),
      ]);
    });
  },
  derivative: "pending",
  samples: function* (make) {
    yield { input: make.of([3], [3, 0, 1], int64), weight: make.tensor([4, 3]) };
    yield { input: make.of([1, 2], [2, 2], int32), weight: make.strided([4, 3]), padding_idx: -1 };
  },
});

function elementOfList(context: IndexedContext) {
  const failure: BoundsFailure = {
    error: "IndexError",
    message: "out of range: tried to access index {index} on a tensor of {size} elements.",
  };
  return context.gather([
    checkedIndex(context.load(0), context.scalar(0), failure, { wraps: true }),
  ]);
}

export const take = defineOp({
  name: "take",
  api: ["torch.take", "Tensor.take"],
  checksData: true,
  args: { self: arg.tensor, index: arg.tensor },
  doc: {
    summary: "The elements at row-major positions; the output has the shape of the index.",
    details: "Negative positions count from the end.",
    example: "torch.take(torch.tensor([[1, 2], [3, 4]]), torch.tensor([3n, 0n]))",
  },
  meta: ({ self, index }) => {
    if (index.dtype !== int64) {
      throw new RuntimeError(
        `take(): Expected a long tensor for index, but got ${index.dtype.scalarTypeName}`,
      );
    }
    if (self.numel() === 0 && index.numel() > 0) {
      throw new IndexError("take(): tried to take from an empty tensor");
    }
    return { dtype: self.dtype, shape: index.shape };
  },
  lowering: ({ self, index }) => {
    return indexed(elementOfList, {
      operands: [index],
      gathered: runOp(reshape, { self, shape: [-1] }),
      scalars: [scalarValue("index", self.numel())],
    });
  },
  reference: ({ self, index }) => {
    const source = naive(self).values;
    return {
      shape: index.shape,
      values: naive(index).values.map((place) => source.at(place) ?? Number.NaN),
    };
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.strided([3, 4]), index: make.of([2, 2], [0, 11, -1, 5], int64) };
    yield { self: make.tensor([]), index: make.of([1], [0], int64) };
    yield { self: make.tensor([3]), index: make.of([0], [], int64) };
  },
});

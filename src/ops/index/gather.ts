import { RuntimeError } from "../../base/errors.ts";
import { int32, int64 } from "../../core/dtype.ts";
import { at, broadcastShapes, formatShape, numelOf, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { expand } from "../view/expand.ts";
import { reshape } from "../view/reshape.ts";
import { bodyPerKey } from "./body-per-key.ts";
import { atLeast1d, coordinatesAlong, outOfBounds } from "./index-layout.ts";

const gatherBody = bodyPerKey((dim: number) => {
  return function gather(context: IndexedContext) {
    return context.gather(coordinatesAlong(context, dim, { index: 0, failure: outOfBounds(dim) }));
  };
});

function checkGather(self: TensorBase, dim: number, index: TensorBase): void {
  const axis = wrapDim(dim, self.ndim);
  if (index.dtype !== int64 && index.dtype !== int32) {
    throw new RuntimeError("gather(): Expected dtype int32/int64 for index");
  }
  if (index.numel() === 0) return;
  if (atLeast1d(index).ndim !== atLeast1d(self).ndim) {
    throw new RuntimeError("Index tensor must have the same number of dimensions as input tensor");
  }
  index.shape.forEach((size, other) => {
    if (other === axis || size <= at(self.shape, other)) return;
    throw new RuntimeError(
      `Size does not match at dimension ${other} expected index ${formatShape(index.shape)} to be no larger than self ${formatShape(self.shape)} apart from dimension ${axis}`,
    );
  });
}

/** `self` at the index's coordinates, with the coordinate along `dim` taken from the index. */
function naiveGather(self: TensorBase, dim: number, index: TensorBase): NaiveArray {
  const source = naive(self);
  const indices = naive(index);
  const axis = wrapDim(dim, self.ndim);
  const values = coordinatesOf(index.shape).map((point) => {
    const place = elementAt(indices, point);
    return elementAt(
      source,
      self.ndim === 0
        ? []
        : point.map((coordinate, other) => (other === axis ? place : coordinate)),
    );
  });
  return { shape: index.shape, values };
}

export const gather = defineOp({
  name: "gather",
  api: ["torch.gather", "Tensor.gather"],
  checksData: true,
  args: { self: arg.tensor, dim: arg.dim, index: arg.tensor },
  doc: {
    summary: "The elements of `input` at positions along one dimension that an index tensor gives.",
    details:
      "`output[i][j] = input[index[i][j]][j]` for `dim` 0. The output has the shape of `index`. Indices do not count from the end.",
    example: "torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0n, 0n], [1n, 0n]]))",
  },
  meta: ({ self, dim, index }) => {
    checkGather(self, dim, index);
    return { dtype: self.dtype, shape: index.shape };
  },
  lowering: ({ self, dim, index }) => {
    const axis = wrapDim(dim, self.ndim);
    const source = atLeast1d(self);
    return indexed(gatherBody(axis), {
      operands: [index],
      gathered: source,
      scalars: [scalarValue("index", at(source.shape, axis))],
    });
  },
  reference: ({ self, dim, index }) => naiveGather(self, dim, index),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 4]), dim: 1, index: make.of([3, 2], [0, 3, 2, 2, 1, 0], int64) };
    yield { self: make.strided([3, 4]), dim: 0, index: make.of([1, 3], [2, 0, 1], int32) };
    yield { self: make.tensor([2, 3, 2]), dim: -2, index: make.of([2, 1, 2], [2, 0, 1, 1], int64) };
    yield { self: make.tensor([]), dim: 0, index: make.of([], [0], int64) };
    yield { self: make.tensor([3]), dim: 0, index: make.of([0], [], int64) };
  },
});

export const take_along_dim = defineOp({
  name: "take_along_dim",
  api: ["torch.take_along_dim", "Tensor.take_along_dim"],
  checksData: true,
  args: { self: arg.tensor, indices: arg.tensor, dim: arg.optional(arg.dim) },
  doc: {
    summary:
      "Like `gather`, with `input` and `indices` broadcast against each other except along `dim`.",
    details:
      "Without `dim`, `input` is flattened first. Meant for the results of `argmax` and `argsort`.",
    example: "torch.take_along_dim(torch.tensor([[10, 30, 20]]), torch.tensor([[1n]]), 1)",
  },
  decomposition: ({ self, indices, dim }) => {
    if (dim === null) {
      checkTakeAlong(indices);
      const flat = runOp(reshape, { self, shape: [-1] });
      return runOp(gather, {
        self: flat,
        dim: 0,
        index: runOp(reshape, { self: indices, shape: [-1] }),
      });
    }
    if (self.ndim !== indices.ndim) {
      throw new RuntimeError(
        `torch.take_along_dim(): input and indices should have the same number of dimensions, but got ${self.ndim} dimensions for input, and ${indices.ndim} dimensions for indices`,
      );
    }
    checkTakeAlong(indices);
    const axis = wrapDim(dim, self.ndim);
    const without = (shape: readonly number[]): readonly number[] =>
      shape.map((size, other) => (other === axis ? 1 : size));
    const common = broadcastShapes(without(self.shape), without(indices.shape));
    const along = (tensor: TensorBase): TensorBase => {
      return runOp(expand, {
        self: tensor,
        size: common.map((size, other) => (other === axis ? at(tensor.shape, axis) : size)),
      });
    };
    return runOp(gather, { self: along(self), dim: axis, index: along(indices) });
  },
  reference: ({ self, indices, dim }) => {
    if (dim !== null) {
      const axis = wrapDim(dim, self.ndim);
      const source = naive(self);
      const places = naive(indices);
      const shape = self.shape.map((size, other) =>
        other === axis ? at(indices.shape, other) : Math.max(size, at(indices.shape, other)),
      );
      const values = coordinatesOf(shape).map((point) => {
        const place = elementAt(places, point);
        return elementAt(
          source,
          point.map((coordinate, other) => (other === axis ? place : coordinate)),
        );
      });
      return { shape, values };
    }
    const source = naive(self).values;
    return {
      shape: [numelOf(indices.shape)],
      values: naive(indices).values.map((place) => source[place] ?? Number.NaN),
    };
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 4]), indices: make.of([3, 1], [3, 0, 2], int64), dim: 1 };
    yield { self: make.strided([3, 4]), indices: make.of([1, 2], [3, 1], int64), dim: -1 };
    yield { self: make.tensor([1, 4]), indices: make.of([2, 2], [3, 1, 0, 0], int64), dim: 1 };
    yield { self: make.tensor([2, 3]), indices: make.of([2], [5, 0], int64) };
  },
});

function checkTakeAlong(indices: TensorBase): void {
  if (indices.dtype === int64) return;
  throw new RuntimeError(
    `torch.take_along_dim(): dtype of indices should be Long but got ${indices.dtype.scalarTypeName}`,
  );
}

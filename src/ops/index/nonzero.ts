import { int64 } from "../../core/dtype.ts";
import { arrayOf, copyElements, copyStored, itemOf } from "../../core/elements.ts";
import { adoptArray, emptyTensor } from "../../core/make-tensor.ts";
import { at, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { writePositions } from "../../loops/templates/compaction/write-positions.ts";
import { arg } from "../arg.ts";
import { contiguous } from "../data/clone.ts";
import { defineOp } from "../define-op.ts";
import { coordinatesOf, naive } from "../naive-array.ts";
import { ne } from "../pointwise/comparison.ts";
import { sum } from "../reduction/sum.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { unbind } from "../view/unbind.ts";

/** The row-major positions of the elements that are not zero. */
function positionsOfNonzero(self: TensorBase): readonly number[] {
  const positions: number[] = [];
  copyElements(self).forEach((value: number | bigint, position: number) => {
    // Zero of either kind of number; NaN is not zero.
    if (value !== 0 && value !== 0n) positions.push(position);
  });
  return positions;
}

/** Elements from which the kernels beat plain loops. */
const fewestElements = 128;

function coordinatesInKernel(self: TensorBase): TensorBase | null {
  if (self.ndim === 0 || self.numel() < fewestElements) return null;
  const flags = runOp(contiguous, { self: runOp(ne, { self, other: 0 }) });
  const rows = Number(itemOf(runOp(sum, { self: flags })));
  const result = emptyTensor([rows, self.ndim], int64, [1, rows], { fake: false });
  return rows === 0 || writePositions(flags, result) ? result : null;
}

/** Positions as coordinates, one row each; column by column in memory, as in PyTorch. */
function coordinatesOfPositions(positions: readonly number[], shape: Shape): TensorBase {
  const rows = positions.length;
  const result = emptyTensor([rows, shape.length], int64, [1, rows], { fake: false });
  const array = arrayOf(result);
  positions.forEach((position, row) => {
    let rest = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = at(shape, axis);
      array[axis * rows + row] = BigInt(rest % size);
      rest = Math.floor(rest / size);
    }
  });
  return result;
}

const doc = {
  summary: "The coordinates of the elements that are not zero, one row each, in row-major order.",
  details: "With `as_tuple` the columns come as separate vectors, ready for indexing.",
  example: "torch.nonzero(torch.tensor([0, 5, 7]))",
};

function* samples(make: SampleMaker): Generator<{ self: TensorBase }> {
  yield { self: make.tensor([3, 4], { low: 0, high: 1 }) };
  yield { self: make.strided([2, 3], { low: 0, high: 1 }) };
  yield { self: make.of([3], [0, 0, 0]) };
  yield { self: make.of([], [1]) };
  yield { self: make.tensor([0, 3]) };
}

function naiveNonzero(self: TensorBase): readonly (readonly number[])[] {
  const { values } = naive(self);
  return coordinatesOf(self.shape).filter((_, position) => values[position] !== 0);
}

export const nonzero = defineOp({
  name: "nonzero",
  api: ["torch.nonzero", "Tensor.nonzero", "torch.argwhere", "Tensor.argwhere"],
  args: { self: arg.tensor },
  doc,
  needsData: "shape",
  decomposition: ({ self }) =>
    coordinatesInKernel(self) ?? coordinatesOfPositions(positionsOfNonzero(self), self.shape),
  reference: ({ self }) => {
    const rows = naiveNonzero(self);
    return { shape: [rows.length, self.ndim], values: rows.flat() };
  },
  derivative: "not-differentiable",
  samples,
});

function columnsOf(self: TensorBase): readonly TensorBase[] {
  const source = self.ndim === 0 ? asVector(self) : self;
  return runOp(unbind, { self: runOp(nonzero, { self: source }), dim: 1 });
}

function asVector(self: TensorBase): TensorBase {
  return adoptArray(copyStored(self), [1], self.dtype);
}

function naiveColumns(self: TensorBase): readonly { shape: Shape; values: readonly number[] }[] {
  const rows = self.ndim === 0 ? naiveNonzero(asVector(self)) : naiveNonzero(self);
  const columns = Array.from({ length: Math.max(1, self.ndim) }, (_, axis) => axis);
  return columns.map((axis) => ({
    shape: [rows.length],
    values: rows.map((row) => row[axis] ?? 0),
  }));
}

export const nonzeroAsTuple = defineOp({
  name: "nonzero.as_tuple",
  api: ["torch.nonzero", "Tensor.nonzero"],
  args: { self: arg.tensor, as_tuple: arg.bool },
  returns: returns.value<TensorBase | readonly TensorBase[]>("Tensor | readonly Tensor[]"),
  doc: { ...doc, example: "torch.nonzero(torch.tensor([0, 5, 7]), { as_tuple: true })" },
  needsData: "shape",
  decomposition: ({ self, as_tuple }) => (as_tuple ? columnsOf(self) : runOp(nonzero, { self })),
  reference: ({ self }) => naiveColumns(self),
  derivative: "not-differentiable",
  samples: function* (make) {
    for (const sample of samples(make)) yield { ...sample, as_tuple: true };
  },
});

export const whereNonzero = defineOp({
  name: "where.condition",
  api: ["torch.where"],
  args: { condition: arg.tensor },
  returns: returns.tensors,
  doc: {
    summary: "The coordinates of the elements that are not zero, one vector per dimension.",
    example: "torch.where(torch.tensor([0, 5, 7]))",
  },
  needsData: "shape",
  decomposition: ({ condition }) => columnsOf(condition),
  reference: ({ condition }) => naiveColumns(condition),
  derivative: "not-differentiable",
  samples: function* (make) {
    for (const { self } of samples(make)) yield { condition: self };
  },
});

/** The integer indices that a mask stands for: one vector per dimension of the mask. */
export function indicesOfMask(mask: TensorBase): readonly TensorBase[] {
  return columnsOf(mask);
}

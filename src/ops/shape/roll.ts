/** Elements moved along dimensions: roll and flip. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { at, numelOf, wrapDim, wrapDims } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import { add, compare, type Expression, select, sub } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";

/** Scalars: for each dimension its shift, from 0 to its size, and its size. */
const rolled = ({ positions, gather, scalar }: IndexedContext): Expression =>
  gather(
    positions.map((place, axis) => {
      const source = sub(place, scalar(2 * axis));
      return select(compare("lt", source, 0), add(source, scalar(2 * axis + 1)), source);
    }),
  );

function shiftsByAxis(
  self: TensorBase,
  shifts: readonly number[],
  dims: readonly number[],
): number[] {
  if (shifts.length !== dims.length) {
    throw new RuntimeError(
      `shifts and dimensions must align. shifts: ${shifts.length}, dims:${dims.length}`,
    );
  }
  if (self.ndim === 0 && dims.length > 0) {
    throw new IndexError(`Dimension specified as ${at(dims, 0)} but tensor has no dimensions`);
  }
  const result = new Array<number>(self.ndim).fill(0);
  dims.forEach((dim, position) => {
    const axis = wrapDim(dim, self.ndim);
    const size = Math.max(at(self.shape, axis), 1);
    const shift = (at(result, axis) + at(shifts, position)) % size;
    result[axis] = shift < 0 ? shift + size : shift;
  });
  return result;
}

function naiveRoll(self: NaiveArray, shifts: readonly number[]): NaiveArray {
  return naiveFill(self.shape, (coordinates) =>
    elementAt(
      self,
      coordinates.map(
        (place, axis) => (place - at(shifts, axis) + at(self.shape, axis)) % at(self.shape, axis),
      ),
    ),
  );
}

export const rollDims = defineOp({
  name: "roll.dims",
  api: [],
  args: { self: arg.tensor, shifts: arg.dims, dims: arg.dims },
  doc: { summary: "Elements moved along dimensions; what leaves at the end returns at the start." },
  derivative: "pending",
  meta: ({ self, shifts, dims }) => {
    shiftsByAxis(self, shifts, dims);
    return { dtype: self.dtype, shape: self.shape };
  },
  lowering: ({ self, shifts, dims }) => {
    const byAxis = shiftsByAxis(self, shifts, dims);
    const scalars = byAxis.flatMap((shift, axis) => [
      scalarValue("index", shift),
      scalarValue("index", at(self.shape, axis)),
    ]);
    return indexed(rolled, { gathered: self, scalars });
  },
  reference: ({ self, shifts, dims }) => naiveRoll(naive(self), shiftsByAxis(self, shifts, dims)),
  samples: function* (make) {
    yield { self: make.tensor([4, 3]), shifts: [1], dims: [0] };
    yield { self: make.strided([2, 3, 4]), shifts: [-1, 7], dims: [-1, 1] };
    yield { self: make.tensor([0, 2]), shifts: [1], dims: [0] };
  },
});

export const roll = defineOp({
  name: "roll",
  api: ["torch.roll", "Tensor.roll"],
  args: { self: arg.tensor, shifts: arg.dims, dims: arg.optional(arg.dims) },
  doc: {
    summary:
      "Elements moved along dimensions; what leaves at the end returns at the start. Without `dims`, in the flattened tensor.",
    example: "torch.arange(4).roll(1)",
  },
  derivative: "pending",
  decomposition: ({ self, shifts, dims }) => {
    if (dims !== null && dims.length > 0) return runOp(rollDims, { self, shifts, dims });
    const flat = runOp(reshape, { self, shape: [-1] });
    return runOp(reshape, {
      self: runOp(rollDims, { self: flat, shifts, dims: [0] }),
      shape: self.shape,
    });
  },
  reference: ({ self, shifts, dims }) => {
    if (dims !== null) return naiveRoll(naive(self), shiftsByAxis(self, shifts, dims));
    const size = Math.max(self.numel(), 1);
    const flat = { shape: [numelOf(self.shape)], values: naive(self).values };
    return { ...naiveRoll(flat, [((at(shifts, 0) % size) + size) % size]), shape: self.shape };
  },
  samples: function* (make) {
    yield { self: make.tensor([4, 3]), shifts: [1] };
    yield { self: make.tensor([4, 3]), shifts: [-2], dims: [1] };
    yield { self: make.tensor([]), shifts: [3] };
  },
});

const flipped = ({ positions, gather, scalar }: IndexedContext): Expression =>
  // Scalars: for each dimension size - 1 and whether it is flipped.
  gather(
    positions.map((place, axis) =>
      select(compare("ne", scalar(2 * axis + 1), 0), sub(scalar(2 * axis), place), place),
    ),
  );

export const flip = defineOp({
  name: "flip",
  api: ["torch.flip", "Tensor.flip"],
  args: { self: arg.tensor, dims: arg.dimsSpread },
  doc: { summary: "A copy with dimensions in reverse order.", example: "torch.arange(3).flip(0)" },
  derivative: "pending",
  meta: ({ self, dims }) => {
    wrapDims(dims, self.ndim);
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, dims }) => {
    const axes = wrapDims(dims, self.ndim);
    const scalars = self.shape.flatMap((size, axis) => [
      scalarValue("index", size - 1),
      scalarValue("index", Number(axes.includes(axis))),
    ]);
    return indexed(flipped, { gathered: self, scalars });
  },
  reference: ({ self, dims }) => {
    const source = naive(self);
    const axes = wrapDims(dims, self.ndim);
    return naiveFill(self.shape, (coordinates) =>
      elementAt(
        source,
        coordinates.map((place, axis) =>
          axes.includes(axis) ? at(self.shape, axis) - 1 - place : place,
        ),
      ),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([4, 3]), dims: [0] };
    yield { self: make.strided([2, 3, 4]), dims: [-1, 0] };
    yield { self: make.tensor([]), dims: [] };
    yield { self: make.tensor([0, 2]), dims: [1] };
  },
});

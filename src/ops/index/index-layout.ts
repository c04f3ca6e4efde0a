/** Views of operands for index computations. They are internal: no operation of the user's program. */
import { RuntimeError } from "../../base/errors.ts";
import { copyElements } from "../../core/elements.ts";
import { aliasOf } from "../../core/make-tensor.ts";
import { at } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { type BoundsFailure, checkedIndex, type Expression } from "../../loops/expression.ts";
import type { IndexedContext } from "../../loops/computation.ts";

/** A 0-d tensor seen as one of one element; others as they are. */
export function atLeast1d(tensor: TensorBase): TensorBase {
  if (tensor.ndim > 0) return tensor;
  return aliasOf(tensor, { shape: [1], strides: [1], offset: stateOf(tensor).offset });
}

/** A vector laid along one of `rank` dimensions, so that it broadcasts along the others. */
export function alongDim(vector: TensorBase, dim: number, rank: number): TensorBase {
  const { shape, strides, offset } = stateOf(atLeast1d(vector));
  const spread = (own: number, other: number): number[] =>
    Array.from({ length: rank }, (_, axis) => (axis === dim ? own : other));
  return aliasOf(vector, {
    shape: spread(at(shape, 0), 1),
    strides: spread(at(strides, 0), 0),
    offset,
  });
}

export const outOfBounds = (
  dim: number,
  error: BoundsFailure["error"] = "RuntimeError",
): BoundsFailure => ({
  error,
  message: `index {index} is out of bounds for dimension ${dim} with size {size}`,
});

/** The dimension of bodies that write to a 0-d tensor, which has one place and no coordinates. */
export const noDimension = -1;

/** Refuses an index into a 0-d tensor other than 0. Reads data: only for real tensors. */
export function checkIndexOfScalar(index: TensorBase): void {
  for (const place of copyElements(index)) {
    if (Number(place) === 0) continue;
    throw new RuntimeError(`index ${place} is out of bounds for dimension 0 with size 1`);
  }
}

/** The current position with the coordinate along `dim` read from an index tensor; its size is scalar 0. */
export function coordinatesAlong(
  { positions, load, scalar }: IndexedContext,
  dim: number,
  options: { readonly index: number; readonly failure: BoundsFailure; readonly wraps?: boolean },
): readonly Expression[] {
  if (dim === noDimension) return [];
  const own = checkedIndex(load(options.index), scalar(0), options.failure, {
    wraps: options.wraps ?? false,
  });
  // A 0-d point has no positions, but the tensor read at it has one dimension (see atLeast1d).
  return positions.length === 0
    ? [own]
    : positions.map((position, axis) => (axis === dim ? own : position));
}

/** Which dimensions a reduction folds, and the shape that remains. */
import type { Shape } from "../../core/shape.ts";
import { wrapDims } from "../../core/shape.ts";

/** Null or an empty list means all dimensions, as in PyTorch. */
export function foldedDims(shape: Shape, dim: readonly number[] | null): readonly number[] {
  if (dim === null || dim.length === 0) return shape.map((_, axis) => axis);
  return shape.length === 0 ? (wrapDims(dim, 0), []) : wrapDims(dim, shape.length);
}

export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): Shape {
  if (keepdim) return shape.map((size, axis) => (dims.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !dims.includes(axis));
}

/** Shapes and strides: plain arrays of numbers, and the arithmetic every layer needs on them. */
import { IndexError, RuntimeError } from "../base/errors.ts";

export type Shape = readonly number[];

export function numelOf(shape: Shape): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** Row-major strides, counting a size of 0 as 1 as PyTorch does. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= Math.max(at(shape, axis), 1);
  }
  return strides;
}

/** Whether elements lie in row-major order without gaps; the stride of a size-1 dimension does not matter. */
export function isContiguousLayout(shape: Shape, strides: Shape): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = at(shape, axis);
    if (size === 0) return true;
    if (size === 1) continue;
    if (at(strides, axis) !== expected) return numelOf(shape) === 0;
    expected *= size;
  }
  return true;
}

/** Whether some permutation of the dimensions is contiguous: every element has its own place and there are no gaps. */
export function isNonOverlappingAndDense(shape: Shape, strides: Shape): boolean {
  if (isContiguousLayout(shape, strides)) return true;
  const axes = shape.map((_, axis) => axis).filter((axis) => at(shape, axis) !== 1);
  axes.sort((a, b) => at(strides, a) - at(strides, b));
  let expected = 1;
  for (const axis of axes) {
    if (at(strides, axis) !== expected) return false;
    expected *= at(shape, axis);
  }
  return true;
}

/** The element of an array whose index is known to be inside it. */
export function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined)
    throw new RangeError(`index ${index} outside an array of length ${values.length}`);
  return value;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** `[2, 3]` */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** A dimension counted from either end, as a number from 0; a 0-d tensor counts as having one dimension. */
export function wrapDim(dim: number, rank: number): number {
  const limit = Math.max(rank, 1);
  if (!Number.isInteger(dim) || dim < -limit || dim >= limit) {
    throw new IndexError(
      `Dimension out of range (expected to be in range of [${-limit}, ${limit - 1}], but got ${dim})`,
    );
  }
  return dim < 0 ? dim + limit : dim;
}

/** Wraps several dimensions and refuses repeats. */
export function wrapDims(dims: readonly number[], rank: number): number[] {
  const wrapped = dims.map((dim) => wrapDim(dim, rank));
  const seen = new Set<number>();
  for (const dim of wrapped) {
    if (seen.has(dim))
      throw new RuntimeError(`dim ${dim} appears multiple times in the list of dims`);
    seen.add(dim);
  }
  return wrapped;
}

/** The common shape of two operands under broadcasting. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let fromEnd = 1; fromEnd <= rank; fromEnd++) {
    const sizeA = a[a.length - fromEnd] ?? 1;
    const sizeB = b[b.length - fromEnd] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new RuntimeError(
        `The size of tensor a (${sizeA}) must match the size of tensor b (${sizeB}) at non-singleton dimension ${rank - fromEnd}`,
      );
    }
    result[rank - fromEnd] = sizeA === 1 ? sizeB : sizeA;
  }
  return result;
}

/** Strides that read a tensor of `shape` as if it had the (broadcast) shape `target`. */
export function broadcastStrides(shape: Shape, strides: Shape, target: Shape): number[] {
  const missing = target.length - shape.length;
  return target.map((_, axis) => {
    const own = axis - missing;
    return own < 0 || at(shape, own) === 1 ? 0 : at(strides, own);
  });
}

/** Plain arrays for references: a shape and row-major numbers, and the plainest possible loops over them. */
import { copyElements } from "../core/elements.ts";
import type { Operand } from "../core/promotion.ts";
import { isScalar } from "../core/scalar.ts";
import { at, contiguousStrides, type Shape } from "../core/shape.ts";
import type { TensorBase } from "../core/tensor.ts";

export interface NaiveArray {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** A tensor's (or a number's) values as plain numbers; bool as 0 and 1. */
export function naive(operand: Operand): NaiveArray {
  if (isScalar(operand)) return { shape: [], values: [Number(operand)] };
  return { shape: operand.shape, values: Array.from(copyElements(operand), Number) };
}

/** All coordinates of a shape in row-major order. */
export function coordinatesOf(shape: Shape): number[][] {
  let all: number[][] = [[]];
  for (const size of shape)
    all = all.flatMap((prefix) => Array.from({ length: size }, (_, index) => [...prefix, index]));
  return all;
}

/** The element at coordinates; the coordinates may have more leading axes, and size-1 axes repeat (broadcasting). */
export function elementAt(array: NaiveArray, coordinates: readonly number[]): number {
  const strides = contiguousStrides(array.shape);
  const missing = coordinates.length - array.shape.length;
  let position = 0;
  array.shape.forEach((size, axis) => {
    if (size !== 1) position += at(coordinates, axis + missing) * at(strides, axis);
  });
  return at(array.values, position);
}

/** An array of a shape, computed coordinate by coordinate. */
export function naiveFill(
  shape: Shape,
  value: (coordinates: readonly number[]) => number,
): NaiveArray {
  return { shape, values: coordinatesOf(shape).map(value) };
}

/** `compute` of the elements at the same broadcast place. */
export function naiveMap(
  operands: readonly Operand[],
  compute: (...values: readonly number[]) => number,
): NaiveArray {
  const arrays = operands.map(naive);
  const rank = Math.max(0, ...arrays.map((array) => array.shape.length));
  const shape = Array.from({ length: rank }, (_, axis) => {
    const sizes = arrays.map((array) => array.shape[axis - (rank - array.shape.length)] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
  return naiveFill(shape, (coordinates) =>
    compute(...arrays.map((array) => elementAt(array, coordinates))),
  );
}

/** `compute` of the list of elements along `dims`, for every place of the other dimensions. */
export function naiveReduce(
  self: TensorBase,
  dims: readonly number[],
  keepdim: boolean,
  compute: (values: readonly number[]) => number,
): NaiveArray {
  const array = naive(self);
  const folded = new Set(dims.map((dim) => (dim < 0 ? dim + array.shape.length : dim)));
  const inner = array.shape.filter((_, axis) => folded.has(axis));
  const keptShape = array.shape.map((size, axis) => (folded.has(axis) ? 1 : size));
  const values = coordinatesOf(keptShape).map((outer) =>
    compute(
      coordinatesOf(inner).map((point) => {
        const rest = [...point];
        return elementAt(
          array,
          outer.map((index, axis) => (folded.has(axis) ? (rest.shift() ?? 0) : index)),
        );
      }),
    ),
  );
  return { shape: keepdim ? keptShape : keptShape.filter((_, axis) => !folded.has(axis)), values };
}

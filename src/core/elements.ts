/** Reading a tensor's elements in row-major order. */
import { RuntimeError } from "../base/errors.ts";
import { DataDependentError } from "./data-dependent-error.ts";
import type { DType } from "./dtype.ts";
import { isContiguousLayout, numelOf, type Shape } from "./shape.ts";
import {
  allocateArray,
  allocateValues,
  type StoredArray,
  type TypedArray,
  valuesOf,
} from "./storage.ts";
import { isFake, stateOf, type TensorBase } from "./tensor.ts";

export type Element = number | boolean;
export type Nested<Value> = Value | readonly Nested<Value>[];

/** The values a real tensor's memory holds: the whole storage, not only the elements of this view. */
export function arrayOf(tensor: TensorBase): TypedArray {
  return valuesOf(stateOf(tensor).storage.array);
}

/** Visits the storage position of every element in row-major order. */
export function forEachPosition(
  geometry: { readonly shape: Shape; readonly strides: Shape; readonly offset: number },
  visit: (position: number) => void,
): void {
  const { shape, strides } = geometry;
  const walk = (axis: number, position: number): void => {
    if (axis === shape.length) {
      visit(position);
      return;
    }
    const size = shape[axis] ?? 0;
    const stride = strides[axis] ?? 0;
    for (let index = 0; index < size; index++) walk(axis + 1, position + index * stride);
  };
  walk(0, geometry.offset);
}

/** A copy of the elements in row-major order, as they are stored. */
export function copyStored(tensor: TensorBase): StoredArray {
  if (isFake(tensor)) throw new DataDependentError("toTypedArray", "scalar");
  const state = stateOf(tensor);
  const count = numelOf(state.shape);
  const source = state.storage.array;
  if (isContiguousLayout(state.shape, state.strides))
    return source.slice(state.offset, state.offset + count);
  const copy = allocateArray(state.dtype, count);
  let next = 0;
  forEachPosition(state, (position) => {
    copy[next++] = source[position] ?? 0;
  });
  return copy;
}

/** A copy of the values in row-major order, in a typed array that holds them: a Float32Array for floats of 16 bits. */
export function copyElements(tensor: TensorBase): TypedArray {
  const stored = copyStored(tensor);
  if (!(stored instanceof Uint16Array)) return stored;
  const values = allocateValues(tensor.dtype, stored.length);
  stored.forEach((word, index) => {
    values[index] = valueOf(word, tensor.dtype);
  });
  return values;
}

/** Has `write` set all elements of a contiguous tensor that has its storage for itself. */
export function writeElements(tensor: TensorBase, write: (values: TypedArray) => void): void {
  const { storage } = stateOf(tensor);
  const { words } = tensor.dtype;
  if (words === null) return write(valuesOf(storage.array));
  const values = allocateValues(tensor.dtype, storage.length);
  write(values);
  const stored = storage.array;
  values.forEach((value: number | bigint, index: number) => {
    stored[index] = words.encode(Number(value));
  });
}

/** The value of an element as it is stored. */
export function valueOf<Raw extends number | bigint>(raw: Raw, { words }: DType): Raw | number {
  return words === null ? raw : words.decode(Number(raw));
}

/** An element as JavaScript sees it: a boolean for bool tensors, else a number. */
function toElement(raw: number | bigint, dtype: DType): Element {
  if (typeof raw === "number") return dtype.category === "bool" ? raw !== 0 : valueOf(raw, dtype);
  const value = Number(raw);
  if (!Number.isSafeInteger(value)) {
    throw new RuntimeError(
      `${raw} is outside the integers a JavaScript number holds exactly (±${Number.MAX_SAFE_INTEGER}); use toTypedArray(), which gives bigints for int64`,
    );
  }
  return value;
}

/** The only element of a one-element tensor. */
export function itemOf(tensor: TensorBase): Element {
  if (tensor.numel() !== 1) {
    throw new RuntimeError(
      `a Tensor with ${tensor.numel()} elements cannot be converted to Scalar`,
    );
  }
  if (isFake(tensor)) throw new DataDependentError("item", "scalar");
  const state = stateOf(tensor);
  return toElement(state.storage.array[state.offset] ?? 0, state.dtype);
}

/** The elements as nested arrays of the tensor's shape; a plain value for a 0-d tensor. */
export function listOf(tensor: TensorBase): Nested<Element> {
  if (isFake(tensor)) throw new DataDependentError("tolist", "scalar");
  const { shape, strides, offset, storage, dtype } = stateOf(tensor);
  const build = (axis: number, position: number): Nested<Element> => {
    if (axis === shape.length) return toElement(storage.array[position] ?? 0, dtype);
    const stride = strides[axis] ?? 0;
    return Array.from({ length: shape[axis] ?? 0 }, (_, index) =>
      build(axis + 1, position + index * stride),
    );
  };
  return build(0, offset);
}

/** Data as users write it (nested arrays, typed arrays, numbers): its shape, its dtype and its elements. */
import { ValueError } from "../base/errors.ts";
import { get_default_dtype } from "../core/default-dtype.ts";
import { bool, type DType, float16, float32, float64, int32, int64, uint8 } from "../core/dtype.ts";
import { copyElements } from "../core/elements.ts";
import { convertScalar, isScalar, type Scalar } from "../core/scalar.ts";
import type { Shape } from "../core/shape.ts";
import type { TypedArray } from "../core/storage.ts";
import { isTensor, type TensorBase } from "../core/tensor.ts";

/** Any typed array with elements that a tensor can hold. */
export type NumericArray =
  | TypedArray
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

export type NestedData = Scalar | NumericArray | TensorBase | readonly NestedData[];

export function isNumericArray(value: unknown): value is NumericArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

export function isNestedData(value: unknown): value is NestedData {
  return (
    isScalar(value) ||
    isNumericArray(value) ||
    isTensor(value) ||
    (Array.isArray(value) && value.every(isNestedData))
  );
}

/** The dtype that holds every element of a typed array. */
export function arrayDType(array: NumericArray): DType {
  if (array instanceof Float32Array) return float32;
  if (array instanceof Float64Array) return float64;
  // By its name: not every engine has the class.
  if (String(array[Symbol.toStringTag]) === "Float16Array") return float16;
  if (
    array instanceof BigInt64Array ||
    array instanceof BigUint64Array ||
    array instanceof Uint32Array
  )
    return int64;
  if (array instanceof Uint8Array || array instanceof Uint8ClampedArray) return uint8;
  return int32;
}

export interface MeasuredData {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Shape and dtype of nested data; rows of different lengths are an error. */
export function measureData(data: NestedData): MeasuredData {
  const kinds = new Set<DType | "number">();
  const shape = measure(data, 0, kinds);
  const dtypesSeen = [...kinds];
  if (dtypesSeen.length === 1 && dtypesSeen[0] !== undefined && dtypesSeen[0] !== "number")
    return { shape, dtype: dtypesSeen[0] };
  const onlyWhole =
    dtypesSeen.length > 0 && dtypesSeen.every((kind) => kind === bool || kind === int64);
  return { shape, dtype: onlyWhole ? int64 : kinds.has(float64) ? float64 : get_default_dtype() };
}

function measure(data: NestedData, depth: number, kinds: Set<DType | "number">): Shape {
  if (isScalar(data)) {
    kinds.add(typeof data === "boolean" ? bool : typeof data === "bigint" ? int64 : "number");
    return [];
  }
  if (isNumericArray(data)) {
    kinds.add(arrayDType(data));
    return [data.length];
  }
  if (isTensor(data)) {
    kinds.add(data.dtype);
    return data.shape;
  }
  const [first, ...rest] = data;
  if (first === undefined) return [0];
  const inner = measure(first, depth + 1, kinds);
  for (const item of rest) {
    const other = measure(item, depth + 1, kinds);
    if (other.length !== inner.length) {
      throw new ValueError(
        `expected nested data of ${inner.length} more dimensions at dim ${depth + 1} (got ${other.length})`,
      );
    }
    inner.forEach((size, axis) => {
      if (other[axis] !== size) {
        throw new ValueError(
          `expected sequence of length ${size} at dim ${depth + 1 + axis} (got ${other[axis]})`,
        );
      }
    });
  }
  return [data.length, ...inner];
}

/** Writes the elements, row-major, converted to `dtype`. */
export function writeData(data: NestedData, dtype: DType, target: TypedArray, start = 0): number {
  if (isScalar(data)) {
    target[start] = convertScalar(data, dtype);
    return start + 1;
  }
  if (isTensor(data)) return writeElements(copyElements(data), dtype, target, start);
  if (isNumericArray(data)) return writeElements(data, dtype, target, start);
  let next = start;
  for (const item of data) next = writeData(item, dtype, target, next);
  return next;
}

function writeElements(
  source: NumericArray,
  dtype: DType,
  target: TypedArray,
  start: number,
): number {
  for (let index = 0; index < source.length; index++) {
    const value = source[index] ?? 0;
    target[start + index] =
      dtype.category === "bool" && typeof value === "number"
        ? Number(value !== 0)
        : convertScalar(value, dtype);
  }
  return start + source.length;
}

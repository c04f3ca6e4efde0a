/** The memory behind one or more tensors. */
import { InternalError } from "../base/errors.ts";
import type { DType, DTypeName } from "./dtype.ts";
import { accountMemory, releaseMemory } from "./memory-accounting.ts";

export type TypedArray = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;

interface ArrayConstructor {
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
}

const arrayConstructors: Readonly<Record<DTypeName, ArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** A zeroed typed array that holds elements of `dtype`; bool is stored as 0 and 1 in bytes. */
export function allocateArray(dtype: DType, length: number): TypedArray {
  return new arrayConstructors[dtype.name](length);
}

/** The elements of a buffer from a byte offset, in place. */
export function arrayOver(
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedArray {
  return new arrayConstructors[dtype.name](buffer, byteOffset, length);
}

/**
 * A flat run of elements, shared by all views of it.
 * A fake storage has an identity and no memory. `version` counts in-place writes.
 */
export class Storage {
  readonly dtype: DType;
  readonly length: number;
  readonly isFake: boolean;
  version = 0;
  #array: TypedArray | null;
  #users = 0;

  private constructor(dtype: DType, length: number, array: TypedArray | null) {
    this.dtype = dtype;
    this.length = length;
    this.isFake = array === null;
    this.#array = array;
    if (array !== null) accountMemory(this, array.byteLength);
  }

  static allocate(dtype: DType, length: number): Storage {
    return new Storage(dtype, length, allocateArray(dtype, length));
  }

  /** Takes the array over, without a copy. */
  static adopt(dtype: DType, array: TypedArray): Storage {
    return new Storage(dtype, array.length, array);
  }

  static fake(dtype: DType, length: number): Storage {
    return new Storage(dtype, length, null);
  }

  get array(): TypedArray {
    if (this.#array === null) {
      throw new InternalError(
        this.isFake ? "a fake tensor has no data" : "this storage was released",
      );
    }
    return this.#array;
  }

  get sizeBytes(): number {
    return this.length * this.dtype.itemsize;
  }

  retain(): void {
    this.#users += 1;
  }

  /** Called when a tensor is disposed; the last one frees the memory. */
  release(): void {
    this.#users -= 1;
    if (this.#users > 0 || this.#array === null) return;
    releaseMemory(this, this.#array.byteLength);
    this.#array = null;
  }
}

/** The memory behind one or more tensors. */
import { InternalError, OutOfMemoryError } from "../base/errors.ts";
import { emit, warnOnce } from "../base/logging.ts";
import { formatBytes } from "../runtime/format-bytes.ts";
import { kernelMemory, kernelMemoryOrNull } from "../runtime/kernel-memory.ts";
import type { OwnedBlock } from "../runtime/owned-block.ts";
import type { ComputeTypeName, DType } from "./dtype.ts";

/** Arrays whose elements are values. */
export type TypedArray = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;

/** Arrays that elements are stored in: as themselves, or as words of 16 bits (`DType.words`). */
export type StoredArray = TypedArray | Uint16Array;

interface ArrayConstructor<Elements> {
  new (length: number): Elements;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Elements;
}

const valueConstructors: Readonly<Record<ComputeTypeName, ArrayConstructor<TypedArray>>> = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

const constructorOf = (dtype: DType): ArrayConstructor<StoredArray> =>
  dtype.words === null ? valueConstructors[dtype.computeName] : Uint16Array;

/** A zeroed typed array for values of `dtype`: of float32 for floats of 16 bits. */
export function allocateValues(dtype: DType, length: number): TypedArray {
  return new valueConstructors[dtype.computeName](length);
}

/** An array whose elements were checked to be values. */
export function valuesOf(array: StoredArray): TypedArray {
  if (array instanceof Uint16Array)
    throw new InternalError("words of 16 bits were about to be taken for values");
  return array;
}

/** A zeroed typed array that holds elements of `dtype`; bool is stored as 0 and 1 in bytes. */
export function allocateArray(dtype: DType, length: number): StoredArray {
  return new (constructorOf(dtype))(length);
}

/** The elements of a buffer from a byte offset, in place. */
export function arrayOver(
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): StoredArray {
  return new (constructorOf(dtype))(buffer, byteOffset, length);
}

function checkStores(dtype: DType, { BYTES_PER_ELEMENT: bytes }: StoredArray): void {
  if (bytes !== dtype.itemsize)
    throw new InternalError(`${dtype} is not stored in elements of ${bytes} bytes`);
}

/** Smaller storages are JavaScript arrays, which are cheaper to make; a block of the memory pays off above. */
export const smallestBlockBytes = 1024;

/**
 * A flat run of elements, shared by all views of it. `version` counts in-place writes.
 *
 * Its elements have one of four homes: a JavaScript array of ours, a block of the kernel memory, an array that the user
 * shares, or none (fake). An array of ours moves into the memory, for good, when a kernel there first asks for its
 * address. An array of the user's stays where it is: kernels get a copy of it for the time they run.
 */
export class Storage {
  readonly dtype: DType;
  readonly length: number;
  readonly isFake: boolean;
  /** Elements stay in the user's array: `address` is that of a copy, which `endStage` ends. */
  readonly isStaged: boolean;
  version = 0;
  /** For a block, the view that was valid at `#generation`. */
  #array: StoredArray | null;
  /** Of a staged storage: where the copy is, while there is one. */
  #block: OwnedBlock | null;
  /** Of a part of somebody else's block: where in it the elements start, in bytes. */
  #part: number | null = null;
  #generation = 0;
  #users = 0;

  private constructor(
    dtype: DType,
    length: number,
    home: Home,
    isFake: boolean,
    isStaged: boolean,
  ) {
    this.dtype = dtype;
    this.length = length;
    this.isFake = isFake;
    this.isStaged = isStaged;
    this.#array = home.array;
    this.#block = home.block;
  }

  /** Elements that are zero, or, with `zeroed` false, whatever was there before. */
  static allocate(dtype: DType, length: number, zeroed = true): Storage {
    return new Storage(dtype, length, newHome(dtype, length, zeroed), false, false);
  }

  /** A part of a block that somebody else keeps and may use again. */
  static within(dtype: DType, length: number, block: OwnedBlock, byteOffset: number): Storage {
    const storage = new Storage(dtype, length, { array: null, block }, false, false);
    storage.#part = byteOffset;
    return storage;
  }

  /** Takes over an array that nobody else uses any more, without a copy. */
  static adopt(dtype: DType, array: StoredArray): Storage {
    checkStores(dtype, array);
    return new Storage(dtype, array.length, { array, block: null }, false, false);
  }

  /** Shares an array with the user: each sees what the other writes. */
  static share(dtype: DType, array: StoredArray): Storage {
    checkStores(dtype, array);
    return new Storage(dtype, array.length, { array, block: null }, false, true);
  }

  static fake(dtype: DType, length: number): Storage {
    return new Storage(dtype, length, noHome, true, false);
  }

  /** The elements, wherever they are. Not to be kept: an allocation may end the view, `address` may move the elements. */
  get array(): StoredArray {
    const array = this.#array;
    if (
      array !== null &&
      (this.#block === null || this.isStaged || this.#generation === kernelMemory().generation)
    )
      return array;
    return this.#viewBlock();
  }

  /** The address of the elements in the kernel memory. Moves an array of ours there; copies one of the user's. */
  address(): number {
    if (this.isStaged) return this.#stage();
    if (this.#block === null) this.#moveToMemory();
    return this.#block === null ? 0 : this.#block.address + (this.#part ?? 0);
  }

  /** Ends the copy of a staged storage; with `written`, the user's array gets what a kernel wrote. */
  endStage(written: boolean): void {
    const block = this.#block;
    if (!this.isStaged || block === null || this.#array === null) return;
    if (written) this.#array.set(blockArray(this.dtype, block, this.length) as never); // of the same class
    this.#block = null;
    block.free();
  }

  get sizeBytes(): number {
    return this.length * this.dtype.itemsize;
  }

  /** Where the elements are now. */
  get home(): StorageHome {
    if (this.isFake) return "fake";
    if (this.isStaged) return "user";
    if (this.#block !== null) return "memory";
    return this.#array === null ? "released" : "javascript";
  }

  retain(): void {
    this.#users += 1;
  }

  /** Called when a tensor is disposed; the last one frees the memory. */
  release(): void {
    this.#users -= 1;
    if (this.#users <= 0) this.discard();
  }

  /** Frees the memory though tensors refer to it: nobody must look at them any more. */
  discard(): void {
    this.#array = null;
    if (this.#part === null) this.#block?.free();
    this.#block = null;
  }

  #viewBlock(): StoredArray {
    const block = this.#block;
    if (block === null) throw this.#withoutElements();
    this.#generation = kernelMemory().generation;
    this.#array = blockArray(this.dtype, block, this.length, this.#part ?? 0);
    return this.#array;
  }

  #moveToMemory(): void {
    const array = this.#array;
    if (array === null) throw this.#withoutElements();
    const block = kernelMemory().own(array.byteLength, false);
    this.#block = block;
    this.#viewBlock().set(array as never); // the same class: both are what the dtype is stored in
  }

  #stage(): number {
    const array = this.#array;
    if (array === null) throw this.#withoutElements();
    this.#block ??= kernelMemory().own(array.byteLength, false);
    blockArray(this.dtype, this.#block, this.length).set(array as never); // of the same class
    return this.#block.address;
  }

  #withoutElements(): InternalError {
    return new InternalError(
      this.isFake ? "a fake tensor has no data" : "this storage was released",
    );
  }
}

let smallAllocations = 0;

/** How many storages were made as JavaScript arrays because they are small. */
export function smallStorageCount(): number {
  return smallAllocations;
}

export type StorageHome = "fake" | "javascript" | "memory" | "user" | "released";

interface Home {
  readonly array: StoredArray | null;
  readonly block: OwnedBlock | null;
}

const noHome: Home = { array: null, block: null };

/** A new array of ours, or a block of the memory; an array also where the memory is full, as the engine may have more. */
function newHome(dtype: DType, length: number, zeroed: boolean): Home {
  const bytes = length * dtype.itemsize;
  if (bytes < smallestBlockBytes) {
    smallAllocations += 1;
    return { array: allocateArray(dtype, length), block: null };
  }
  const memory = kernelMemoryOrNull();
  try {
    if (memory !== null) return { array: null, block: memory.own(bytes, zeroed) };
    return { array: allocateArray(dtype, length), block: null };
  } catch (failure) {
    return { array: allocateOutside(dtype, length, failure), block: null };
  }
}

/** The last resort when there is no block: `failure` is why. */
function allocateOutside(dtype: DType, length: number, failure: unknown): StoredArray {
  try {
    const array = allocateArray(dtype, length);
    const size = formatBytes(length * dtype.itemsize);
    emit(
      "perf_hints",
      `A tensor of ${size} is a JavaScript array: there is no room for it in the kernel memory.`,
    );
    warnOnce(
      "kernel-memory-full",
      `there is no room for a tensor of ${size} in the kernel memory, which WebAssembly can address 4 GiB of. It is kept in a JavaScript array, and so are others while that lasts; what is computed on them runs as JavaScript, many times slower. torch.memory.snapshot() lists the live tensors, TORCH_LOGS=perf_hints each that had to stay outside.`,
    );
    return array;
  } catch {
    if (failure instanceof OutOfMemoryError) throw failure;
    throw new OutOfMemoryError(
      `out of memory: tried to allocate ${formatBytes(length * dtype.itemsize)}. Dispose of tensors that are no longer needed, or compute in smaller pieces.`,
    );
  }
}

function blockArray(dtype: DType, block: OwnedBlock, length: number, byteOffset = 0): StoredArray {
  return arrayOver(dtype, kernelMemory().buffer, block.address + byteOffset, length);
}

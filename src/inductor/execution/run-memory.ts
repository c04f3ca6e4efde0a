/** The memory of one buffer during a run in WebAssembly. Hot path of every call. */
import { arrayOver, type StoredArray } from "../../core/storage.ts";
import type { KernelMemory } from "../../runtime/kernel-memory.ts";
import type { Frame } from "../frame.ts";
import type { Buffer } from "../program.ts";

export interface RunMemoryOptions {
  readonly isWritten: boolean;
  /** All of it is written in every run, before any of it is read. */
  readonly isWhole: boolean;
  /** Room for a copy, for storages that are JavaScript arrays; null: they move into the memory. */
  readonly smallAddress: number | null;
}

export class RunMemory {
  readonly #buffer: Buffer;
  readonly #slot: number;
  readonly #isWritten: boolean;
  readonly #isWhole: boolean;
  readonly #smallAddress: number | null;
  #view: StoredArray | null = null;
  /** What the copy is of, during a run. */
  #copied: StoredArray | null = null;

  constructor(buffer: Buffer, slot: number, options: RunMemoryOptions) {
    this.#buffer = buffer;
    this.#slot = slot;
    this.#isWritten = options.isWritten;
    this.#isWhole = options.isWhole;
    this.#smallAddress = options.smallAddress;
  }

  /** The address of the elements for this run. Small arrays are copied: that is cheaper than a block for each of them. */
  begin(frame: Frame, memory: KernelMemory): number {
    this.#copied = null;
    const storage = frame.storageAt(this.#slot);
    if (this.#smallAddress === null || storage.home !== "javascript")
      return frame.addressAt(this.#slot);
    const { array } = storage;
    const view = this.#viewOf(memory, this.#smallAddress);
    if (!this.#isWhole) copy(array, frame.startOf(this.#slot), view, 0, view.length);
    this.#copied = array;
    return this.#smallAddress;
  }

  /** Gives what was written to whom it belongs. */
  end(frame: Frame): void {
    const array = this.#copied;
    this.#copied = null;
    if (array === null) frame.endStage(this.#slot, this.#isWritten);
    else if (this.#isWritten && this.#view !== null)
      copy(this.#view, 0, array, frame.startOf(this.#slot), this.#view.length);
  }

  #viewOf(memory: KernelMemory, address: number): StoredArray {
    if (this.#view?.buffer !== memory.buffer) {
      const { dtype, length } = this.#buffer;
      this.#view = arrayOver(dtype, memory.buffer, address, length);
    }
    return this.#view;
  }
}

/** Calling `set` costs more than to copy so many elements one by one. */
const fewElements = 24;

/** Copies between arrays of one type; what is beyond the end of either stays as it is. */
function copy(
  from: StoredArray,
  fromStart: number,
  to: StoredArray,
  toStart: number,
  length: number,
): void {
  const count = Math.min(length, from.length - fromStart, to.length - toStart);
  if (count > fewElements) {
    to.set(from.subarray(fromStart, fromStart + count) as never, toStart); // of the same class
    return;
  }
  for (let index = 0; index < count; index++)
    to[toStart + index] = from[fromStart + index] as never; // of the same class
}

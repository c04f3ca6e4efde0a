import type { Storage } from "../../core/storage.ts";
import { boundsErrorCount } from "../../loops/bounds-error.ts";
import { writeWord } from "../../loops/wasm/write-arguments.ts";
import type { KernelMemory } from "../../runtime/kernel-memory.ts";
import type { OwnedBlock } from "../../runtime/owned-block.ts";
import type { Frame } from "../frame.ts";
import type { Buffer } from "../program.ts";

/**
 * What was packed of a factor in an earlier call, such as the weights of a layer. It is used as long as the factor is a
 * part of the same storage and no operation has written there: every one of them changes the storage's version, except
 * that a kernel that meets an index outside of its dimension may have written before. An array that is shared with the
 * user changes unseen, so nothing is kept of it.
 */
export class KeptFactor {
  readonly buffer: Buffer;
  /** Where it is packed. Held here, for as long as it may be used. */
  readonly block: OwnedBlock;
  readonly #staleWord: number;
  #storage: WeakRef<Storage> | null = null;
  #version = -1;
  #start = -1;
  #boundsErrors = -1;

  constructor(buffer: Buffer, block: OwnedBlock, staleWord: number) {
    this.buffer = buffer;
    this.block = block;
    this.#staleWord = staleWord;
  }

  /** Says in the arguments whether to pack it anew; `slot` is that of the buffer. */
  begin(frame: Frame, slot: number, memory: KernelMemory): void {
    const storage = frame.storageAt(slot);
    const start = frame.startOf(slot);
    const isCurrent =
      !storage.isStaged &&
      this.#storage?.deref() === storage &&
      this.#version === storage.version &&
      this.#start === start &&
      this.#boundsErrors === boundsErrorCount();
    writeWord(memory, this.#staleWord, isCurrent ? 0 : 1);
    if (isCurrent) return;
    this.#storage = new WeakRef(storage);
    this.#version = storage.version;
    this.#start = start;
    this.#boundsErrors = boundsErrorCount();
  }

  /** It may not have been packed. */
  forget(): void {
    this.#storage = null;
  }
}

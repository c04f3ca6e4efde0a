/** The memory that WebAssembly kernels compute in, and who owns which block of it. Hot path of eager execution. */
import { OutOfMemoryError, RuntimeError } from "../base/errors.ts";
import { BlockAllocator } from "./block-allocator.ts";
import { createMemory, pageBytes, sharedMemoryObstacle } from "./create-memory.ts";
import { forcedFinalization } from "./forced-finalization.ts";
import { formatBytes } from "./format-bytes.ts";
import { liveObjects } from "./live-objects.ts";
import { type BlockKeeper, OwnedBlock, type Ticket } from "./owned-block.ts";
import { firstBlockAddress } from "./memory-layout.ts";

/** Garbage is looked for before the blocks in use pass this many bytes, or twice what was left the last time. */
const smallestCollectionBytes = 256 * 2 ** 20;
/** Where looking takes too much of the time, the first limit is doubled up to this. */
const largestCollectionBytes = 512 * 2 ** 20;
/** The share of the time since the last look that a look may take before the limit is doubled. */
const tolerableShare = 0.1;
/** Growing is a system call, and unshared memory loses its views: not for every block. */
const smallestGrowthBytes = 16 * 2 ** 20;

/** Kernels may read this far beyond the end of a block: a vector at a time. */
const slackBytes = 64;

export interface KernelMemoryOptions {
  readonly shared?: boolean;
  readonly maximumPages?: number;
}

/** Counts since the memory was made; `peakBytes` since it was last reset. */
export interface MemoryCounts {
  /** In blocks that are in use, or not yet known to be garbage. */
  readonly usedBytes: number;
  readonly peakBytes: number;
  readonly blocks: number;
  readonly allocations: number;
  /** The size of the memory: pages that were never written cost nothing. */
  readonly reservedBytes: number;
  /** How often garbage was looked for. */
  readonly collections: number;
}

export class KernelMemory implements BlockKeeper {
  readonly memory: WebAssembly.Memory;
  readonly isShared: boolean;
  readonly maximumBytes: number;
  /** Changes when views made earlier are no longer valid: growth detaches those of an unshared memory. */
  generation = 0;
  /** All of the memory, valid until it grows. */
  buffer: ArrayBufferLike;
  u8: Uint8Array;
  i32: Int32Array;
  readonly #blocks = new BlockAllocator(firstBlockAddress);
  readonly #tickets: Ticket[] = [];
  readonly #unreachable = new FinalizationRegistry<Ticket>((ticket) => this.#release(ticket));
  /** From here on nothing was ever written. */
  #cleanFrom = firstBlockAddress;
  #usedBytes = 0;
  #peakBytes = 0;
  #blockCount = 0;
  #allocations = 0;
  #collections = 0;
  #collectAt = smallestCollectionBytes;
  #collectionFloor = smallestCollectionBytes;
  #lastCollection = 0;

  constructor(options: KernelMemoryOptions = {}) {
    const shared = options.shared ?? sharedMemoryObstacle() === null;
    const created = createMemory(shared, options.maximumPages);
    this.memory = created.memory;
    this.isShared = created.isShared;
    this.maximumBytes = created.maximumPages * pageBytes;
    this.buffer = this.memory.buffer;
    this.u8 = new Uint8Array(this.buffer);
    this.i32 = new Int32Array(this.buffer);
    this.#blocks.extend(this.buffer.byteLength - slackBytes);
  }

  /** The address of a block of its own, at a multiple of 64; its content is whatever was there. Freed with `free`. */
  allocate(bytes: number): number {
    const address = this.#blocks.allocate(bytes) ?? this.#allocateMore(bytes);
    if (address + bytes > this.#cleanFrom) this.#cleanFrom = address + bytes;
    this.#allocations += 1;
    this.#blockCount += 1;
    this.#usedBytes += this.#blocks.roundUp(bytes);
    if (this.#usedBytes > this.#peakBytes) this.#peakBytes = this.#usedBytes;
    return address;
  }

  /** Gives a block back that `allocate` gave. */
  free(address: number): void {
    this.#blockCount -= 1;
    this.#usedBytes -= this.#blocks.free(address);
  }

  /** A block that is freed when the returned object becomes unreachable. */
  own(bytes: number, zeroed: boolean): OwnedBlock {
    const clean = this.#cleanFrom;
    const address = this.allocate(bytes);
    if (zeroed && address < clean) this.u8.fill(0, address, Math.min(address + bytes, clean));
    const ticket: Ticket = { address, bytes, place: this.#tickets.length };
    this.#tickets.push(ticket);
    const block = new OwnedBlock(this, ticket);
    this.#unreachable.register(block, ticket, ticket);
    return block;
  }

  takeBack(ticket: Ticket): void {
    if (ticket.place < 0) return;
    this.#unreachable.unregister(ticket);
    this.#release(ticket);
  }

  counts(): MemoryCounts {
    return {
      usedBytes: this.#usedBytes,
      peakBytes: this.#peakBytes,
      blocks: this.#blockCount,
      allocations: this.#allocations,
      reservedBytes: this.buffer.byteLength,
      collections: this.#collections,
    };
  }

  resetPeak(): void {
    this.#peakBytes = this.#usedBytes;
  }

  /** Frees the blocks whose owners are unreachable. False where that cannot be found out in the middle of a job. */
  collect(): boolean {
    const start = performance.now();
    const finalize = forcedFinalization();
    if (finalize !== null) finalize(this.#unreachable);
    else if (!this.#releaseAllButLive()) return false;
    this.#collections += 1;
    const end = performance.now();
    if (end - start > tolerableShare * (start - this.#lastCollection))
      this.#collectionFloor = Math.min(this.#collectionFloor * 2, largestCollectionBytes);
    this.#lastCollection = end;
    this.#collectAt = Math.max(this.#collectionFloor, 2 * this.#usedBytes);
    return true;
  }

  /** Takes a walk through the whole heap. */
  #releaseAllButLive(): boolean {
    const owners = liveObjects(OwnedBlock);
    if (owners === null) return false;
    const reachable = new Set<Ticket>();
    for (const owner of owners) reachable.add(owner.ticket);
    const garbage = this.#tickets.filter((ticket) => !reachable.has(ticket));
    for (const ticket of garbage) this.takeBack(ticket);
    return true;
  }

  /** The allocator's view of the space, for tests. */
  ranges(): ReturnType<BlockAllocator["ranges"]> {
    this.#blocks.trim();
    return this.#blocks.ranges();
  }

  #release(ticket: Ticket): void {
    if (ticket.place < 0) return;
    const last = this.#tickets.pop();
    if (last !== undefined && last !== ticket) {
      this.#tickets[ticket.place] = last;
      last.place = ticket.place;
    }
    ticket.place = -1;
    this.free(ticket.address);
  }

  #allocateMore(bytes: number): number {
    const isHopeless = bytes > this.maximumBytes;
    if (!isHopeless) {
      if (this.#usedBytes + bytes > this.#collectAt && this.collect()) {
        const address = this.#blocks.allocate(bytes);
        if (address !== null) return address;
      }
      const grown = this.#growFor(bytes) ? this.#blocks.allocate(bytes) : null;
      if (grown !== null) return grown;
      this.#blocks.trim();
      if (this.collect()) this.#blocks.trim();
      const address = this.#blocks.allocate(bytes);
      if (address !== null) return address;
    }
    throw new OutOfMemoryError(
      `out of kernel memory: tried to allocate ${formatBytes(bytes)}. Of ${formatBytes(this.maximumBytes)} in all, ${formatBytes(this.#usedBytes)} are in use by ${this.#blockCount} blocks (at most ${formatBytes(this.#peakBytes)} were). Dispose of tensors that are no longer needed (dispose(), or a \`using\` declaration), or compute in smaller pieces; torch.memory.snapshot() lists the live tensors.`,
    );
  }

  /** Makes the memory larger, so that a block of `bytes` fits at its end. */
  #growFor(bytes: number): boolean {
    const size = this.buffer.byteLength;
    // A slab starts at a multiple of its size, and takes that much.
    const missing = Math.max(bytes - this.#blocks.freeAtEnd(), 0) + 2 * pageBytes;
    const generous = Math.max(missing, smallestGrowthBytes, size / 4);
    return this.#grow(Math.min(generous, this.maximumBytes - size)) || this.#grow(missing);
  }

  #grow(bytes: number): boolean {
    const pages = Math.ceil(bytes / pageBytes);
    if (pages <= 0) return false;
    try {
      this.memory.grow(pages);
    } catch {
      return false; // beyond the maximum, or the system has no more
    }
    this.buffer = this.memory.buffer;
    this.u8 = new Uint8Array(this.buffer);
    this.i32 = new Int32Array(this.buffer);
    if (!this.isShared) this.generation += 1;
    this.#blocks.extend(this.buffer.byteLength - slackBytes);
    return true;
  }
}

let theMemory: KernelMemory | null = null;
let isImpossible = false;

/** The memory of this thread, made on first use; null where WebAssembly is forbidden or has no room at all. */
export function kernelMemoryOrNull(): KernelMemory | null {
  if (theMemory === null && !isImpossible) {
    try {
      theMemory = new KernelMemory();
    } catch {
      isImpossible = true;
    }
  }
  return theMemory;
}

/** The memory of this thread, for those who have code that computes in it. */
export function kernelMemory(): KernelMemory {
  const memory = kernelMemoryOrNull();
  if (memory === null)
    throw new RuntimeError(
      "WebAssembly cannot be used here, so there is no memory for its kernels",
    );
  return memory;
}

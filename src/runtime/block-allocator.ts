/** Allocates blocks of an address space: small ones from slabs of one size each, large ones as ranges of their own. */
import { FreeRanges } from "./free-ranges.ts";

/** Every block starts at a multiple of this: a cache line, and four vectors of 128 bits. */
const blockAlignment = 64;
const slabBytes = 65536;
const slabBits = 16;
const addressSpaceBytes = 2 ** 32;

/** Multiples of 64 up to 512, then four sizes to each doubling: at most a fifth of a block is unused. */
const classSizes: readonly number[] = [
  ...Array.from({ length: 8 }, (_, index) => (index + 1) * 64),
  ...[512, 1024, 2048, 4096].flatMap((base) => [5, 6, 7, 8].map((quarter) => (base * quarter) / 4)),
];
const largestSmallBlock = 8192;
/** The class of a size, by its number of cache lines. */
const classOfLines: readonly number[] = Array.from(
  { length: largestSmallBlock / 64 + 1 },
  (_, lines) => classSizes.findIndex((size) => size >= lines * 64),
);

/** 64 KiB cut into blocks of one size. */
interface Slab {
  readonly address: number;
  readonly sizeClass: number;
  readonly blockBytes: number;
  readonly capacity: number;
  /** Blocks before this one were handed out at least once. */
  untouched: number;
  readonly returned: number[];
  used: number;
  /** Its place among the slabs of its class that have room; -1 while it is full. */
  place: number;
}

export class BlockAllocator {
  readonly #ranges: FreeRanges;
  /** By address / 64 KiB. */
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #withRoom: Slab[][] = classSizes.map(() => []);

  constructor(start: number) {
    this.#ranges = new FreeRanges(start);
  }

  /** The space now goes up to the address `end`. */
  extend(end: number): void {
    this.#ranges.extend(Math.min(end, addressSpaceBytes));
  }

  /** The address of a block, or null if there is no room. */
  allocate(bytes: number): number | null {
    if (bytes > largestSmallBlock) return this.#ranges.take(bytes);
    const sizeClass = classOfLines[(bytes + 63) >>> 6] ?? 0;
    const slabs = this.#withRoom[sizeClass] ?? [];
    const slab = slabs[slabs.length - 1] ?? this.#addSlab(sizeClass);
    if (slab === null) return null;
    slab.used += 1;
    const block = slab.returned.pop() ?? slab.untouched++;
    if (slab.used === slab.capacity) {
      slabs.pop();
      slab.place = -1;
    }
    return slab.address + block * slab.blockBytes;
  }

  /** Takes a block back; gives the bytes it had. */
  free(address: number): number {
    const slab = this.#slabs[Math.floor(address / slabBytes)];
    if (slab === undefined) return this.#ranges.giveBack(address);
    slab.returned.push((address - slab.address) / slab.blockBytes);
    slab.used -= 1;
    const slabs = this.#withRoom[slab.sizeClass] ?? [];
    if (slab.place < 0) slab.place = slabs.push(slab) - 1;
    // One empty slab of a class is kept, so that a block that comes and goes does not cost a slab each time.
    if (slab.used === 0 && slabs.length > 1) this.#dropSlab(slab, slabs);
    return slab.blockBytes;
  }

  /** The bytes a block of this size really takes. */
  roundUp(bytes: number): number {
    if (bytes > largestSmallBlock) return Math.ceil(bytes / blockAlignment) * blockAlignment;
    return classSizes[classOfLines[(bytes + 63) >>> 6] ?? 0] ?? bytes;
  }

  /** Gives the empty slabs back to the common space. */
  trim(): void {
    for (const slabs of this.#withRoom) {
      const empty = slabs.filter((slab) => slab.used === 0);
      for (const slab of empty) this.#dropSlab(slab, slabs);
    }
  }

  /** Free bytes at the end of the space. */
  freeAtEnd(): number {
    return this.#ranges.freeAtEnd();
  }

  /** The ranges of the space in order, slabs as used ones. */
  ranges(): ReturnType<FreeRanges["ranges"]> {
    return this.#ranges.ranges();
  }

  #addSlab(sizeClass: number): Slab | null {
    const address = this.#ranges.take(slabBytes, slabBytes);
    if (address === null) return null;
    const blockBytes = classSizes[sizeClass] ?? largestSmallBlock;
    const slab: Slab = {
      address,
      sizeClass,
      blockBytes,
      capacity: Math.floor(slabBytes / blockBytes),
      untouched: 0,
      returned: [],
      used: 0,
      place: 0,
    };
    this.#slabs[address >>> slabBits] = slab;
    const slabs = this.#withRoom[sizeClass] ?? [];
    slab.place = slabs.push(slab) - 1;
    return slab;
  }

  #dropSlab(slab: Slab, slabs: Slab[]): void {
    const last = slabs.pop();
    if (last !== undefined && last !== slab) {
      slabs[slab.place] = last;
      last.place = slab.place;
    }
    this.#slabs[slab.address >>> slabBits] = undefined;
    this.#ranges.giveBack(slab.address);
  }
}

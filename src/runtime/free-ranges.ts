/**
 * Hands out ranges of an address space and joins them again when they come back, both in constant time: the two-level
 * segregated fit of Masmano, Ripoll, Crespo and Real (2004). Knows addresses only, not what lies there.
 */
import { InternalError } from "../base/errors.ts";

/** Addresses and sizes are counted in units of 64 bytes, a cache line. */
const unitBits = 6;
/** Each power of two is divided into 16 lists. */
const divisionBits = 4;
const divisions = 1 << divisionBits;
/** 2^26 units are 4 GiB. */
const levels = 26 - divisionBits + 2;

interface Range {
  start: number;
  units: number;
  isFree: boolean;
  /** The neighbours in the address space. */
  before: Range | null;
  after: Range | null;
  /** The neighbours in the list of free ranges of about the same size. */
  previous: Range | null;
  next: Range | null;
}

export class FreeRanges {
  readonly #used = new Map<number, Range>();
  readonly #lists: (Range | null)[] = new Array<Range | null>(levels * divisions).fill(null);
  /** A bit for each level that has a free range, and for each list of a level. */
  #levelBits = 0;
  readonly #listBits = new Int32Array(levels);
  #last: Range | null = null;
  #end: number;

  /** `start` is a multiple of 64. There is nothing to hand out until `extend` says how far the space goes. */
  constructor(start: number) {
    this.#end = start >>> unitBits;
  }

  /** The space now goes up to the address `end`. */
  extend(end: number): void {
    const start = this.#end;
    this.#end = Math.floor(end / (1 << unitBits));
    const units = this.#end - start;
    if (units <= 0) return;
    const range = this.#insertAfter(this.#last, start, units);
    this.#release(range);
  }

  /** The address of at least `bytes` bytes at a multiple of `alignment` (a power of two, at least 64), or null. */
  take(bytes: number, alignment = 1 << unitBits): number | null {
    const units = unitsOf(bytes);
    const aligned = alignment >>> unitBits;
    const found = this.#find(units + aligned - 1);
    if (found === null) return null;
    this.#unlink(found);
    const lead = (aligned - (found.start & (aligned - 1))) & (aligned - 1);
    let range = found;
    if (lead > 0) {
      range = this.#split(found, lead);
      this.#link(found);
    }
    if (range.units > units) this.#link(this.#split(range, units));
    range.isFree = false;
    this.#used.set(range.start, range);
    return range.start * (1 << unitBits);
  }

  /** Takes a range back; gives its size in bytes. */
  giveBack(address: number): number {
    const start = address / (1 << unitBits);
    const range = this.#used.get(start);
    if (range === undefined)
      throw new InternalError(`address ${address} is not the start of an allocated range`);
    this.#used.delete(start);
    const bytes = range.units * (1 << unitBits);
    this.#release(range);
    return bytes;
  }

  /** The bytes behind an allocated address. */
  sizeOf(address: number): number {
    return (this.#used.get(address / (1 << unitBits))?.units ?? 0) * (1 << unitBits);
  }

  /** Free bytes at the end of the space: what a growth of the space would add to. */
  freeAtEnd(): number {
    return this.#last?.isFree === true ? this.#last.units * (1 << unitBits) : 0;
  }

  /** All ranges in the order of their addresses. */
  *ranges(): Generator<{
    readonly address: number;
    readonly bytes: number;
    readonly isFree: boolean;
  }> {
    let first = this.#last;
    while (first?.before != null) first = first.before;
    for (let range = first; range !== null; range = range.after) {
      yield {
        address: range.start * (1 << unitBits),
        bytes: range.units * (1 << unitBits),
        isFree: range.isFree,
      };
    }
  }

  #insertAfter(before: Range | null, start: number, units: number): Range {
    const after = before === null ? null : before.after;
    const range: Range = {
      start,
      units,
      isFree: false,
      before,
      after,
      previous: null,
      next: null,
    };
    if (before !== null) before.after = range;
    if (after === null) this.#last = range;
    else after.before = range;
    return range;
  }

  /** Cuts a range that is in no list; gives its second part, which is in no list either. */
  #split(range: Range, units: number): Range {
    const rest = this.#insertAfter(range, range.start + units, range.units - units);
    range.units = units;
    return rest;
  }

  /** Joins a range with its free neighbours and puts it into its list. */
  #release(range: Range): void {
    let joined = range;
    const { before, after } = range;
    if (after?.isFree === true) {
      this.#unlink(after);
      joined.units += after.units;
      this.#dropFromSpace(after);
    }
    if (before?.isFree === true) {
      this.#unlink(before);
      before.units += joined.units;
      this.#dropFromSpace(joined);
      joined = before;
    }
    this.#link(joined);
  }

  #dropFromSpace(range: Range): void {
    if (range.before !== null) range.before.after = range.after;
    if (range.after === null) this.#last = range.before;
    else range.after.before = range.before;
  }

  #link(range: Range): void {
    const list = listOf(range.units);
    const head = this.#lists[list] ?? null;
    range.isFree = true;
    range.previous = null;
    range.next = head;
    if (head !== null) head.previous = range;
    this.#lists[list] = range;
    const level = list >>> divisionBits;
    this.#levelBits |= 1 << level;
    this.#listBits[level] = (this.#listBits[level] ?? 0) | (1 << (list & (divisions - 1)));
  }

  #unlink(range: Range): void {
    const list = listOf(range.units);
    range.isFree = false;
    if (range.next !== null) range.next.previous = range.previous;
    if (range.previous !== null) {
      range.previous.next = range.next;
      return;
    }
    this.#lists[list] = range.next;
    if (range.next !== null) return;
    const level = list >>> divisionBits;
    const bits = (this.#listBits[level] ?? 0) & ~(1 << (list & (divisions - 1)));
    this.#listBits[level] = bits;
    if (bits === 0) this.#levelBits &= ~(1 << level);
  }

  /** A free range of at least `units`: any of the first list all of whose ranges are large enough, else one of the list before. */
  #find(units: number): Range | null {
    const own = listOf(units);
    const first = own + (smallestOf(own) < units ? 1 : 0);
    const list = this.#firstListFrom(first);
    if (list !== null) return this.#lists[list] ?? null;
    for (let range = this.#lists[own] ?? null; range !== null; range = range.next)
      if (range.units >= units) return range;
    return null;
  }

  #firstListFrom(list: number): number | null {
    const level = list >>> divisionBits;
    if (level >= levels) return null;
    const here = (this.#listBits[level] ?? 0) & (-1 << (list & (divisions - 1)));
    if (here !== 0) return (level << divisionBits) + lowestBit(here);
    const above = this.#levelBits & (level === 31 ? 0 : -1 << (level + 1));
    if (above === 0) return null;
    const next = lowestBit(above);
    return (next << divisionBits) + lowestBit(this.#listBits[next] ?? 0);
  }
}

function unitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / (1 << unitBits)));
}

/** The list a free range of this size is in. Below 16 units there is a list for each size. */
function listOf(units: number): number {
  if (units < divisions) return units;
  const log = 31 - Math.clz32(units);
  return (
    ((log - divisionBits + 1) << divisionBits) +
    ((units >>> (log - divisionBits)) & (divisions - 1))
  );
}

/** The smallest range a list may hold. */
function smallestOf(list: number): number {
  const level = list >>> divisionBits;
  const division = list & (divisions - 1);
  return level === 0 ? division : (divisions + division) << (level - 1);
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

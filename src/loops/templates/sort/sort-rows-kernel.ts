/** The kernel that sorts rows, or finds the elements of some ranks in them. Its units are rows. */
import { kernelType, scratchType } from "../../../runtime/thread-module.ts";
import type { ComputeTypeName } from "../../../core/dtype.ts";
import type { FunctionBuilder, FunctionReference, Local } from "../../../wasm/function-builder.ts";
import { ModuleBuilder } from "../../../wasm/module-builder.ts";
import { forBelow, loadWord } from "../contraction/wasm/structured-loops.ts";
import { countsBytes, defineRadixSort, largeDigitBits, records, setEnd } from "./radix-sort.ts";
import { elementKeys } from "./sort-keys.ts";

/**
 * Words of the arguments. Row `r` of the source starts at element `(r / inner) * length * inner + r % inner` and its
 * elements are `inner` apart; rows of the results likewise, `count` long.
 */
export const sortWords = {
  source: 0,
  /** 0: no values are asked for. */
  values: 1,
  indices: 2,
  length: 3,
  /** The rank of the first element of the result, and how many there are. */
  first: 4,
  count: 5,
  inner: 6,
  descending: 7,
  /** 1: where there is a NaN, the first rank is that of the first NaN. */
  prefersNaN: 8,
  /** Room for `sortScratchBytes`; 0: that of the thread. */
  scratch: 9,
} as const;

/** What sorting a row of `length` takes. */
export function sortScratchBytes(dtype: ComputeTypeName, length: number): number {
  return countsBytes + 2 * length * records[elementKeys[dtype].key].bytes;
}

/** From here on it pays to leave out, before sorting, what cannot have one of the ranks. */
const fewestForFilter = 256;

export function sortRowsModule(dtype: ComputeTypeName, shared: boolean): ModuleBuilder {
  const module = new ModuleBuilder(`sort_${dtype}`);
  module.importMemory("env", "memory", { shared });
  const scratch = module.importFunction("runtime", "scratch", scratchType);
  const sort = defineRadixSort(module, elementKeys[dtype].key);
  const fill = defineFillRecords(module, dtype);
  const filter = defineFilter(module, dtype);
  defineSortRows(module, dtype, { scratch, sort, fill, filter });
  return module;
}

interface Parts {
  readonly scratch: FunctionReference;
  readonly sort: FunctionReference;
  readonly fill: FunctionReference;
  readonly filter: FunctionReference;
}

function defineSortRows(module: ModuleBuilder, dtype: ComputeTypeName, parts: Parts): void {
  const { elementBytes, key, hasNaN } = elementKeys[dtype];
  const { bytes: recordBytes, position } = records[key];
  const f = module.function("sortRows", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const row = f.parameter(1, "row");
  const end = f.parameter(2, "end");
  const word = (name: keyof typeof sortWords): Local => loadWord(f, args, sortWords[name], name);
  const source = word("source");
  const values = word("values");
  const indices = word("indices");
  const length = word("length");
  const first = word("first");
  const count = word("count");
  const inner = word("inner");
  const descending = word("descending");
  const prefersNaN = word("prefersNaN");
  const counts = word("scratch");
  const from = f.local("i32", "from");
  const other = f.local("i32", "other");
  const sorted = f.local("i32", "sorted");
  const start = f.local("i32", "start");
  const rank = f.local("i32", "rank");
  const nans = f.local("i32", "nans");
  const kept = f.local("i32", "kept");
  const below = f.local("i32", "below");
  const place = f.local("i32", "place");
  const placeEnd = f.local("i32", "placeEnd");
  const out = f.local("i32", "out");
  f.get(counts);
  f.emit("i32.eqz");
  f.if(() => {
    f.call(parts.scratch);
    f.set(counts);
  });
  f.get(counts);
  f.i32Const(countsBytes);
  f.emit("i32.add");
  f.set(from);
  setEnd(f, other, from, length, recordBytes);
  const setRow = (target: Local, rowLength: Local): void => {
    f.get(row);
    f.get(inner);
    f.emit("i32.div_u");
    f.get(rowLength);
    f.emit("i32.mul");
    f.get(inner);
    f.emit("i32.mul");
    f.get(row);
    f.get(inner);
    f.emit("i32.rem_u");
    f.emit("i32.add");
    f.set(target);
  };
  forBelow(f, row, end, 1, () => {
    setRow(start, length);
    f.get(source);
    f.get(start);
    f.i32Const(elementBytes);
    f.emit("i32.mul");
    f.emit("i32.add");
    f.set(start);
    for (const argument of [start, length, inner, from, descending]) f.get(argument);
    f.call(parts.fill);
    f.set(nans);
    f.get(first);
    f.set(rank);
    if (hasNaN) {
      f.get(prefersNaN);
      f.get(nans);
      f.i32Const(0);
      f.emit("i32.ne");
      f.emit("i32.and");
      f.if(() => {
        f.get(length);
        f.get(nans);
        f.emit("i32.sub");
        f.set(rank);
      });
    }
    f.get(length);
    f.set(kept);
    f.i32Const(0);
    f.set(below);
    f.get(count);
    f.get(length);
    f.emit("i32.lt_u");
    f.get(length);
    f.i32Const(fewestForFilter);
    f.emit("i32.ge_u");
    f.emit("i32.and");
    f.if(() => {
      for (const argument of [from, length, counts, rank, count]) f.get(argument);
      f.call(parts.filter);
      f.set(below);
      f.get(counts);
      f.load("i32.load");
      f.set(kept);
    });
    for (const argument of [from, other, kept, counts]) f.get(argument);
    f.call(parts.sort);
    f.set(sorted);
    setRow(out, count);
    f.get(sorted);
    f.get(rank);
    f.get(below);
    f.emit("i32.sub");
    f.i32Const(recordBytes);
    f.emit("i32.mul");
    f.emit("i32.add");
    f.set(place);
    setEnd(f, placeEnd, place, count, recordBytes);
    forBelow(f, place, placeEnd, recordBytes, () => {
      f.get(indices);
      f.get(out);
      f.i32Const(8);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.get(place);
      f.load("i64.load32_u", { offset: position });
      f.store("i64.store");
      f.get(values);
      f.if(() => emitCopy(f, dtype, { values, out, start, inner, place }));
      f.get(out);
      f.get(inner);
      f.emit("i32.add");
      f.set(out);
    });
  });
}

/** Copies the element of the record at `place` to the values. */
function emitCopy(
  f: FunctionBuilder,
  dtype: ComputeTypeName,
  {
    values,
    out,
    start,
    inner,
    place,
  }: Readonly<Record<"values" | "out" | "start" | "inner" | "place", Local>>,
): void {
  const { elementBytes, key } = elementKeys[dtype];
  f.get(values);
  f.get(out);
  f.i32Const(elementBytes);
  f.emit("i32.mul");
  f.emit("i32.add");
  f.get(start);
  f.get(place);
  f.load("i32.load", { offset: records[key].position });
  f.get(inner);
  f.emit("i32.mul");
  f.i32Const(elementBytes);
  f.emit("i32.mul");
  f.emit("i32.add");
  if (elementBytes === 8) {
    f.load("i64.load");
    f.store("i64.store");
  } else if (elementBytes === 4) {
    f.load("i32.load");
    f.store("i32.store");
  } else {
    f.load("i32.load8_u");
    f.store("i32.store8");
  }
}

/** `fill(start, length, inner, to, descending)`: the records of a row; gives how many elements are NaN. */
function defineFillRecords(module: ModuleBuilder, dtype: ComputeTypeName): FunctionReference {
  const { key: type, elementBytes, emit, hasNaN } = elementKeys[dtype];
  const { key, position, bytes } = records[type];
  const f = module.function("fill", {
    params: ["i32", "i32", "i32", "i32", "i32"],
    results: ["i32"],
  });
  const element = f.parameter(0, "element");
  const length = f.parameter(1, "length");
  const inner = f.parameter(2, "inner");
  const to = f.parameter(3, "to");
  const descending = f.parameter(4, "descending");
  const own = f.local(type, "own");
  const bits = f.local(type, "bits");
  const turn = f.local(type, "turn");
  const index = f.local("i32", "index");
  const nans = f.local("i32", "nans");
  // The order of complements is the reverse one, and equal elements keep theirs.
  f.i32Const(0);
  f.get(descending);
  f.emit("i32.sub");
  if (type === "i64") f.emit("i64.extend_i32_s");
  f.set(turn);
  f.get(inner);
  f.i32Const(elementBytes);
  f.emit("i32.mul");
  f.set(inner);
  forBelow(f, index, length, 1, () => {
    f.get(element);
    emit(f, bits);
    f.set(own);
    if (hasNaN) {
      f.get(nans);
      f.get(own);
      if (type === "i32") f.i32Const(-1);
      else f.i64Const(-1n);
      f.emit(`${type}.eq`);
      f.emit("i32.add");
      f.set(nans);
    }
    f.get(to);
    f.get(own);
    f.get(turn);
    f.emit(`${type}.xor`);
    f.store(`${type}.store`, { offset: key });
    f.get(to);
    f.get(index);
    f.store("i32.store", { offset: position });
    f.increment(to, bytes);
    f.get(element);
    f.get(inner);
    f.emit("i32.add");
    f.set(element);
  });
  f.get(nans);
  return f;
}

/**
 * `filter(records, length, counts, rank, count)` keeps, in their order, the records that the ranks from `rank` on can be
 * among, judged by the upper bits of the key. Leaves how many are kept in the first of the counts; gives how many records
 * of lower rank are gone.
 */
function defineFilter(module: ModuleBuilder, dtype: ComputeTypeName): FunctionReference {
  const { key: type } = elementKeys[dtype];
  const { key, bytes } = records[type];
  const f = module.function("filter", {
    params: ["i32", "i32", "i32", "i32", "i32"],
    results: ["i32"],
  });
  const first = f.parameter(0, "first");
  const length = f.parameter(1, "length");
  const counts = f.parameter(2, "counts");
  const rank = f.parameter(3, "rank");
  const count = f.parameter(4, "count");
  const end = f.local("i32", "end");
  const place = f.local("i32", "place");
  const digit = f.local("i32", "digit");
  const lowest = f.local("i32", "lowest");
  const highest = f.local("i32", "highest");
  const below = f.local("i32", "below");
  const total = f.local("i32", "total");
  const slot = f.local("i32", "slot");
  const to = f.local("i32", "to");
  const setDigit = (): void => {
    f.get(place);
    f.load(`${type}.load`, { offset: key });
    if (type === "i64") f.i64Const(BigInt(64 - largeDigitBits));
    else f.i32Const(32 - largeDigitBits);
    f.emit(`${type}.shr_u`);
    if (type === "i64") f.emit("i32.wrap_i64");
    f.set(digit);
  };
  const setSlot = (): void => {
    f.get(counts);
    f.get(digit);
    f.i32Const(2);
    f.emit("i32.shl");
    f.emit("i32.add");
    f.set(slot);
  };
  setEnd(f, end, first, length, bytes);
  f.get(counts);
  f.i32Const(0);
  f.i32Const(countsBytes);
  f.memoryFill();
  f.get(first);
  f.set(place);
  forBelow(f, place, end, bytes, () => {
    setDigit();
    setSlot();
    f.get(slot);
    f.get(slot);
    f.load("i32.load");
    f.i32Const(1);
    f.emit("i32.add");
    f.store("i32.store");
  });
  // Steps on while all up to and with the digit have lower ranks than `bound`; gives how many have lower digits.
  const findDigit = (target: Local, bound: () => void): void => {
    f.loop((again) => {
      setSlot();
      f.get(total);
      f.get(slot);
      f.load("i32.load");
      f.emit("i32.add");
      bound();
      f.emit("i32.le_u");
      f.if(() => {
        f.get(total);
        f.get(slot);
        f.load("i32.load");
        f.emit("i32.add");
        f.set(total);
        f.increment(digit, 1);
        f.br(again);
      });
    });
    f.get(digit);
    f.set(target);
  };
  f.i32Const(0);
  f.set(digit);
  findDigit(lowest, () => f.get(rank));
  f.get(total);
  f.set(below);
  findDigit(highest, () => {
    f.get(rank);
    f.get(count);
    f.emit("i32.add");
    f.i32Const(1);
    f.emit("i32.sub");
  });
  f.get(first);
  f.set(place);
  f.get(first);
  f.set(to);
  forBelow(f, place, end, bytes, () => {
    setDigit();
    f.get(digit);
    f.get(lowest);
    f.emit("i32.sub");
    f.get(highest);
    f.get(lowest);
    f.emit("i32.sub");
    f.emit("i32.le_u");
    f.if(() => {
      f.get(to);
      f.get(place);
      f.load("i64.load", { align: 4 });
      f.store("i64.store", { align: 4 });
      if (bytes > 8) {
        f.get(to);
        f.get(place);
        f.load("i64.load", { offset: 8, align: 4 });
        f.store("i64.store", { offset: 8, align: 4 });
      }
      f.increment(to, bytes);
    });
  });
  f.get(counts);
  f.get(to);
  f.get(first);
  f.emit("i32.sub");
  f.i32Const(bytes);
  f.emit("i32.div_u");
  f.store("i32.store");
  f.get(below);
  return f;
}

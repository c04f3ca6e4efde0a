/**
 * Stable sorting of records, a key and a position each: by insertion where there are few, else by the digits of the key
 * from the least significant one on (Herman Hollerith's method), leaving out digits that all keys share.
 */
import type { FunctionBuilder, FunctionReference, Local } from "../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../wasm/module-builder.ts";
import { forBelow } from "../contraction/wasm/structured-loops.ts";
import type { KeyType } from "./sort-keys.ts";

/** Where what is in a record. */
export const records = {
  i32: { key: 0, position: 4, bytes: 8 },
  i64: { key: 0, position: 8, bytes: 16 },
} as const satisfies Record<KeyType, unknown>;

/** Digits of 11 bits mean 3 passes over keys of 32 bits; their counts do not pay for few records. */
export const largeDigitBits = 11;
const smallDigitBits = 8;
const fewestForLargeDigits = 2048;
const mostForInsertion = 40;

export const countsBytes = 4 * 2 ** largeDigitBits;

/** `sort(from, other, count, counts)` sorts `count` records at `from`; gives where they are then, `from` or `other`. */
export function defineRadixSort(module: ModuleBuilder, type: KeyType): FunctionReference {
  const insertion = defineInsertionSort(module, type);
  const pass = definePass(module, type);
  const f = module.function("sort", { params: ["i32", "i32", "i32", "i32"], results: ["i32"] });
  const from = f.parameter(0, "from");
  const other = f.parameter(1, "other");
  const count = f.parameter(2, "count");
  const counts = f.parameter(3, "counts");
  const shift = f.local("i32", "shift");
  const bits = f.local("i32", "bits");
  const last = f.local("i32", "last");
  f.get(count);
  f.i32Const(mostForInsertion);
  f.emit("i32.le_u");
  f.if(() => {
    f.get(from);
    f.get(count);
    f.call(insertion);
    f.get(from);
    f.emit("return");
  });
  f.i32Const(largeDigitBits);
  f.i32Const(smallDigitBits);
  f.get(count);
  f.i32Const(fewestForLargeDigits);
  f.emit("i32.ge_u");
  f.emit("select");
  f.set(bits);
  f.i32Const(type === "i32" ? 32 : 64);
  f.set(last);
  forBelow(f, shift, last, bits, () => {
    for (const argument of [from, other, count, counts, shift, bits]) f.get(argument);
    f.call(pass);
    f.if(() => {
      f.get(from);
      f.get(other);
      f.set(from);
      f.set(other);
    });
  });
  f.get(from);
  return f;
}

/** `insertionSort(records, count)`, in place. */
function defineInsertionSort(module: ModuleBuilder, type: KeyType): FunctionReference {
  const { key, position, bytes } = records[type];
  const f = module.function("insertionSort", { params: ["i32", "i32"], results: [] });
  const first = f.parameter(0, "first");
  const count = f.parameter(1, "count");
  const end = f.local("i32", "end");
  const next = f.local("i32", "next");
  const place = f.local("i32", "place");
  const own = f.local(type, "own");
  const ownPosition = f.local("i32", "ownPosition");
  setEnd(f, end, first, count, bytes);
  f.get(first);
  f.i32Const(bytes);
  f.emit("i32.add");
  f.set(next);
  forBelow(f, next, end, bytes, () => {
    f.get(next);
    f.load(`${type}.load`, { offset: key });
    f.set(own);
    f.get(next);
    f.load("i32.load", { offset: position });
    f.set(ownPosition);
    f.get(next);
    f.set(place);
    f.block((found) => {
      f.loop((again) => {
        f.get(place);
        f.get(first);
        f.emit("i32.eq");
        f.brIf(found);
        f.get(place);
        f.i32Const(bytes);
        f.emit("i32.sub");
        f.load(`${type}.load`, { offset: key });
        f.get(own);
        f.emit(`${type}.le_u`);
        f.brIf(found);
        moveRecord(f, type, place, () => {
          f.get(place);
          f.i32Const(bytes);
          f.emit("i32.sub");
        });
        f.increment(place, -bytes);
        f.br(again);
      });
    });
    f.get(place);
    f.get(own);
    f.store(`${type}.store`, { offset: key });
    f.get(place);
    f.get(ownPosition);
    f.store("i32.store", { offset: position });
  });
  return f;
}

/** A whole record, as one word or vector. */
function moveRecord(f: FunctionBuilder, type: KeyType, to: Local, from: () => void): void {
  f.get(to);
  from();
  if (type === "i32") {
    f.load("i64.load", { align: 4 });
    f.store("i64.store", { align: 4 });
  } else {
    f.load("v128.load", { align: 8 });
    f.store("v128.store", { align: 8 });
  }
}

/**
 * `pass(from, to, count, counts, shift, bits)` distributes the records by a digit. Gives 0, and has done nothing, where
 * all have the same one.
 */
function definePass(module: ModuleBuilder, type: KeyType): FunctionReference {
  const { bytes } = records[type];
  const f = module.function("pass", {
    params: ["i32", "i32", "i32", "i32", "i32", "i32"],
    results: ["i32"],
  });
  const from = f.parameter(0, "from");
  const to = f.parameter(1, "to");
  const count = f.parameter(2, "count");
  const counts = f.parameter(3, "counts");
  const shift = f.parameter(4, "shift");
  const bits = f.parameter(5, "bits");
  const mask = f.local("i32", "mask");
  const end = f.local("i32", "end");
  const place = f.local("i32", "place");
  const slot = f.local("i32", "slot");
  const slotsEnd = f.local("i32", "slotsEnd");
  const total = f.local("i32", "total");
  const own = f.local("i32", "own");
  f.i32Const(1);
  f.get(bits);
  f.emit("i32.shl");
  f.i32Const(1);
  f.emit("i32.sub");
  f.set(mask);
  setEnd(f, end, from, count, bytes);
  f.get(counts);
  f.i32Const(0);
  f.i32Const(4);
  f.get(bits);
  f.emit("i32.shl");
  f.memoryFill();
  const setSlot = (): void => {
    f.get(counts);
    f.get(place);
    f.load(`${type}.load`, { offset: records[type].key });
    f.get(shift);
    if (type === "i64") f.emit("i64.extend_i32_u");
    f.emit(`${type}.shr_u`);
    if (type === "i64") f.emit("i32.wrap_i64");
    f.get(mask);
    f.emit("i32.and");
    f.i32Const(2);
    f.emit("i32.shl");
    f.emit("i32.add");
    f.set(slot);
  };
  f.get(from);
  f.set(place);
  forBelow(f, place, end, bytes, () => {
    setSlot();
    f.get(slot);
    f.get(slot);
    f.load("i32.load");
    f.i32Const(1);
    f.emit("i32.add");
    f.store("i32.store");
  });
  // The slot of the last record.
  f.get(slot);
  f.load("i32.load");
  f.get(count);
  f.emit("i32.eq");
  f.if(() => {
    f.i32Const(0);
    f.emit("return");
  });
  setEnd(f, slotsEnd, counts, mask, 4);
  f.increment(slotsEnd, 4);
  f.get(counts);
  f.set(slot);
  f.get(to);
  f.set(total);
  // Counts become the addresses of the next record with the digit.
  forBelow(f, slot, slotsEnd, 4, () => {
    f.get(slot);
    f.load("i32.load");
    f.set(own);
    f.get(slot);
    f.get(total);
    f.store("i32.store");
    f.get(own);
    f.i32Const(bytes);
    f.emit("i32.mul");
    f.get(total);
    f.emit("i32.add");
    f.set(total);
  });
  f.get(from);
  f.set(place);
  forBelow(f, place, end, bytes, () => {
    setSlot();
    f.get(slot);
    f.load("i32.load");
    f.set(own);
    moveRecord(f, type, own, () => f.get(place));
    f.get(slot);
    f.get(own);
    f.i32Const(bytes);
    f.emit("i32.add");
    f.store("i32.store");
  });
  f.i32Const(1);
  return f;
}

/** `end = first + count * bytes`. */
export function setEnd(
  f: FunctionBuilder,
  end: Local,
  first: Local,
  count: Local,
  bytes: number,
): void {
  f.get(first);
  f.get(count);
  f.i32Const(bytes);
  f.emit("i32.mul");
  f.emit("i32.add");
  f.set(end);
}

/**
 * Built-ins as the compiler found them. A program may patch `Array.prototype[Symbol.iterator]` for good; what it does
 * then is its own affair, but the compiler's own loops must not run into it.
 */

import { defineProperty, getOwnPropertyDescriptor, ownKeys, setPrototypeOf } from "./intrinsics.ts";

const { deleteProperty } = Reflect;
const sameValue = Object.is;

/** The descriptors of one object, in two arrays: nothing here may need an iterator. */
interface Snapshot {
  readonly object: object;
  readonly keys: readonly PropertyKey[];
  readonly descriptors: readonly PropertyDescriptor[];
}

const iteratorPrototypes: readonly object[] = [
  [].values(),
  new Map().keys(),
  new Set().keys(),
  ""[Symbol.iterator](),
  "".matchAll(/x/g),
].map((iterator): object => Object.getPrototypeOf(iterator) as object); // all of them have one

const watched: readonly object[] = [
  Object.prototype,
  Function.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  RegExp.prototype,
  Map.prototype,
  Set.prototype,
  WeakMap.prototype,
  WeakSet.prototype,
  Symbol.prototype,
  ...iteratorPrototypes,
  Object,
  Array,
  Reflect,
  Number,
  String,
  Math,
  JSON,
];

const snapshots: readonly Snapshot[] = watched.map((object) => {
  const keys = ownKeys(object);
  return {
    object,
    keys,
    descriptors: keys.map((key) => Object.freeze(getOwnPropertyDescriptor(object, key) ?? {})),
  };
});

/** Whether the program changed a built-in that the compiler itself may use. */
export function areBuiltinsPatched(): boolean {
  for (let i = 0; i < snapshots.length; i++) {
    const snapshot = snapshots[i];
    if (snapshot !== undefined && isPatched(snapshot)) return true;
  }
  return false;
}

function isPatched({ object, keys, descriptors }: Snapshot): boolean {
  if (ownKeys(object).length !== keys.length) return true;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const before = descriptors[i];
    if (key === undefined || before === undefined) continue;
    if (!isSame(before, getOwnPropertyDescriptor(object, key))) return true;
  }
  return false;
}

function isSame(before: PropertyDescriptor, now: PropertyDescriptor | undefined): boolean {
  return (
    now !== undefined &&
    sameValue(now.value, before.value) && // Number.NaN
    now.get === before.get &&
    now.set === before.set
  );
}

/** Runs code of the compiler, which calls nothing of the program, with the built-ins put back for so long. */
export function withPristineBuiltins<Result>(run: () => Result): Result {
  if (!areBuiltinsPatched()) return run();
  const patched: Snapshot[] = [];
  for (let i = 0; i < snapshots.length; i++) {
    const snapshot = snapshots[i];
    if (snapshot === undefined || !isPatched(snapshot)) continue;
    const keys = ownKeys(snapshot.object);
    const descriptors: PropertyDescriptor[] = [];
    for (let k = 0; k < keys.length; k++)
      put(descriptors, k, getOwnPropertyDescriptor(snapshot.object, keys[k] ?? "") ?? {});
    put(patched, patched.length, { object: snapshot.object, keys, descriptors });
    restore(snapshot, keys);
  }
  try {
    return run();
  } finally {
    for (let i = 0; i < patched.length; i++) {
      const snapshot = patched[i];
      if (snapshot !== undefined) restore(snapshot, ownKeys(snapshot.object));
    }
  }
}

/** `array[index] = value`, whatever setters there are on the prototypes. */
function put<T>(array: T[], index: number, value: T): void {
  defineProperty(array, index, nullPrototype({ value, writable: true, configurable: true }));
}

/** Makes the object's properties those of the snapshot, as far as they may be changed. */
function restore({ object, keys, descriptors }: Snapshot, present: readonly PropertyKey[]): void {
  for (let i = 0; i < present.length; i++) {
    const key = present[i];
    if (key !== undefined && !includes(keys, key)) deleteProperty(object, key);
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const descriptor = descriptors[i];
    if (key === undefined || descriptor === undefined) continue;
    if (!isSame(descriptor, getOwnPropertyDescriptor(object, key)))
      defineProperty(object, key, nullPrototype({ ...descriptor }));
  }
}

/** Object.prototype may have been given a `get`, which every plain descriptor would inherit. */
function nullPrototype(descriptor: PropertyDescriptor): PropertyDescriptor {
  setPrototypeOf(descriptor, null);
  return descriptor;
}

function includes(keys: readonly PropertyKey[], key: PropertyKey): boolean {
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return true;
  return false;
}

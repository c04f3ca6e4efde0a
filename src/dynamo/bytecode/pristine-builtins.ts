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
  readonly keys: PropertyKey[];
  readonly descriptors: PropertyDescriptor[];
}

const iteratorPrototypes: readonly object[] = [
  [].values(),
  new Map().keys(),
  new Set().keys(),
  ""[Symbol.iterator](),
  "".matchAll(/x/g),
].map((iterator): object => Object.getPrototypeOf(iterator) as object); // all of them have one

const snapshots: readonly Snapshot[] = [
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
].map(snapshotOf);

/** Whether the compiler itself may use the built-in, and so puts aside what the program makes of it. */
export function isWatchedBuiltin(value: unknown): value is object {
  for (let i = 0; i < snapshots.length; i++) if (snapshots[i]?.object === value) return true;
  return false;
}

/** Whether the program changed a built-in that the compiler itself may use. */
function areBuiltinsPatched(): boolean {
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

/** What the program made of its built-ins, while the compiler has put it aside. */
let putAside: readonly Snapshot[] | null = null;

/** Runs code of the compiler, which calls nothing of the program, with the built-ins put back for so long. */
export function withPristineBuiltins<Result>(run: () => Result): Result {
  if (!areBuiltinsPatched()) return run();
  putAside = putPatchesAside();
  try {
    return run();
  } finally {
    restoreAll(putAside);
    putAside = null;
  }
}

export const arePatchesPutAside = (): boolean => putAside !== null;

/** Inside `withPristineBuiltins`: runs something with the built-ins as the program has them. */
export function withBuiltinsOfProgram<Result>(run: () => Result): Result {
  if (putAside === null) return run();
  restoreAll(putAside);
  putAside = null;
  try {
    return run();
  } finally {
    putAside = putPatchesAside();
  }
}

/** The first property of a built-in that is not as the compiler needs it, for the user to find. */
export function describePatch(): string | null {
  for (let i = 0; i < snapshots.length; i++) {
    const snapshot = snapshots[i];
    if (snapshot === undefined) continue;
    const { object, keys, descriptors } = snapshot;
    const present = ownKeys(object);
    for (let p = 0; p < present.length; p++) {
      const key = present[p];
      if (key === undefined) continue;
      const before = descriptors[indexOf(keys, key)];
      if (before === undefined || !isSame(before, getOwnPropertyDescriptor(object, key)))
        return `property ${String(key)} of a built-in`;
    }
  }
  return null;
}

function putPatchesAside(): readonly Snapshot[] {
  const patched: Snapshot[] = [];
  for (let i = 0; i < snapshots.length; i++) {
    const snapshot = snapshots[i];
    if (snapshot !== undefined && isPatched(snapshot))
      put(patched, patched.length, snapshotOf(snapshot.object));
  }
  restoreAll(snapshots);
  adoptAdditions();
  return patched;
}

/** What was added for good and nothing of the compiler's looks at is part of the built-in from now on. */
function adoptAdditions(): void {
  for (let i = 0; i < snapshots.length; i++) {
    const snapshot = snapshots[i];
    if (snapshot === undefined || !isPatched(snapshot)) continue;
    const { object, keys, descriptors } = snapshot;
    const present = ownKeys(object);
    for (let p = 0; p < present.length; p++) {
      const key = present[p];
      if (key === undefined || includes(keys, key) || !isHarmless(object, key)) continue;
      put(descriptors, keys.length, getOwnPropertyDescriptor(object, key) ?? {});
      put(keys, keys.length, key);
    }
  }
}

/** Every object inherits from the first two; protocols and engine functions ask for symbols, indices and these names. */
const isHarmless = (object: object, key: PropertyKey): boolean =>
  object !== Object.prototype &&
  object !== Function.prototype &&
  typeof key === "string" &&
  key !== "then" &&
  key !== "toJSON" &&
  !(Number(key) >= 0);

function snapshotOf(object: object): Snapshot {
  const keys = ownKeys(object);
  const descriptors: PropertyDescriptor[] = [];
  for (let k = 0; k < keys.length; k++)
    put(descriptors, k, getOwnPropertyDescriptor(object, keys[k] ?? "") ?? {});
  return { object, keys, descriptors };
}

function restoreAll(wanted: readonly Snapshot[]): void {
  for (let i = 0; i < wanted.length; i++) {
    const snapshot = wanted[i];
    if (snapshot !== undefined && isPatched(snapshot)) restore(snapshot, ownKeys(snapshot.object));
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

const includes = (keys: readonly PropertyKey[], key: PropertyKey): boolean =>
  indexOf(keys, key) >= 0;

function indexOf(keys: readonly PropertyKey[], key: PropertyKey): number {
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return i;
  return -1;
}

import type { PrivateName } from "../source/private-name.ts";
import { ArrayCursor } from "../bytecode/array-cursor.ts";
import { uninitialized } from "../bytecode/cell.ts";
import { closureInfo } from "../bytecode/closures/make-closure.ts";
import { get_default_dtype } from "../../core/default-dtype.ts";
import { isContiguousLayout } from "../../core/shape.ts";
import { gradModeEnabled } from "../../core/grad-mode-flag.ts";
import { matchesDynamic } from "../guards/matches-dynamic.ts";
import { metaOfValue } from "../guards/meta-of-value.ts";
import { isProxy } from "../interpreter/exotic-object.ts";
import { sameClosure } from "../interpreter/same-closure.ts";
import { tail } from "./tail-call.ts";

const { getOwnPropertyDescriptor, getPrototypeOf, isExtensible, is: sameValue } = Object;
const { apply, get, ownKeys } = Reflect;
const { keys: objectKeys } = Object;
const { propertyIsEnumerable } = Object.prototype;
const hasOwn = Object.hasOwn;
const { isArray } = Array;
/** ECMA-262 §B.2.2.4, in every engine though no type declares it. */
const lookupGetter = get(Object.prototype, "__lookupGetter__") as Function;
const mapKeys = Map.prototype.keys;
const mapGet = Map.prototype.get;
const setKeys = Set.prototype.keys;
const defineProperty = Object.defineProperty;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isObjectOrFunction = (value: unknown): value is { readonly [key: PropertyKey]: unknown } =>
  isObject(value) || typeof value === "function";

/** Whether `object[key] = value` only stores (ECMA-262 §10.1.9.2): no setter, no read-only property, extensible if new. */
export function isWritable(object: object, key: PropertyKey): boolean {
  const own = getOwnPropertyDescriptor(object, key);
  if (own !== undefined) return own.writable === true;
  for (
    let link = getPrototypeOf(object) as object | null;
    link !== null;
    link = getPrototypeOf(link) as object | null
  ) {
    const inherited = getOwnPropertyDescriptor(link, key);
    if (inherited !== undefined) return inherited.writable === true && isExtensible(object);
  }
  return isExtensible(object);
}

function hasDataProperty(object: object, key: PropertyKey): boolean {
  const descriptor = getOwnPropertyDescriptor(object, key);
  return descriptor !== undefined && "value" in descriptor;
}

/**
 * The same for an element in less than half the time: making a descriptor for an index is slow. What has no getter can be
 * read, and an accessor without one gives undefined, for which the descriptor is asked after all.
 */
const hasDataElement = (array: { readonly [index: number]: unknown }, index: number): boolean =>
  hasOwn(array, index) &&
  apply(lookupGetter, array, [index]) === undefined &&
  (array[index] !== undefined || hasDataProperty(array, index));

/** Whether an array has that many own elements, and reading one runs nothing. */
const hasDataElements = (array: readonly unknown[], count: number): boolean =>
  hasElements(array, count, hasDataElement);

/** Whether an array has that many own elements, and they can be overwritten and deleted. */
export const hasPlainElements = (array: readonly unknown[], count: number): boolean =>
  hasElements(array, count, (_, index) => {
    const descriptor = getOwnPropertyDescriptor(array, index);
    return descriptor?.writable === true && descriptor.configurable === true;
  });

function hasElements(
  array: readonly unknown[],
  count: number,
  isRight: (array: readonly unknown[], index: number) => boolean,
): boolean {
  let found = 0;
  for (let index = 0; index < array.length; index++) {
    if (!hasOwn(array, index)) continue;
    if (!isRight(array, index)) return false;
    found += 1;
  }
  return found === count;
}

function sameKeys(object: object, keys: readonly PropertyKey[]): boolean {
  const actual = ownKeys(object);
  return (
    actual.length === keys.length &&
    keys.every((key, index) => actual[index] === (typeof key === "number" ? String(key) : key))
  );
}

/** Of an object whose own keys are known: whether exactly these are enumerable. */
function sameEnumerable(object: object, keys: readonly PropertyKey[]): boolean {
  let strings = 0;
  for (const key of keys) {
    if (!apply(propertyIsEnumerable, object, [key])) return false;
    if (typeof key !== "symbol") strings += 1;
  }
  return objectKeys(object).length === strings;
}

function keysOf(collection: unknown): readonly unknown[] {
  const iterator =
    collection instanceof Map ? mapKeys.call(collection) : setKeys.call(collection as Set<unknown>); // guarded by MAP_MATCH or SET_MATCH
  const keys: unknown[] = [];
  for (let step = iterator.next(); step.done !== true; step = iterator.next())
    keys.push(step.value);
  return keys;
}

function sameEntryKeys(collection: { readonly size: number }, keys: readonly unknown[]): boolean {
  if (collection.size !== keys.length) return false;
  const actual = keysOf(collection);
  return keys.every((key, index) => sameValue(key, actual[index]));
}

/**
 * What generated guards and residual code call. A Proxy is told apart before anything else touches it: its traps are
 * the program's code.
Hot path (bench: dispatch): every function is a few comparisons.
 */
export const residualRuntime = Object.freeze({
  metaOf: metaOfValue,
  matchesDynamic,
  /** A size of a tensor; of anything else, and past the rank, what no expression on sizes accepts. */
  sizeOf: (value: unknown, dim: number): number => metaOfValue(value)?.shape[dim] ?? NaN,
  isContiguous: (value: unknown): boolean => {
    const meta = metaOfValue(value);
    return meta !== undefined && isContiguousLayout(meta.shape, meta.strides);
  },
  sameValue,
  isObject,
  isPlainArray: (value: unknown): boolean =>
    isArray(value) && !isProxy(value) && getPrototypeOf(value) === Array.prototype,
  isOrdinaryObject: (value: unknown, prototype: object | null): boolean =>
    isObject(value) && !isProxy(value) && getPrototypeOf(value) === prototype && !isArray(value),
  isPlainMap: (value: unknown): boolean =>
    isObject(value) &&
    !isProxy(value) &&
    getPrototypeOf(value) === Map.prototype &&
    value instanceof Map,
  isPlainSet: (value: unknown): boolean =>
    isObject(value) &&
    !isProxy(value) &&
    getPrototypeOf(value) === Set.prototype &&
    value instanceof Set,
  hasOwn: (object: unknown, key: PropertyKey): boolean =>
    isObjectOrFunction(object) && hasOwn(object, key),
  hasOwnData: (object: unknown, key: PropertyKey): boolean =>
    isObjectOrFunction(object) &&
    (typeof key === "number" ? hasDataElement(object, key) : hasDataProperty(object, key)),
  hasDataElements,
  hasPlainElements,
  hasOwnGetter: (object: unknown, key: PropertyKey, getter: Function): boolean =>
    isObjectOrFunction(object) && getOwnPropertyDescriptor(object, key)?.get === getter,
  hasOwnSetter: (object: unknown, key: PropertyKey, setter: Function): boolean =>
    isObjectOrFunction(object) && getOwnPropertyDescriptor(object, key)?.set === setter,
  isConfigurable: (object: unknown, key: PropertyKey): boolean =>
    isObjectOrFunction(object) && getOwnPropertyDescriptor(object, key)?.configurable === true,
  sameKeys,
  sameEnumerable,
  sameEntryKeys,
  entryKey: (collection: unknown, index: number): unknown => keysOf(collection)[index],
  mapGet: (map: Map<unknown, unknown>, key: unknown): unknown => apply(mapGet, map, [key]),
  /** A guard has seen that the object has it; the guards before that must not throw. */
  privateOf: (name: PrivateName, object: unknown): unknown =>
    isObjectOrFunction(object) && name.has(object) ? name.get(object) : undefined,
  isWritable,
  getPrototypeOf,
  closureCode: (fn: unknown): object | null =>
    typeof fn === "function" ? (closureInfo(fn)?.child ?? null) : null,
  closureCaptures: (fn: Function): readonly object[] | undefined => closureInfo(fn)?.captures,
  closureThis: (fn: Function): unknown => closureInfo(fn)?.frame.this,
  isArrayCursor: (value: unknown): boolean => value instanceof ArrayCursor,
  isInitialised: (value: unknown): boolean => value !== uninitialized,
  isGradEnabled: gradModeEnabled,
  getDefaultDtype: get_default_dtype,
  apply,
  sameClosure,
  define: (object: object, key: PropertyKey, value: unknown, enumerable: boolean): void => {
    defineProperty(object, key, { value, writable: true, configurable: true, enumerable });
  },
  defineAccessor: (
    object: object,
    key: PropertyKey,
    get: (() => unknown) | undefined,
    set: ((value: unknown) => void) | undefined,
  ): void => {
    defineProperty(object, key, {
      ...(get && { get }),
      ...(set && { set }),
      configurable: true,
      enumerable: true,
    });
  },
  freeze: Object.freeze,
  create: Object.create,
  construct: Reflect.construct,
  collectionIterator,
  tail,
});

/** A genuine iterator over a Map, Set or array that has made `count` steps. */
function collectionIterator(collection: object, method: Function, count: number): unknown {
  const iterator = apply(method, collection, []) as Iterator<unknown>; // a built-in iteration method
  for (let step = 0; step < count; step++) iterator.next();
  return iterator;
}

/** What generated JavaScript calls: one function per step that JavaScript text cannot express without patchable built-ins. */

import { appendElement, createDataProperty } from "./append-element.ts";
import { ArrayCursor } from "./array-cursor.ts";
import { type BindingCell, Cell, uninitialized } from "./cell.ts";
import { recordOfIterator } from "./collection-cursor.ts";
import type { Instruction } from "./instructions/table.ts";
import {
  describeValue,
  throwConstantAssignment,
  throwNotCallable,
  throwNotConstructible,
  throwNotDestructurable,
  throwUninitialized,
} from "./errors.ts";
import {
  apply,
  arrayIteratorNext,
  arrayIteratorPrototype,
  arrayValues,
  construct,
  defineProperty,
  engineEval,
  getOwnPropertyDescriptor,
  isArray,
  isObject,
  iteratorSymbol,
  ownKeys,
  get,
  getPrototypeOf,
  setPrototypeOf,
} from "./intrinsics.ts";
import type { IteratorRecord } from "./iterator-record.ts";
import { KeyCursor, nativeKeys } from "./key-cursor.ts";
import { isReturnCompletion, suspension } from "./suspension.ts";
import {
  type AsyncIteratorRecord,
  openAsyncIterator,
  requireIteratorResult,
} from "./async-iterator.ts";
import { ProtocolIterator } from "./protocol-iterator.ts";

// ---- iteration

/** GetIterator (ECMA-262 7.4.3). `site` names the iterable in messages, "" prints the value. */
function getIterator(iterable: unknown, site: string): IteratorRecord {
  return openIterator(iterable, site, throwNotIterable);
}

/** Hot: every loop and array pattern of residual code opens its iterator here. */
function openIterator(
  iterable: unknown,
  site: string,
  fail: (value: unknown, site: string) => never,
): IteratorRecord {
  if (iterable === undefined || iterable === null) fail(iterable, site);
  // Sound: every value but null and undefined has properties.
  const method = (iterable as { readonly [iteratorSymbol]: unknown })[iteratorSymbol];
  if (
    method === arrayValues &&
    isArray(iterable) &&
    arrayIteratorPrototype.next === arrayIteratorNext
  ) {
    return new ArrayCursor(iterable, 0);
  }
  if (typeof method !== "function") fail(iterable, site);
  const iterator: unknown = apply(method, iterable, []);
  if (!isObject(iterator))
    throw new TypeError("Result of the Symbol.iterator method is not an object");
  // Sound: a missing `next` reads as undefined and fails when it is called.
  return recordOfIterator(iterator, (iterator as { readonly next: unknown }).next);
}

function throwNotIterable(value: unknown, site: string): never {
  if (site !== "") throw new TypeError(`${site} is not iterable`);
  throw new TypeError(
    `${describeValue(value)} is not iterable (cannot read property Symbol(Symbol.iterator))`,
  );
}

function getAsyncIterator(iterable: unknown, site: string): AsyncIteratorRecord {
  return openAsyncIterator(iterable, () => {
    throw new TypeError(`${site === "" ? describeValue(iterable) : site} is not async iterable`);
  });
}

function enumerateKeys(object: unknown): IteratorRecord {
  return new KeyCursor(nativeKeys(object));
}

function iteratorRest(record: IteratorRecord): unknown[] {
  const rest: unknown[] = [];
  while (record.advance()) appendElement(rest, record.value);
  return rest;
}

// ---- objects and arrays

/** `site` starts with "..." for the one spread argument of a call, whose errors V8 words in its own way. */
function appendSpread(array: unknown[], iterable: unknown, site: string): void {
  const isCall = site.startsWith("...");
  const name = isCall ? site.slice(3) : site;
  const record = openIterator(iterable, name, isCall ? throwNotSpreadable : throwNotIterable);
  if (record instanceof ProtocolIterator && typeof record.nextMethod !== "function")
    throwNotIterable(iterable, name);
  while (record.advance()) appendElement(array, record.value);
}

function throwNotSpreadable(value: unknown, name: string): never {
  const isNullish = value === undefined || value === null;
  throw new TypeError(
    isNullish
      ? `${name} is not iterable (cannot read property undefined)`
      : "Spread syntax requires ...iterable[Symbol.iterator] to be a function",
  );
}

/** A method, getter or setter of an object literal. A getter keeps a setter defined before, and the other way round. */
function defineMethod(
  object: object,
  key: PropertyKey,
  closure: () => unknown,
  kind: string,
): void {
  if (kind === "getter") {
    const descriptor: PropertyDescriptor & { __proto__: null } = {
      __proto__: null,
      get: closure,
      enumerable: true,
      configurable: true,
    };
    defineProperty(object, key, descriptor);
  } else if (kind === "setter") {
    const descriptor: PropertyDescriptor & { __proto__: null } = {
      __proto__: null,
      set: closure,
      enumerable: true,
      configurable: true,
    };
    defineProperty(object, key, descriptor);
  } else createDataProperty(object, key, closure);
}

function setPrototype(object: object, prototype: unknown): void {
  if (prototype === null || isObject(prototype)) setPrototypeOf(object, prototype);
}

/** CopyDataProperties (ECMA-262 7.3.25). */
function copyDataProperties(
  target: object,
  source: unknown,
  excluded: readonly unknown[] = [],
): void {
  if (source === undefined || source === null) return;
  const from: Readonly<Record<PropertyKey, unknown>> = Object(source);
  const keys = ownKeys(from);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key === undefined || isExcluded(key, excluded)) continue;
    if (getOwnPropertyDescriptor(from, key)?.enumerable === true)
      createDataProperty(target, key, from[key]);
  }
}

function isExcluded(key: PropertyKey, excluded: readonly unknown[]): boolean {
  for (let i = 0; i < excluded.length; i++) if (excluded[i] === key) return true;
  return false;
}

function excludeProperties(source: unknown, excluded: readonly unknown[]): object {
  const rest = {};
  copyDataProperties(rest, source, excluded);
  return rest;
}

/** ToPropertyKey, by the engine itself: a computed key of a literal. */
function toPropertyKey(value: PropertyKey): unknown {
  return typeof value === "string" || typeof value === "symbol"
    ? value
    : ownKeys({ [value]: 0 })[0];
}

const templateObjects = new WeakMap<object, readonly string[]>();

/** GetTemplateObject (ECMA-262 13.2.8.4): one frozen array per site. */
function templateObject(
  site: Extract<Instruction, { readonly op: "templateObject" }>,
): readonly unknown[] {
  const known = templateObjects.get(site);
  if (known !== undefined) return known;
  const cooked: unknown[] = [];
  const raw: unknown[] = [];
  for (let i = 0; i < site.cooked.length; i++) {
    appendElement(cooked, site.cooked[i] ?? undefined);
    appendElement(raw, site.raw[i]);
  }
  const descriptor: PropertyDescriptor & { __proto__: null } = {
    __proto__: null,
    value: Object.freeze(raw),
  };
  defineProperty(cooked, "raw", descriptor);
  // Sound: tags see undefined where a cooked string is invalid, which the declared element type hides.
  const frozen = Object.freeze(cooked) as readonly string[];
  templateObjects.set(site, frozen);
  return frozen;
}

// ---- frames

const makeArguments = function (): unknown {
  // biome-ignore lint: this is the point.
  return arguments;
};

/** An unmapped arguments object (this module is strict) with a copy of the arguments. */
function createArguments(args: ArrayLike<unknown>): unknown {
  return apply(makeArguments, undefined, args);
}

function restParameters(args: ArrayLike<unknown>, from: number): unknown[] {
  const rest: unknown[] = [];
  for (let i = from; i < args.length; i++) appendElement(rest, args[i]);
  return rest;
}

function typeofBinding(cell: BindingCell): string {
  return cell.isUnresolvable === true ? "undefined" : typeof cell.v;
}

/** What a closure sees of a `const` it assigns to: reading works, writing fails after the dead zone is checked. */
function constantBinding(cell: BindingCell): BindingCell {
  return {
    get v(): unknown {
      return cell.v;
    },
    set v(_value: unknown) {
      void cell.v;
      throwConstantAssignment();
    },
  };
}

/** A function's own name in sloppy code: assignments are ignored. */
function silentBinding(cell: BindingCell): BindingCell {
  return {
    get v(): unknown {
      return cell.v;
    },
    set v(_value: unknown) {
      // ECMA-262 9.1.1.1.5: an immutable binding that is not strict.
    },
  };
}

/** The variable as sloppy code assigns it. */
function looseBinding(cell: BindingCell): BindingCell {
  return cell.loose ?? cell;
}

/** The value itself: what a captured function is called through, so that it gets no receiver. */
function valueOf(value: unknown): unknown {
  return value;
}

/** The getter or setter of an object literal with one accessor. */
function accessorOf(object: object, key: PropertyKey, kind: "get" | "set"): unknown {
  return getOwnPropertyDescriptor(object, key)?.[kind];
}

// ---- calls whose callee generated text cannot name as the source did

function callFunction(callee: unknown, site: string, args: readonly unknown[]): unknown {
  return typeof callee === "function" ? apply(callee, undefined, args) : throwNotCallable(site);
}

function callMethod(
  method: unknown,
  receiver: unknown,
  site: string,
  args: readonly unknown[],
): unknown {
  return typeof method === "function" ? apply(method, receiver, args) : throwNotCallable(site);
}

function constructObject(constructor: unknown, site: string, args: readonly unknown[]): unknown {
  return isConstructor(constructor) ? construct(constructor, args) : throwNotConstructible(site);
}

/** GetSuperBase and the read of its property (ECMA-262 §13.3.5.3). */
function getSuper(home: object, key: PropertyKey, receiver: unknown): unknown {
  const base: object | null = getPrototypeOf(home);
  if (base === null)
    throw new TypeError(`Cannot read properties of null (reading '${String(key)}')`);
  return get(base, key, receiver);
}

/** SuperCall (ECMA-262 §13.3.7.1): what is constructed is the prototype that the class has now. */
function superConstruct(self: Function, newTarget: Function, args: readonly unknown[]): unknown {
  const parent: unknown = getPrototypeOf(self);
  if (isConstructor(parent)) return construct(parent, args, newTarget);
  throw new TypeError(
    `Super constructor ${String(parent)} of anonymous class is not a constructor`,
  );
}

/** IsConstructor (ECMA-262 7.2.4), without running anything of the value: its proxy constructs only if it does. */
function isConstructor(value: unknown): value is Function {
  if (typeof value !== "function") return false;
  try {
    construct(new Proxy(value, { construct: () => ({}) }), []);
    return true;
  } catch {
    return false;
  }
}

const isEngineEval = (callee: unknown): boolean => callee === engineEval;

/** What a direct eval in generated text is given: the program's text, with its variables reached as they are there. */
function evalText(
  callee: unknown,
  site: { readonly translate: (text: string) => string },
  value: unknown,
): unknown {
  return isEngineEval(callee) && typeof value === "string" ? site.translate(value) : value;
}

function importModule(importer: unknown, specifier: unknown, options: unknown): unknown {
  // Sound: the binding called `import` holds a function (source/free-variables.ts).
  return apply(importer as Function, undefined, [specifier, options]);
}

function setPrivate(
  name: { readonly set: (object: unknown, value: unknown) => void },
  object: unknown,
  value: unknown,
): unknown {
  name.set(object, value);
  return value;
}

export const runtime = Object.freeze({
  setPrivate,
  isArray,
  iteratorSymbol,
  arrayValues,
  Cell,
  uninitialized,
  throwUninitialized,
  throwConstantAssignment,
  throwNotDestructurable,
  throwNotCallable,
  getIterator,
  enumerateKeys,
  iteratorRest,
  appendElement,
  appendSpread,
  createDataProperty,
  defineMethod,
  setPrototype,
  copyDataProperties,
  excludeProperties,
  toPropertyKey,
  templateObject,
  createArguments,
  restParameters,
  superConstruct,
  getSuper,
  typeofBinding,
  constantBinding,
  silentBinding,
  looseBinding,
  valueOf,
  accessorOf,
  callFunction,
  callMethod,
  constructObject,
  importModule,
  isEngineEval,
  evalText,
  suspension,
  isReturnCompletion,
  getAsyncIterator,
  requireIteratorResult,
});

/** The iterator record of `for await` (ECMA-262 7.4.1), and the adapter for iterables that are not asynchronous. */

import { apply, isObject, iteratorSymbol } from "./intrinsics.ts";

const asyncIteratorSymbol: typeof Symbol.asyncIterator = Symbol.asyncIterator;
const NativePromise = Promise;
const { resolve: promiseResolve } = Promise;
const { then: promiseThen } = Promise.prototype;

export class AsyncIteratorRecord {
  readonly #iterator: object;
  readonly #nextMethod: unknown;
  #returnMethod: unknown = undefined;

  constructor(iterator: object, nextMethod: unknown) {
    this.#iterator = iterator;
    this.#nextMethod = nextMethod;
  }

  next(): unknown {
    return callMethod(this.#nextMethod, this.#iterator, "next");
  }

  hasReturn(): boolean {
    // Sound: every object has properties.
    this.#returnMethod = (this.#iterator as { readonly return?: unknown }).return;
    return this.#returnMethod !== undefined && this.#returnMethod !== null;
  }

  return(): unknown {
    return callMethod(this.#returnMethod, this.#iterator, "return");
  }
}

function callMethod(method: unknown, receiver: object, name: string): unknown {
  if (typeof method !== "function") throw new TypeError(`${name} is not a function`);
  return apply(method, receiver, []);
}

/** `fail` says that `iterable` cannot be iterated. */
export function openAsyncIterator(iterable: unknown, fail: () => never): AsyncIteratorRecord {
  if (iterable === undefined || iterable === null) fail();
  // Sound: every value but null and undefined has properties.
  const value = iterable as {
    readonly [asyncIteratorSymbol]?: unknown;
    readonly [iteratorSymbol]?: unknown;
  };
  const method = value[asyncIteratorSymbol];
  if (method !== undefined && method !== null) {
    if (typeof method !== "function") fail();
    const iterator: unknown = apply(method, iterable, []);
    if (!isObject(iterator))
      throw new TypeError("Result of the Symbol.asyncIterator method is not an object");
    return new AsyncIteratorRecord(iterator, (iterator as { readonly next?: unknown }).next);
  }
  const syncMethod = value[iteratorSymbol];
  if (typeof syncMethod !== "function") fail();
  const iterator: unknown = apply(syncMethod, iterable, []);
  if (!isObject(iterator))
    throw new TypeError("Result of the Symbol.iterator method is not an object");
  const adapter = new AsyncFromSyncIterator(
    iterator,
    (iterator as { readonly next?: unknown }).next,
  );
  return new AsyncIteratorRecord(adapter, adapter.next);
}

/** ECMA-262 27.1.6. */
class AsyncFromSyncIterator {
  readonly #iterator: object;
  readonly #nextMethod: unknown;

  constructor(iterator: object, nextMethod: unknown) {
    this.#iterator = iterator;
    this.#nextMethod = nextMethod;
  }

  next(): Promise<unknown> {
    return new NativePromise((resolve, reject) => {
      const result = callMethod(this.#nextMethod, this.#iterator, "next");
      forward(requireIteratorResult(result), resolve, reject);
    });
  }

  return(): Promise<unknown> {
    return new NativePromise((resolve, reject) => {
      const method: unknown = (this.#iterator as { readonly return?: unknown }).return;
      if (method === undefined || method === null) {
        resolve({ value: undefined, done: true });
        return;
      }
      forward(requireIteratorResult(callMethod(method, this.#iterator, "return")), resolve, reject);
    });
  }
}

/** AsyncFromSyncIteratorContinuation (27.1.6.4). */
function forward(
  result: { readonly done?: unknown; readonly value?: unknown },
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  const done = Boolean(result.done);
  const wrapped = apply<unknown, [unknown], Promise<unknown>>(promiseResolve, NativePromise, [
    result.value,
  ]);
  void apply(promiseThen, wrapped, [(value: unknown) => resolve({ value, done }), reject]);
}

export function requireIteratorResult(value: unknown): {
  readonly done?: unknown;
  readonly value?: unknown;
} {
  if (!isObject(value)) throw new TypeError(`Iterator result ${String(value)} is not an object`);
  return value;
}

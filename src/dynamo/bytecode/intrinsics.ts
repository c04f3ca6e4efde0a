/** Built-ins as they were at start-up: user code may patch them, generated code must not notice. */

export const {
  apply,
  construct,
  defineProperty,
  get,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  ownKeys,
  setPrototypeOf,
} = Reflect;
export const isArray = Array.isArray;
export const iteratorSymbol: typeof Symbol.iterator = Symbol.iterator;
export const arrayPrototype: object = Array.prototype;
export const arrayValues: unknown = Array.prototype[Symbol.iterator];

/** %ArrayIteratorPrototype% and its `next`. */
export const arrayIteratorPrototype: { readonly next: unknown; readonly return?: unknown } =
  Object.getPrototypeOf([][Symbol.iterator]());
export const arrayIteratorNext = arrayIteratorPrototype.next;

/** The function whose calls by name are direct evals. */
export const engineEval: unknown = Reflect.get(globalThis, "eval");

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** Creating properties without running setters of patched prototypes. */

import { arrayPrototype, defineProperty } from "./intrinsics.ts";

/** CreateDataProperty (ECMA-262 7.3.5). */
export function createDataProperty(object: object, key: PropertyKey, value: unknown): void {
  // The prototype of the descriptor is null: Object.prototype may have been given a `get`.
  const descriptor: PropertyDescriptor & { __proto__: null } = {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  };
  defineProperty(object, key, descriptor);
}

/** CreateDataProperty at the end of an array. */
export function appendElement(array: unknown[], value: unknown): void {
  const { length } = array;
  if (length in arrayPrototype) createDataProperty(array, length, value);
  else array[length] = value;
}

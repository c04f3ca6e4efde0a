/** The built-in array iterator as plain data: what `[Symbol.iterator]()` of an array gives while nobody patched it. */

import { arrayIteratorPrototype, arrayValues, apply } from "./intrinsics.ts";
import type { IteratorRecord } from "./iterator-record.ts";
import { ProtocolIterator } from "./protocol-iterator.ts";

/**
 * Steps like %ArrayIteratorPrototype%.next (ECMA-262 23.1.5.2.1): the length is read again at every step.
 * Hot: `for…of` over arrays in residual code steps through here (bench: bytecode loops).
 */
export class ArrayCursor implements IteratorRecord {
  readonly array: readonly unknown[];
  /** The next index to visit. */
  index: number;
  done = false;
  value: unknown = undefined;

  constructor(array: readonly unknown[], index: number) {
    this.array = array;
    this.index = index;
  }

  advance(): boolean {
    if (this.done) return false;
    const { array, index } = this;
    try {
      const { length } = array;
      if (index < (length >>> 0 === length ? length : toLength(length))) {
        this.index = index + 1;
        this.value = array[index];
        return true;
      }
    } catch (error) {
      this.done = true;
      throw error;
    }
    this.done = true;
    return false;
  }

  close(): void {
    if (!this.done && isClosable()) this.#genuine().close();
  }

  closeQuietly(): void {
    if (!this.done && isClosable()) this.#genuine().closeQuietly();
  }

  /** An iterator object for a `return` method that somebody put on the prototype after the loop began. */
  #genuine(): ProtocolIterator {
    // Sound: `arrayValues` is the intrinsic Array.prototype.values, which gives an iterator object.
    const iterator = apply<unknown, [], object>(arrayValues as () => object, this.array, []);
    return new ProtocolIterator(iterator, undefined);
  }
}

/** True if the prototype chain of array iterators has gained a `return`. */
function isClosable(): boolean {
  return "return" in arrayIteratorPrototype;
}

/** ToLength: the array may be a Proxy with any length. */
function toLength(length: unknown): number {
  const integer = Math.trunc(Number(length));
  return integer > 0 ? Math.min(integer, Number.MAX_SAFE_INTEGER) : 0;
}

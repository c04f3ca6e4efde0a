/** The keys of `for (k in object)`, suspended between iterations. */

import type { IteratorRecord } from "./iterator-record.ts";

export class KeyCursor implements IteratorRecord {
  readonly #keys: Generator<string, void, undefined>;
  done = false;
  value: unknown = undefined;

  constructor(keys: Generator<string, void, undefined>) {
    this.#keys = keys;
  }

  advance(): boolean {
    const result = nextKey(this.#keys);
    this.done = result.done === true;
    this.value = result.value;
    return !this.done;
  }

  close(): void {
    // A `for…in` loop has nothing to close.
  }

  closeQuietly(): void {
    // The same.
  }
}

/** The engine's own enumeration, kept in a generator: deletions and additions during the loop behave natively. */
export function* nativeKeys(object: unknown): Generator<string, void, undefined> {
  // Sound: `for…in` takes any value; null and undefined have no keys.
  for (const key in object as object) yield key;
}

/** Goes on with keys listed earlier, leaving out those deleted since. */
export function* remainingKeys(
  object: object,
  keys: readonly string[],
): Generator<string, void, undefined> {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key !== undefined && key in object) yield key;
  }
}

const generatorNext = Object.getPrototypeOf(nativeKeys.prototype).next;

function nextKey(keys: Generator<string, void, undefined>): IteratorResult<string, void> {
  return Reflect.apply(generatorNext, keys, []);
}

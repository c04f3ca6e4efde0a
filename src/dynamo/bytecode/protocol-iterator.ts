/** A genuine iterator: every step goes through its `next`. */

import { describeValue } from "./errors.ts";
import { apply, isObject } from "./intrinsics.ts";
import type { IteratorRecord } from "./iterator-record.ts";

const noArguments: readonly unknown[] = Object.freeze([]);

export class ProtocolIterator implements IteratorRecord {
  readonly iterator: object;
  readonly nextMethod: unknown;
  done = false;
  value: unknown = undefined;

  constructor(iterator: object, nextMethod: unknown) {
    this.iterator = iterator;
    this.nextMethod = nextMethod;
  }

  advance(): boolean {
    if (this.done) return false;
    this.done = true;
    const result = callIteratorMethod(this.nextMethod, this.iterator);
    if (!isObject(result))
      throw new TypeError(`Iterator result ${String(result)} is not an object`);
    const step: IteratorResult = result;
    if (step.done) return false;
    this.value = step.value;
    this.done = false;
    return true;
  }

  close(): void {
    if (this.done) return;
    const method = returnMethodOf(this.iterator);
    if (method === undefined || method === null) return;
    const result = callIteratorMethod(method, this.iterator);
    if (!isObject(result))
      throw new TypeError(`Iterator result ${String(result)} is not an object`);
  }

  closeQuietly(): void {
    if (this.done) return;
    try {
      const method = returnMethodOf(this.iterator);
      if (method !== undefined && method !== null) callIteratorMethod(method, this.iterator);
    } catch {
      // ECMA-262 7.4.11 step 5: the error under way wins.
    }
  }
}

function callIteratorMethod(method: unknown, iterator: object): unknown {
  if (typeof method !== "function")
    throw new TypeError(`${describeValue(method)} is not a function`);
  return apply(method, iterator, noArguments);
}

/** What any object may have or lack: reading either gives undefined then. */
interface IteratorResult {
  readonly done?: unknown;
  readonly value?: unknown;
}

function returnMethodOf(iterator: { readonly return?: unknown }): unknown {
  return iterator.return;
}

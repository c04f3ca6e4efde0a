/** Loops over Maps and Sets: records whose steps the engine can look through, since it knows which `next` they call. */

import { ProtocolIterator } from "./protocol-iterator.ts";

interface Step {
  readonly done?: boolean;
  readonly value: unknown;
}

const { call } = Function.prototype;
// Sound: `next` of the built-in iterators, as they were at start-up.
const mapNext = Object.getPrototypeOf(new Map().entries()).next as (this: object) => Step;
const setNext = Object.getPrototypeOf(new Set().values()).next as (this: object) => Step;
const stepMap = call.bind(mapNext) as (iterator: object) => Step;
const stepSet = call.bind(setNext) as (iterator: object) => Step;

/** Hot (bench: residual code, for-of over a Map). */
class MapCursor extends ProtocolIterator {
  override advance(): boolean {
    if (this.done) return false;
    this.done = true;
    const step = stepMap(this.iterator);
    if (step.done === true) return false;
    this.value = step.value;
    this.done = false;
    return true;
  }
}

/** A class of its own, so that the engine sees one `next` in each. */
class SetCursor extends ProtocolIterator {
  override advance(): boolean {
    if (this.done) return false;
    this.done = true;
    const step = stepSet(this.iterator);
    if (step.done === true) return false;
    this.value = step.value;
    this.done = false;
    return true;
  }
}

/** The record of an iterator object. What the methods of another kind of iterator do is theirs, errors included. */
export function recordOfIterator(iterator: object, nextMethod: unknown): ProtocolIterator {
  if (nextMethod === mapNext) return new MapCursor(iterator, nextMethod);
  if (nextMethod === setNext) return new SetCursor(iterator, nextMethod);
  return new ProtocolIterator(iterator, nextMethod);
}

import { ArrayCursor } from "../bytecode/array-cursor.ts";
import { KeyCursor, remainingKeys } from "../bytecode/key-cursor.ts";
import { recordOfIterator } from "../bytecode/collection-cursor.ts";
import { ProtocolIterator } from "../bytecode/protocol-iterator.ts";
import { makeClosure } from "../bytecode/closures/make-closure.ts";
import { runtime } from "../bytecode/runtime.ts";
import type { Code } from "../bytecode/code.ts";
import type { BindingCell } from "../bytecode/cell.ts";
import { suspend } from "./suspend.ts";
import { residualRuntime } from "./runtime.ts";

/** A loop's record in the middle of an array. */
function arrayCursor(
  array: readonly unknown[],
  index: number,
  done: boolean,
  value: unknown,
): ArrayCursor {
  const cursor = new ArrayCursor(array, index);
  cursor.done = done;
  cursor.value = value;
  return cursor;
}

/** A loop's record of an iterator object: what its last step found may not have been used yet. */
function iteratorRecord(
  iterator: { readonly next: unknown },
  done: boolean,
  value: unknown,
): ProtocolIterator {
  const record = recordOfIterator(iterator, iterator.next);
  record.done = done;
  record.value = value;
  return record;
}

/** A loop's record of an iterator of the program. */
function protocolIterator(
  iterator: object,
  next: unknown,
  done: boolean,
  value: unknown,
): ProtocolIterator {
  const record = new ProtocolIterator(iterator, next);
  record.done = done;
  record.value = value;
  return record;
}

/** A generator of this function that has come to its end. */
function finishedGenerator(fn: { readonly prototype?: unknown }): object {
  const generator = (function* () {})();
  generator.return();
  const { prototype } = fn;
  if (typeof prototype === "object" && prototype !== null)
    Object.setPrototypeOf(generator, prototype);
  return generator;
}

/** A `for…in` loop's record in the middle of the keys. */
function keyCursor(
  object: object,
  keys: readonly string[],
  done: boolean,
  value: unknown,
): KeyCursor {
  const cursor = new KeyCursor(remainingKeys(object, done ? [] : keys));
  cursor.done = done;
  cursor.value = value;
  return cursor;
}

/** The two libraries of residual code: `R` for guards and effects, `B` for instructions of the bytecode. */
export const residualBindings = Object.freeze({
  R: Object.freeze({
    ...residualRuntime,
    arrayCursor,
    iteratorRecord,
    protocolIterator,
    finishedGenerator,
    keyCursor,
    suspend,
  }),
  B: Object.freeze({
    ...runtime,
    makeClosure: (
      code: Code,
      child: number,
      cells: readonly BindingCell[],
      thisValue: unknown,
      newTarget: unknown,
      name: string | null,
    ) => makeClosure(code, child, cells, { this: thisValue, newTarget }, { name }),
  }),
});

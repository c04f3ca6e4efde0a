import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ArrayVariable,
  type CursorVariable,
  type Variable,
  describeForUser,
  undefinedVariable,
} from "../variables/variable.ts";
import { step } from "./iteration.ts";

/** The value found by the last step. */
export function currentValue(machine: Machine, record: Variable): Variable {
  return cursorOf(machine, record, "iteratorValue").current ?? undefinedVariable;
}

/** A new array of what is left. */
export function restOf(machine: Machine, record: Variable): ArrayVariable {
  const { state } = cursorOf(machine, record, "iteratorRest");
  const items: Variable[] = [];
  for (let value = step(machine, state); value !== null; value = step(machine, state))
    items.push(value);
  return new ArrayVariable({ items });
}

/** Built-in array, Map and Set iterators have no `return` method: closing them does nothing (ECMA-262 §7.4.11 step 4). */
export function closeIterator(machine: Machine, record: Variable): void {
  const { state } = cursorOf(machine, record, "iteratorClose");
  if (state.shared || state.done) return;
  machine.tracer.noteMutation(state, "an iterator");
  state.done = true;
}

function cursorOf(machine: Machine, variable: Variable, purpose: string): CursorVariable {
  const record = machine.force(variable);
  if (record.kind === "cursor") return record;
  return breakGraph(
    "untraceableIteration",
    { iterable: describeForUser(record), kind: "a value whose iteration is not known" },
    purpose,
  );
}

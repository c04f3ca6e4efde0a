import type { Machine } from "../interpreter/machine.ts";
import { ArrayVariable, type Variable } from "../variables/variable.ts";
import { restOf } from "./iteration.ts";
import { refuseIteration } from "./refuse-iteration.ts";
import { closeProtocol } from "./user-iterator.ts";

/** A new array of what is left. */
export const restArray = (machine: Machine, record: Variable): ArrayVariable =>
  new ArrayVariable({ items: restOf(machine, record, "iteratorRest") });

/** Built-in array, Map and Set iterators have no `return` method: closing them does nothing (ECMA-262 §7.4.11 step 4). */
export function closeIterator(machine: Machine, record: Variable): void {
  const iterator = machine.force(record);
  switch (iterator.kind) {
    case "cursor": {
      const { state } = iterator;
      if (state.shared || state.done) return;
      machine.tracer.noteMutation(state, "an iterator");
      state.done = true;
      return;
    }
    case "protocol":
      closeProtocol(machine, iterator);
      return;
    default:
      refuseIteration(iterator, "iteratorClose");
  }
}

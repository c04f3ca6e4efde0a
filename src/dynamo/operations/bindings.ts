import { uninitialized } from "../bytecode/cell.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Source } from "../variables/source.ts";
import type { CellVariable, Variable } from "../variables/variable.ts";
import { typeOf } from "./operators.ts";

/** Reading a variable in its temporal dead zone, or one that does not exist, throws: natively, in V8's words. */
export function readCell(cell: CellVariable): Variable {
  return cell.content ?? breakAtCell(cell);
}

function breakAtCell({ name, isAccessor, isUnresolvable }: CellVariable): never {
  if (isAccessor) {
    const facts = {
      object: "the global object",
      property: `property '${name}'`,
      kind: "a getter or setter",
    };
    return breakGraph("exoticObject", facts, `load ${name}`);
  }
  const message = isUnresolvable ? `${name} is not defined` : `${name} is not initialised`;
  return breakGraph("observedException", { errorClass: "ReferenceError", message }, `load ${name}`);
}

/**
 * An assignment; like a read, it throws in the temporal dead zone. One of sloppy code, `loosely`, makes a variable that does
 * not exist; the engine does that, as it refuses to change a constant or read-only global in its own way.
 */
export function assignCell(
  machine: Machine,
  cell: CellVariable,
  value: Variable,
  { loosely }: { readonly loosely: boolean },
): void {
  if (!(loosely && cell.isUnresolvable)) readCell(cell);
  if (cell.isAssignable !== null) checkAssignable(machine, cell, cell.isAssignable());
  initializeCell(machine, cell, value);
}

function checkAssignable(machine: Machine, { name, source }: CellVariable, holds: boolean): void {
  if (!holds) {
    const facts = {
      object: "the global object (which has no such property, or a read-only one)",
      property: name,
    };
    return breakGraph("unsupportedPropertyWrite", facts, `store ${name}`);
  }
  if (source === null) return;
  const isAssignable: Source = { kind: "member", base: source, key: "isAssignable" };
  machine.tracer.addGuard({ kind: "CONSTANT_MATCH", source: isAssignable, value: true });
}

/** The declaration itself: ends the temporal dead zone. */
export function initializeCell(machine: Machine, cell: CellVariable, value: Variable): void {
  machine.tracer.noteMutation(cell, `the variable ${cell.name}`);
  cell.content = value;
  if (cell.source !== null) machine.tracer.addEffect({ kind: "storeCell", cell, value });
}

/** `typeof x`, which says "undefined" of a variable that exists nowhere, under a guard that it still does not. */
export function typeofCell(machine: Machine, cell: CellVariable): string {
  if (!cell.isUnresolvable) return typeOf(machine, readCell(cell));
  if (cell.source !== null) {
    machine.tracer.addGuard({
      kind: "CONSTANT_MATCH",
      source: { kind: "member", base: cell.source, key: "isUnresolvable" },
      value: true,
    });
  }
  return "undefined";
}

/** Breaks when the value of the local `name` says that it is in its temporal dead zone. */
export function checkInitialized(
  machine: Machine,
  value: Variable | CellVariable | null | undefined,
  name: string,
): void {
  if (value === null || value === undefined || value.kind === "cell") return;
  if (value.kind === "lazy" && value.value !== uninitialized) return;
  const forced = machine.force(value);
  if (forced.kind === "constant" && forced.value === uninitialized) {
    breakGraph(
      "observedException",
      { errorClass: "ReferenceError", message: `Cannot access '${name}' before initialization` },
      `checkInitialized ${name}`,
    );
  }
}

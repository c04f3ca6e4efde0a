import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { type ForcedVariable, type Variable, describeVariable } from "../variables/variable.ts";
import { strictEquals } from "./equality.ts";

/** `a === b`, known while capturing; where it depends on a varying number the answer is guarded. */
export function isDefinitely(machine: Machine, a: Variable, b: Variable): boolean {
  const equal = machine.force(strictEquals(machine, a, b));
  if (equal.kind === "constant") return equal.value === true;
  if (equal.kind === "number") {
    const truth = machine.tracer.decide(equal);
    if (truth !== undefined) return truth;
  }
  return breakGraph(
    "dataDependentBranch",
    { condition: machine.expressionText(), obstacle: null },
    `compare ${describeVariable(a)} with ${describeVariable(b)}`,
  );
}

/** SameValueZero (ECMA-262 §7.2.12): Map keys, Set members, Array.prototype.includes. */
export function sameValueZero(machine: Machine, a: Variable, b: Variable): boolean {
  const x = machine.force(a);
  const y = machine.force(b);
  if (x.kind === "constant" && y.kind === "constant") {
    return x.value === y.value || (Number.isNaN(x.value) && Number.isNaN(y.value));
  }
  // NaN is NaN here, which `===` denies: whether both are is asked first, and guarded.
  if ((x.kind === "number" || y.kind === "number") && mayBeNaN(machine, x) && mayBeNaN(machine, y))
    return true;
  return isDefinitely(machine, x, y);
}

/** Whether the value is NaN: guarded for a number that varies, no for one that only the graph knows (it breaks below). */
function mayBeNaN(machine: Machine, value: ForcedVariable): boolean {
  if (value.kind === "constant") return Number.isNaN(value.value);
  if (value.kind !== "number") return false;
  const { expression } = value;
  return (
    machine.tracer.decideExpression({
      kind: "binary",
      operator: "!==",
      left: expression,
      right: expression,
    }) ?? false
  );
}

import { arrayItems, unguardedItems } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  type ArrayVariable,
  ConstantVariable,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";

/** Adds to an array literal; one that a graph break cut in two is an array from outside by now. */
export function appendElements(
  machine: Machine,
  target: Variable,
  values: readonly Variable[],
): void {
  const array = literal(machine, target);
  unguardedItems(machine, array).push(...values);
  if (array.source !== null)
    machine.tracer.addEffect({
      kind: "call",
      callee: Array.prototype.push,
      receiver: array,
      args: values,
    });
}

export function appendHole(machine: Machine, target: Variable): void {
  const array = literal(machine, target);
  const items = unguardedItems(machine, array);
  items.push(null);
  if (array.source !== null)
    machine.tracer.addEffect({
      kind: "setProperty",
      target: array,
      key: "length",
      value: new ConstantVariable(items.length),
    });
}

/** The arguments of a call with a spread, which the bytecode gathers in an array. */
export function elementsOf(machine: Machine, target: Variable): readonly Variable[] {
  return arrayItems(machine, literal(machine, target)).map((item) => item ?? undefinedVariable);
}

function literal(machine: Machine, target: Variable): ArrayVariable {
  const array = machine.force(target);
  if (array.kind !== "array") throw new Error("an array literal is an array");
  return array;
}

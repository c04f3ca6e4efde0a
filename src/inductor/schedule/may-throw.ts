/** Which steps may fail for some data: nothing that happens before them in the program may come after. */
import { RuntimeScalar } from "../../core/runtime-scalar.ts";
import { type Expression, type ValueType, childrenOf } from "../../loops/expression.ts";
import type { Kernel } from "../../loops/kernel.ts";
import type { LaunchStep, ScalarValue, Step } from "../program.ts";

export function mayThrow(step: Step): boolean {
  switch (step.kind) {
    case "launch":
      return kernelMayThrow(step.kernel) || step.scalars.some(mayOverflow);
    case "template":
    case "chain":
      return step.scalars.some(mayOverflow);
    case "routine":
      return step.call.op.checksData || step.call.op.random;
    case "call":
      return true;
    case "version":
      return false;
  }
}

const throwing = new WeakMap<Kernel, boolean>();

function kernelMayThrow(kernel: LaunchStep["kernel"]): boolean {
  let known = throwing.get(kernel);
  if (known === undefined) {
    const roots = kernel.stages.flatMap((stage) => [
      ...stage.states.flatMap(({ initial, next }) => [initial, next]),
      ...stage.rows.map(({ value }) => value),
      ...stage.stores.flatMap(({ value, coordinates }) => [value, ...(coordinates ?? [])]),
    ]);
    known = anyThrows(roots);
    throwing.set(kernel, known);
  }
  return known;
}

function anyThrows(roots: readonly Expression[]): boolean {
  const seen = new Set<Expression>();
  const pending = [...roots];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.kind === "checkedIndex") return true;
    // Integers have no infinity to divide by zero to.
    if (next.kind === "arithmetic" && divisions.has(next.operation) && !isFloat(next.type))
      return true;
    pending.push(...childrenOf(next));
  }
  return false;
}

const divisions: ReadonlySet<string> = new Set([
  "div",
  "floorDivide",
  "quotient",
  "remainder",
  "fmod",
  "pow",
]);

const isFloat = (type: ValueType): boolean => type === "float32" || type === "float64";

/** A number of the program that does not fit an integer dtype is an error when it is converted. */
export function mayOverflow(scalar: ScalarValue): boolean {
  return scalar instanceof RuntimeScalar && scalar.converted?.category === "integer";
}

import { config } from "../config.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  type ForcedVariable,
  type Variable,
  describeForUser,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import { mayBeLate } from "./pending-text.ts";

export const isConsoleMethod = (fn: Function): boolean => Reflect.get(console, fn.name) === fn;

export const isRegisteredLogging = (fn: Function): boolean =>
  config.reorderable_logging_functions.has(fn) || config.ignore_logging_functions.has(fn);

/**
 * A function in `config.reorderable_logging_functions` is called after the graph of its segment, in program order with
 * the other effects; one in `ignore_logging_functions` is not called at all. Reordering wins if it is in both.
 */
export function callLogging(
  machine: Machine,
  fn: Function,
  thisValue: Variable,
  args: readonly Variable[],
): Variable {
  if (!config.reorderable_logging_functions.has(fn)) return undefinedVariable;
  for (const [index, arg] of args.entries()) {
    const value = machine.force(arg);
    if (canWait(value)) continue;
    const functionName = isConsoleMethod(fn) ? `console.${fn.name}` : fn.name;
    return breakGraph(
      "notReorderable",
      { functionName, argument: `argument ${index + 1}`, kind: describeForUser(value) },
      `call ${functionName}(${args.map((each) => describeVariable(machine.force(each))).join(", ")})`,
    );
  }
  for (const arg of args) {
    const value = machine.force(arg);
    if (value.kind === "template") mayBeLate(machine, value);
  }
  machine.tracer.addEffect({ kind: "log", callee: fn, receiver: thisValue, args });
  return undefinedVariable;
}

/** Tensors, primitives and strings made of them: their meaning does not change while they wait, tensors' data aside. */
const canWait = (value: ForcedVariable): boolean =>
  value.kind === "tensor" ||
  value.kind === "template" ||
  value.kind === "number" ||
  value.kind === "constant";

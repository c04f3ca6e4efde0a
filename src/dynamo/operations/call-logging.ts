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
import type { SideEffect } from "../side-effects.ts";
import { snapshotOf } from "./log-snapshot.ts";
import { mayBeLate } from "./pending-text.ts";

export const isConsoleMethod = (fn: Function): boolean => Reflect.get(console, fn.name) === fn;

export const isRegisteredLogging = (fn: Function): boolean =>
  config.reorderable_logging_functions.has(fn) || config.ignore_logging_functions.has(fn);

/**
 * A function in `config.reorderable_logging_functions` is called after the graph of its segment, in program order with
 * the other effects; one in `ignore_logging_functions` is not called at all. Reordering wins if it is in both.
 * What it shows is what was there at the call: objects made in the region are copied then, tensors that an operation
 * changes later are copied before that (see `keepLoggedTensors`). So the function does not get the very objects.
 */
export function callLogging(
  machine: Machine,
  fn: Function,
  thisValue: Variable,
  args: readonly Variable[],
): Variable {
  if (!config.reorderable_logging_functions.has(fn)) return undefinedVariable;
  const holdsMade = machine.tracer.effects.some(storesMadeObject);
  const snapshots = args.map((arg, index) => {
    const refuse = (value: ForcedVariable): never => {
      const functionName = isConsoleMethod(fn) ? `console.${fn.name}` : fn.name;
      return breakGraph(
        "notReorderable",
        { functionName, argument: `argument ${index + 1}`, kind: describeForUser(value) },
        `call ${functionName}(${args.map((each) => describeVariable(machine.force(each))).join(", ")})`,
      );
    };
    return snapshotOf(machine, arg, {
      tensor: (tensor) => tensor,
      // What the region put into it is written as it is in the end, and may change until then.
      outside: (value) => (holdsMade ? refuse(value) : value),
      refuse,
    });
  });
  for (const arg of args) {
    const value = arg.kind === "lazy" ? arg.forced : arg;
    if (value?.kind === "template") mayBeLate(machine, value);
  }
  machine.tracer.addEffect({ kind: "log", callee: fn, receiver: thisValue, args: snapshots });
  return undefinedVariable;
}

/** Whether the effect puts an object that the region made where others may see it. */
function storesMadeObject(effect: SideEffect): boolean {
  if (effect.kind === "setProperty" || effect.kind === "storeCell") return isMade(effect.value);
  return effect.kind === "call" && effect.args.some(isMade);
}

function isMade(variable: Variable): boolean {
  switch (variable.kind) {
    case "array":
    case "object":
    case "map":
    case "set":
      return variable.source === null;
    default:
      return variable.kind === "closure" || variable.kind === "bound";
  }
}

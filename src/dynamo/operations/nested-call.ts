import { InternalError } from "../../base/errors.ts";
import type { CallResult } from "../builtins/builtin.ts";
import type { Machine } from "../interpreter/machine.ts";
import { ProgramThrow } from "../interpreter/program-throw.ts";
import type { Variable } from "../variables/variable.ts";

/**
 * A call in the middle of an instruction, interpreted to its end. Nothing can go on in the middle of an instruction: if
 * the graph has to end inside the call, it ends before the instruction, which then runs natively.
 */
export function callNested(
  machine: Machine,
  callee: Variable,
  thisValue: Variable,
  args: readonly Variable[],
): Variable {
  return runNested(machine, () => machine.call(callee, thisValue, args));
}

/** Get (ECMA-262 §7.3.2) in the middle of an instruction; a getter runs to its end. */
export function getNested(machine: Machine, object: Variable, key: PropertyKey): Variable {
  return runNested(machine, () => machine.getProperty(object, key));
}

const nowhere: ReadonlySet<number> = new Set();

function runNested(machine: Machine, begin: () => CallResult): Variable {
  const { frames } = machine.tracer;
  const base = frames.length;
  const result = begin();
  if (result !== null) return result;
  machine.noteNested();
  const outcome = machine.options.interpret(machine, base, nowhere);
  switch (outcome.kind) {
    case "return":
      return outcome.value;
    case "throw":
      frames.length = base;
      throw new ProgramThrow(outcome.value);
    case "break":
      throw outcome.graphBreak;
    case "stopped":
      throw new InternalError("nothing was to stop the call");
  }
}

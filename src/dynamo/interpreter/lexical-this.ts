import type { Code } from "../bytecode/code.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "./machine.ts";
import type { FunctionSource } from "../source/function-source.ts";
import { ScopeAccessError } from "../source/source-unavailable.ts";
import { ConstantVariable, type Variable, undefinedVariable } from "../variables/variable.ts";

/** The `this` of an arrow function: fixed when it was made, so it needs no guard of its own. */
export function lexicalThis(machine: Machine, code: Code, source: FunctionSource): Variable {
  if (!code.usesThis) return undefinedVariable;
  let value: unknown;
  try {
    value = source.lexicalThis();
  } catch (error) {
    if (!(error instanceof ScopeAccessError)) throw error;
    return breakGraph(
      "unreachableOuterVariable",
      { variable: "this", why: error.message },
      `this of ${code.name}`,
    );
  }
  if ((typeof value === "object" && value !== null) || typeof value === "function")
    return machine.tracer.pinnedObject(value);
  return new ConstantVariable(value);
}

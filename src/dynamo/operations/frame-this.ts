import type { Code } from "../bytecode/code.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Variable } from "../variables/variable.ts";

/**
 * OrdinaryCallBindThis (ECMA-262 §10.2.1.2) for a function that is not an arrow: sloppy code sees the global object
 * where strict code sees undefined or null. The object around a primitive is the engine's business.
 */
export function frameThis(machine: Machine, code: Code, thisValue: Variable): Variable {
  if (code.isStrict || !code.usesThis) return thisValue;
  const value = machine.force(thisValue);
  if (value.kind === "constant" && (value.value === undefined || value.value === null)) {
    return machine.tracer.pinnedObject(globalThis);
  }
  if (value.kind === "constant" || value.kind === "number" || value.kind === "template") {
    return breakGraph(
      "unsupportedSyntax",
      { construct: "a primitive as `this` of a function that is not in strict mode" },
      "this of a sloppy function",
    );
  }
  return value;
}

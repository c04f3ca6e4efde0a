import { breakGraph } from "../graph-breaks/graph-break.ts";
import { type Variable, describeVariable } from "../variables/variable.ts";

/** Leaves a call of an engine function to the engine because of this value: its rule covers only ordinary ones. */
export const refuseBuiltin = (name: string, value: Variable): never =>
  breakGraph(
    "untraceableBuiltin",
    { functionName: name, argumentTypes: describeVariable(value), loggingFunction: null },
    `call ${name} on ${describeVariable(value)}`,
  );

import { resetReportedGraphBreaks } from "./graph-breaks/report-graph-break.ts";
import { counters } from "./counters.ts";
import { resetFunctionCode } from "./interpreter/function-code.ts";
import { resetStance } from "./stance.ts";
import type { CompiledFunction } from "./units/compiled-function.ts";

/** Every compiled function that is still in use, for `reset`. */
const compiledFunctions = new Set<WeakRef<CompiledFunction>>();

export function rememberCompiled(compiled: CompiledFunction): void {
  for (const reference of compiledFunctions)
    if (reference.deref() === undefined) compiledFunctions.delete(reference);
  compiledFunctions.add(new WeakRef(compiled));
}

/** `torch._dynamo.reset`: drops everything compiled, and the counters. Settings and logs stay as they are. */
export function reset(): void {
  for (const reference of compiledFunctions) reference.deref()?.reset();
  counters.clear();
  resetReportedGraphBreaks();
  resetFunctionCode();
  resetStance();
}

import { arePatchesPutAside, withBuiltinsOfProgram } from "../bytecode/pristine-builtins.ts";
import { describeBreak, GraphBreak } from "../graph-breaks/graph-break.ts";
import { describeGuard } from "../guards/guard.ts";
import type { Machine, StopAtStep } from "../interpreter/machine.ts";
import { compileGuards, type GuardFunction } from "./compiled-entry.ts";

/**
 * A capture made while the program's patches of built-ins are put aside holds for the program if its guards do, as it
 * would had the program patched later. The first guard that does not hold tells where the graph has to end instead.
 */
export function relianceOnPatch(
  { tracer, stop }: Machine,
  receiver: unknown,
  inputs: readonly unknown[],
): StopAtStep | null {
  if (!arePatchesPutAside()) return null;
  const { guards } = tracer.guards;
  const checks = guards.map((placed) => compileGuards([placed], inputs.length));
  const failing = withBuiltinsOfProgram(() => firstFailing(checks, receiver, inputs));
  const placed = failing === null ? undefined : guards[failing];
  const step = placed?.place?.step ?? -1;
  // Before the first instruction there is no place to end the graph: the entry is judged as a whole.
  if (placed === undefined || step < 0 || (stop !== null && step >= stop.step)) return null;
  const assumption = `\`${describeGuard(placed.guard)}\``;
  const reason = describeBreak("patchedBuiltin", { assumption }, "patched built-in");
  return { step, graphBreak: new GraphBreak(reason) };
}

function firstFailing(
  checks: readonly GuardFunction[],
  receiver: unknown,
  inputs: readonly unknown[],
): number | null {
  for (let index = 0; index < checks.length; index++)
    if (checks[index]?.(receiver, inputs) === false) return index;
  return null;
}

import { emit, isEnabled, warn } from "../../base/logging.ts";
import { config } from "../config.ts";
import { FailOnRecompileLimitHit, RecompileError } from "../exc.ts";
import { relativePath } from "../graph-breaks/relative-path.ts";
import type { GuardPlace } from "../guards/guard-set.ts";
import { placeOf } from "../interpreter/places.ts";
import type { Code } from "../bytecode/code.ts";
import {
  type CompiledFunctionPlace,
  type GuardFailure,
  type GuardSource,
  type Recompilation,
  type RecompileLimitHit,
  formatRecompile,
  formatRecompileLimit,
} from "../reports/format-recompile.ts";
import { explainFailure } from "./compiled-entry.ts";
import type { Unit } from "./unit.ts";
import { functionPlace } from "./function-place.ts";
import { userCallers } from "./user-stack.ts";

/** Records that no entry fits, and logs or forbids it: one line an entry says which guard failed. */
export function noteRecompile(unit: Unit, receiver: unknown, inputs: readonly unknown[]): void {
  const recompilation = recompilationOf(unit, receiver, inputs);
  if (isEnabled("recompiles")) emit("recompiles", formatRecompile(recompilation));
  if (config.error_on_recompile) throw new RecompileError(formatRecompile(recompilation));
  const hit = limitHit(unit, recompilation);
  if (hit === null) {
    unit.recompilations.push(recompilation);
    return;
  }
  unit.limitHit = hit;
  warn(formatRecompileLimit(hit));
}

/** Which guards of which entries do not hold for this call. */
export const recompilationOf = (
  unit: Unit,
  receiver: unknown,
  inputs: readonly unknown[],
): Recompilation => ({ ...placeOfUnit(unit), failures: failuresOf(unit, receiver, inputs) });

/** Whether the unit may not compile again, with the record that says so. */
function limitHit(unit: Unit, recompilation: Recompilation): RecompileLimitHit | null {
  const limit = unit.owner.options.recompileLimit ?? config.recompile_limit;
  if (unit.entries.length < limit) return null;
  const hit: RecompileLimitHit = {
    ...placeOfUnit(unit),
    limitName: "recompile_limit",
    limit,
    lastFailure: recompilation.failures[0] ?? null,
    stack: userCallers(),
  };
  if (unit.owner.options.fullgraph || config.fail_on_recompile_limit_hit)
    throw new FailOnRecompileLimitHit(formatRecompileLimit(hit));
  return hit;
}

function failuresOf(
  unit: Unit,
  receiver: unknown,
  inputs: readonly unknown[],
): readonly GuardFailure[] {
  return unit.entries.flatMap((entry): GuardFailure[] => {
    const failure = explainFailure(entry, receiver, inputs);
    if (failure === null) return [];
    return [
      {
        entry: `${unit.owner.id}/${entry.index}`,
        text: failure.text,
        source: placeOfGuard(failure.placed?.place),
      },
    ];
  });
}

/** The line that made an assumption. */
export function placeOfGuard(guardPlace: GuardPlace | null | undefined): GuardSource | null {
  if (guardPlace == null) return null;
  const place = placeOf(guardPlace.code as Code, guardPlace.pc); // guards are placed at instructions of codes
  if (place === null) return null;
  const { position } = place;
  return {
    functionName: place.functionName,
    file: relativePath(position.file),
    line: position.line,
    lineText: position.lineText ?? "",
  };
}

function placeOfUnit(unit: Unit): CompiledFunctionPlace {
  return { ...functionPlace(unit.owner.fn), functionName: unit.start.name };
}

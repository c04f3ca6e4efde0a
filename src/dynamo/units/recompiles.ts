import { emit, isEnabled, warn } from "../../base/logging.ts";
import { config } from "../config.ts";
import { FailOnRecompileLimitHit, RecompileError } from "../exc.ts";
import { relativePath } from "../graph-breaks/relative-path.ts";
import type { PlacedGuard } from "../guards/guard-set.ts";
import { placeOf } from "../interpreter/places.ts";
import type { Code } from "../bytecode/code.ts";
import {
  type CompiledFunctionPlace,
  type GuardFailure,
  type GuardSource,
  formatRecompile,
  formatRecompileLimit,
} from "../reports/format-recompile.ts";
import { explainFailure } from "./compiled-entry.ts";
import type { Unit } from "./unit.ts";
import { functionPlace } from "./function-place.ts";
import { userCallers } from "./user-stack.ts";

/** Logs (or forbids) that no entry fits: one line an entry says which guard failed. */
export function noteRecompile(unit: Unit, receiver: unknown, inputs: readonly unknown[]): void {
  if (!config.error_on_recompile && !isEnabled("recompiles")) return;
  const text = describeRecompile(unit, receiver, inputs);
  if (isEnabled("recompiles")) emit("recompiles", text);
  if (config.error_on_recompile) throw new RecompileError(text);
}

/** Which guards of which entries do not hold for this call. */
export const describeRecompile = (
  unit: Unit,
  receiver: unknown,
  inputs: readonly unknown[],
): string =>
  formatRecompile({ ...placeOfUnit(unit), failures: failuresOf(unit, receiver, inputs) });

/** Whether the unit may not compile again; says so once. */
export function reachedLimit(unit: Unit, receiver: unknown, inputs: readonly unknown[]): boolean {
  const limit = unit.owner.options.recompileLimit ?? config.recompile_limit;
  if (unit.entries.length < limit) return false;
  const text = formatRecompileLimit({
    ...placeOfUnit(unit),
    limitName: "recompile_limit",
    limit,
    lastFailure: failuresOf(unit, receiver, inputs)[0] ?? null,
    stack: userCallers(),
  });
  if (unit.owner.options.fullgraph || config.fail_on_recompile_limit_hit)
    throw new FailOnRecompileLimitHit(text);
  warn(text);
  return true;
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
        source: placeOfGuard(failure.placed),
      },
    ];
  });
}

export function placeOfGuard(placed: PlacedGuard | null): GuardSource | null {
  if (placed?.place == null) return null;
  const place = placeOf(placed.place.code as Code, placed.place.pc); // guards are placed at instructions of codes
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

import { compiledOf } from "./compiled-target.ts";
import { describeGuard } from "./guards/guard.ts";
import {
  type CompiledFunctionPlace,
  type Recompilation,
  type RecompileLimitHit,
  formatRecompile,
  formatRecompileLimit,
} from "./reports/format-recompile.ts";
import { type SizeReport, formatSizes } from "./reports/format-sizes.ts";
import { functionPlace } from "./units/function-place.ts";
import { sizeReports } from "./units/size-reports.ts";
import type { Unit } from "./units/unit.ts";

/** One compiled form of the function, or of a part that it goes on with after a graph break. */
export interface EntryStatus {
  /** Function number and entry number, as in logs: `0/1`. */
  readonly id: string;
  /** `fn`, or `torch_dynamo_resume_in_fn_at_6`. */
  readonly part: string;
  /** The operations of its graph; null where calls that fit run as plain JavaScript. */
  readonly operationCount: number | null;
  readonly guards: readonly string[];
  readonly sizes: readonly SizeReport[];
}

/** What a compiled function has come to. */
export interface CompiledStatus extends CompiledFunctionPlace {
  readonly entries: readonly EntryStatus[];
  /** Every time that no entry fitted, with the guards that failed. */
  readonly recompilations: readonly Recompilation[];
  /** The parts that may not compile again: calls that fit none of their entries run as plain JavaScript. */
  readonly limitsReached: readonly RecompileLimitHit[];
  /** Calls of the function and its parts that ran as plain JavaScript, whether for a limit, a stance or a skipped frame. */
  readonly nativeCallCount: number;
  toString(): string;
}

/**
 * `torch._dynamo.status(compiled)`: what a compiled function has compiled so far, why it had to compile again, which
 * sizes are static or dynamic, and whether anything runs uncompiled.
 *
 * @throws TypeError if `compiled` did not come from `torch.compile`.
 * @example
 * ```ts
 * const fn = torch.compile((x: torch.Tensor) => x.sin());
 * fn(torch.ones(3));
 * console.log(torch._dynamo.status(fn).entries.length); // 1
 * ```
 */
export function status(compiled: Function): CompiledStatus {
  const known = typeof compiled === "function" ? compiledOf(compiled) : null;
  if (known === null)
    throw new TypeError("torch._dynamo.status needs a function that torch.compile gave back");
  const { units } = known;
  const found: CompiledStatus = {
    ...functionPlace(known.fn),
    entries: units.flatMap(entriesOf),
    recompilations: units.flatMap(({ recompilations }) => recompilations),
    limitsReached: units.flatMap(({ limitHit }) => (limitHit === null ? [] : [limitHit])),
    nativeCallCount: units.reduce((count, { nativeCalls }) => count + nativeCalls, 0),
    toString: () => describe(found),
  };
  return found;
}

const entriesOf = ({ entries, start, owner }: Unit): EntryStatus[] =>
  entries
    .toSorted((a, b) => a.index - b.index)
    .map((entry) => ({
      id: `${owner.id}/${entry.index}`,
      part: start.name,
      operationCount: entry.operationCount,
      guards: entry.guards.map(({ guard }) => describeGuard(guard)),
      sizes: sizeReports(entry),
    }));

function describe(found: CompiledStatus): string {
  return [
    `${found.functionName} (${found.file}:${found.line})`,
    `Calls as plain JavaScript: ${found.nativeCallCount}`,
    ...found.entries.map(({ id, part, operationCount, guards, sizes }) =>
      [
        `Entry ${id} of ${part}: ${operationCount === null ? "plain JavaScript" : `${operationCount} operations`}, ${guards.length} guards`,
        ...(sizes.length > 0 ? [formatSizes(sizes)] : []),
      ].join("\n"),
    ),
    ...found.recompilations.map(formatRecompile),
    ...found.limitsReached.map(formatRecompileLimit),
  ].join("\n");
}

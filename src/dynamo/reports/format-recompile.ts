import { describeBreak } from "../graph-breaks/graph-break.ts";
import { formatFrames } from "../graph-breaks/user-frame.ts";
import type { UserFrame } from "../graph-breaks/user-frame.ts";

/** The function that a report is about, and where it is defined. */
export interface CompiledFunctionPlace {
  readonly functionName: string;
  readonly file: string;
  readonly line: number;
}

/** The first guard of one compiled entry that did not hold. */
export interface GuardFailure {
  /** Which compilation made the entry: function number and entry number, `0/1`. */
  readonly entry: string;
  /** What was wrong, as in `tensor 'x' size mismatch at index 0. expected 3, actual 4`. */
  readonly text: string;
  /** The line of the user's program that needed the guard. */
  readonly source: GuardSource | null;
}

export interface GuardSource extends CompiledFunctionPlace {
  readonly lineText: string;
}

export interface Recompilation extends CompiledFunctionPlace {
  /** One a compiled entry, newest first. */
  readonly failures: readonly GuardFailure[];
}

export interface RecompileLimitHit extends CompiledFunctionPlace {
  /** The flag that holds the limit. */
  readonly limitName: string;
  readonly limit: number;
  readonly lastFailure: GuardFailure | null;
  readonly stack: readonly UserFrame[];
}

/** The record of `TORCH_LOGS=recompiles`. */
export function formatRecompile(recompilation: Recompilation): string {
  return [
    `Recompiling function ${formatPlace(recompilation)}`,
    "    triggered by the following guard failure(s):",
    ...recompilation.failures.map((failure) => `    - ${formatFailure(failure)}`),
  ].join("\n");
}

/** The warning when a function has as many compiled entries as it may have. */
export function formatRecompileLimit(hit: RecompileLimitHit): string {
  const lines = [
    `torch._dynamo hit config.${hit.limitName} (${hit.limit})`,
    `   function: '${hit.functionName}' (${hit.file}:${hit.line})`,
  ];
  if (hit.lastFailure !== null) lines.push(`   last reason: ${formatFailure(hit.lastFailure)}`);
  if (hit.stack.length > 0) lines.push("User stack trace:", formatFrames(hit.stack));
  const { limitName, limit } = hit;
  const { explanation, hints } = describeBreak(
    "recompileLimit",
    { limitName, limit: String(limit) },
    "",
  );
  lines.push(explanation, ...hints.map((hint) => `  Hint: ${hint}`));
  return lines.join("\n");
}

/** `  # <source line>  # FILE:LINE in f`, or nothing where the line is not known. */
export function formatGuardSource(source: GuardSource | null): string {
  if (source === null) return "";
  return `  # ${source.lineText.trim()}  # ${source.file}:${source.line} in ${source.functionName}`;
}

function formatPlace({ functionName, file, line }: CompiledFunctionPlace): string {
  return `${functionName} in ${file}:${line}`;
}

function formatFailure({ entry, text, source }: GuardFailure): string {
  return `${entry}: ${text}${formatGuardSource(source)}`;
}

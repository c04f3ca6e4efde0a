import type { GraphBreakReason } from "./graph-break.ts";
import { collapseResumeFrames, formatFrames, formatLocation } from "./user-frame.ts";
import type { UserFrame } from "./user-frame.ts";

/** One graph break that happened: why, and where in the user's program. */
export interface GraphBreakRecord {
  readonly reason: GraphBreakReason;
  /** Breaks that came up while this one was being handled. */
  readonly chained: readonly GraphBreakReason[];
  /** The operator being captured, when the break lies in a function given to one: `torch.cond`. */
  readonly higherOrderOperator: string | null;
  /** The calls that led to the compiled function, outermost first. */
  readonly callers: readonly UserFrame[];
  /** The compiled function and the calls traced into, outermost first; the last one holds the break. */
  readonly stack: readonly UserFrame[];
  /** The whole frame runs natively for calls like this one, instead of going on behind the break. */
  readonly skipsFrame: boolean;
}

/** What a record needs beyond its reason; the rest has defaults. */
export type GraphBreakCircumstances = Partial<Omit<GraphBreakRecord, "reason">>;

export function graphBreakRecord(
  reason: GraphBreakReason,
  {
    stack = [],
    callers = [],
    chained = [],
    higherOrderOperator = null,
    skipsFrame = false,
  }: GraphBreakCircumstances = {},
): GraphBreakRecord {
  return Object.freeze({ reason, chained, higherOrderOperator, callers, stack, skipsFrame });
}

/** The full text of a record, as `TORCH_LOGS=graph_breaks` prints it. */
export function formatGraphBreak(record: GraphBreakRecord): string {
  const stack = collapseResumeFrames([...record.callers, ...record.stack]);
  const lines = [
    `Graph break${locationPhrase(record)}`,
    `Graph Break Reason: ${formatReason(record)}`,
  ];
  if (stack.length > 0) lines.push("", "User code traceback:", formatFrames(stack));
  return lines.join("\n");
}

/** The text of a record whose place has been shown before: everything but the stack. */
export function formatDuplicateGraphBreak(record: GraphBreakRecord): string {
  const suppressed = "Graph break (user stack suppressed due to duplicate graph break)";
  return `${suppressed}${locationPhrase(record)}\nGraph Break Reason: ${formatReason(record)}`;
}

/** Title, explanation, hints and context, with those of chained breaks behind. */
export function formatReason({ reason, chained, higherOrderOperator }: GraphBreakRecord): string {
  const separator =
    "\n\n*** While handling this graph break, another graph break occurred: ***\n\n";
  const [first = "", ...rest] = [reason, ...chained].map(coreLines);
  const marked =
    higherOrderOperator === null
      ? first
      : first.replace("\n", `\n  Higher Order Operator: ${higherOrderOperator}\n`);
  return [marked, ...rest].join(separator);
}

/** A record as plain data, for JSON reports. */
export function graphBreakToJSON(record: GraphBreakRecord) {
  const { key, id, title, explanation, hints, context } = record.reason;
  return {
    id,
    key,
    title,
    explanation,
    hints: [...hints],
    context,
    higherOrderOperator: record.higherOrderOperator,
    chained: record.chained.map((reason) => ({ ...reason, hints: [...reason.hints] })),
    callers: record.callers.map((frame) => ({ ...frame })),
    stack: collapseResumeFrames(record.stack).map((frame) => ({ ...frame })),
  };
}

function locationPhrase({ stack }: GraphBreakRecord): string {
  const leaf = stack.at(-1);
  return leaf === undefined ? "" : ` in user code at ${formatLocation(leaf)}`;
}

function coreLines({ title, explanation, hints, context }: GraphBreakReason): string {
  const lines = [
    title,
    `  Explanation: ${continued(explanation)}`,
    ...hints.map((hint) => `  Hint: ${continued(hint)}`),
  ];
  if (context !== "") lines.push("", `  Developer debug context: ${continued(context)}`);
  return lines.join("\n");
}

function continued(text: string): string {
  return text.replaceAll("\n", "\n    ");
}

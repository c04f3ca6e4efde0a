import type { NodeSource } from "../../fx/node.ts";
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
  /** Which of the operator's functions the break lies in: `true_fn`; null where it is about the call itself. */
  readonly higherOrderFunction: string | null;
  /** The calls that led to the compiled function, outermost first. */
  readonly callers: readonly UserFrame[];
  /** The compiled function and the calls traced into, outermost first; the last one holds the break. */
  readonly stack: readonly UserFrame[];
  /** The whole frame runs natively for calls like this one, instead of going on behind the break. */
  readonly skipsFrame: boolean;
  /** The operations that gave the data that the break is about, in program order. */
  readonly computation: readonly ComputationStep[];
  /** What the break costs; null where it is an error. */
  readonly cost: BreakCost | null;
  /** How the program would have to be written, where that can be told mechanically. Found out when asked for. */
  readonly rewrite: Rewrite | null;
}

/** One operation of the graph, and the line that it comes from. */
export interface ComputationStep {
  readonly operation: string;
  readonly source: NodeSource | null;
}

export interface BreakCost {
  /** Operations captured before the break. They run as a graph of their own; with `skipsFrame` they are given up. */
  readonly operationsBefore: number;
  /** Operations in the graph that the program went on in; null until one was captured. */
  readonly operationsAfter: number | null;
  /** What runs as plain JavaScript. */
  readonly native: string;
}

/** A change of the user's file that avoids a break. */
export interface Rewrite {
  readonly description: string;
  /** For `git apply` in the working directory of the process. */
  readonly diff: string;
}

/** What a record needs beyond its reason; the rest has defaults. */
export type GraphBreakCircumstances = Partial<Omit<GraphBreakRecord, "reason" | "rewrite">> & {
  readonly findRewrite?: () => Rewrite | null;
};

export function graphBreakRecord(
  reason: GraphBreakReason,
  {
    stack = [],
    callers = [],
    chained = [],
    higherOrderOperator = null,
    higherOrderFunction = null,
    skipsFrame = false,
    computation = [],
    cost = null,
    findRewrite = () => null,
  }: GraphBreakCircumstances = {},
): GraphBreakRecord {
  let rewrite: Rewrite | null | undefined;
  return Object.freeze({
    reason,
    chained,
    higherOrderOperator,
    higherOrderFunction,
    callers,
    stack,
    skipsFrame,
    computation,
    cost,
    get rewrite() {
      return (rewrite ??= findRewrite());
    },
  });
}

/** The full text of a record, as `TORCH_LOGS=graph_breaks` prints it. */
export function formatGraphBreak(record: GraphBreakRecord): string {
  const stack = collapseResumeFrames([...record.callers, ...record.stack]);
  const lines = [
    `Graph break${locationPhrase(record)}`,
    `Graph Break Reason: ${formatReason(record)}`,
  ];
  if (record.cost !== null) lines.push("", formatCost(record.cost, record.skipsFrame));
  if (stack.length > 0) lines.push("", "User code traceback:", formatFrames(stack));
  return lines.join("\n");
}

/** The diff under a heading that `git apply` passes over. */
export const formatRewrite = ({ description, diff }: Rewrite): string =>
  `Rewrite: ${description}\n${diff.trimEnd()}`;

/** What the program pays for a break, in one line. */
function formatCost(cost: BreakCost, skipsFrame: boolean): string {
  const { operationsBefore: before, operationsAfter: after, native } = cost;
  if (skipsFrame)
    return `Cost: ${native} runs as plain JavaScript; ${countOf(before)} captured before the break ${before === 1 ? "is" : "are"} given up.`;
  const rest =
    after === null ? "what follows is captured anew" : `${countOf(after)} in the graph behind it`;
  return `Cost: ${countOf(before)} in the graph before the break; ${native} runs as plain JavaScript; ${rest}.`;
}

const countOf = (operations: number): string =>
  operations === 1 ? "1 operation" : `${operations} operations`;

/** The text of a record whose place has been shown before: everything but the stack. */
export function formatDuplicateGraphBreak(record: GraphBreakRecord): string {
  const suppressed = "Graph break (user stack suppressed due to duplicate graph break)";
  return `${suppressed}${locationPhrase(record)}\nGraph Break Reason: ${formatReason(record)}`;
}

/** Title, explanation, hints and context, with those of chained breaks behind. */
export function formatReason(record: GraphBreakRecord): string {
  const { reason, chained, higherOrderOperator, higherOrderFunction, computation } = record;
  const separator =
    "\n\n*** While handling this graph break, another graph break occurred: ***\n\n";
  const first = coreLines(reason, computation);
  const rest = chained.map((each) => coreLines(each, []));
  const marked =
    higherOrderOperator === null
      ? first
      : first.replace(
          "\n",
          `\n  Higher Order Operator: ${higherOrderOperator}${higherOrderFunction === null ? "" : ` (${higherOrderFunction})`}\n`,
        );
  return [marked, ...rest].join(separator);
}

/** A record as plain data, for JSON reports. */
export function graphBreakToJSON(record: GraphBreakRecord) {
  const { key, id, title, explanation, hints, context, facts } = record.reason;
  return {
    id,
    key,
    title,
    explanation,
    facts: { ...facts },
    hints: [...hints],
    context,
    higherOrderOperator: record.higherOrderOperator,
    higherOrderFunction: record.higherOrderFunction,
    chained: record.chained.map((reason) => ({ ...reason, hints: [...reason.hints] })),
    computation: record.computation.map(({ operation, source }) => ({
      operation,
      source: source === null ? null : plainSource(source),
    })),
    cost: record.cost === null ? null : { ...record.cost },
    skipsFrame: record.skipsFrame,
    rewrite: record.rewrite,
    callers: record.callers.map((frame) => ({ ...frame })),
    stack: collapseResumeFrames(record.stack).map((frame) => ({ ...frame })),
  };
}

const plainSource = ({ file, line, functionName, code }: NodeSource): NodeSource => ({
  file,
  line,
  functionName,
  code,
});

function locationPhrase({ stack }: GraphBreakRecord): string {
  const leaf = stack.at(-1);
  return leaf === undefined ? "" : ` in user code at ${formatLocation(leaf)}`;
}

function coreLines(
  { title, explanation, hints, context }: GraphBreakReason,
  computation: readonly ComputationStep[],
): string {
  const lines = [
    title,
    `  Explanation: ${continued(explanation)}`,
    ...computationLines(computation),
    ...hints.map((hint) => `  Hint: ${continued(hint)}`),
  ];
  if (context !== "") lines.push("", `  Developer debug context: ${continued(context)}`);
  return lines.join("\n");
}

/** Each line of the program once, with the operations that come from it. */
function computationLines(computation: readonly ComputationStep[]): readonly string[] {
  if (computation.length === 0) return [];
  let place = "";
  const lines = computation.flatMap(({ operation, source }) => {
    const line = source === null ? "" : `${source.file}:${source.line}  ${source.code.trim()}`;
    const heading = line === place || line === "" ? [] : [`    ${line}`];
    place = line;
    return [...heading, `        ${operation}`];
  });
  return ["  The data comes from:", ...lines];
}

function continued(text: string): string {
  return text.replaceAll("\n", "\n    ");
}

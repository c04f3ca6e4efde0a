import { isEnabled } from "../../base/logging.ts";
import { withBuiltinsOfProgram } from "../bytecode/pristine-builtins.ts";
import { counters, increment } from "../counters.ts";
import { Unsupported } from "../exc.ts";
import type { GraphBreak } from "../graph-breaks/graph-break.ts";
import {
  type BreakCost,
  type GraphBreakRecord,
  graphBreakRecord,
} from "../graph-breaks/graph-break-record.ts";
import { reportGraphBreak, warnAboutItem } from "../graph-breaks/report-graph-break.ts";
import { branchAt } from "../healing/branch-instruction.ts";
import { computationOf } from "../interpreter/computation-of.ts";
import type { Machine } from "../interpreter/machine.ts";
import { displayName } from "../interpreter/places.ts";
import { hasGraphBreakListeners, notifyGraphBreak } from "../on-graph-break.ts";
import { rewriteFinder } from "../rewrites/find-rewrite.ts";
import type { Unit } from "./unit.ts";
import { userCallers, userStack } from "./user-stack.ts";

/**
 * Tells everybody who wants to know of a graph break; `skipsFrame` if the whole frame runs natively. The machine stands
 * before the instruction that broke the graph.
 *
 * @throws Unsupported where graph breaks are errors.
 */
export function reportBreak(
  unit: Unit,
  machine: Machine,
  graphBreak: GraphBreak,
  skipsFrame: boolean,
): CostSoFar {
  const { frames, rootGraph } = machine.tracer;
  const native = skipsFrame ? wholeFunction(unit, machine) : nativePart(machine);
  const cost = new CostSoFar(rootGraph.callCount, native);
  const record = recordOf(unit, machine, graphBreak, skipsFrame, cost);
  const isFullgraph = unit.owner.options.fullgraph || frames.some((frame) => frame.isFullgraph);
  // The program is wrong, with or without a graph: it fails natively, as it would have.
  if (isFullgraph && !skipsFrame && errorsOfProgram.has(graphBreak.reason.key))
    cost.refuseToGoOn(record);
  else if (isFullgraph) throw new Unsupported(record);
  // The innermost setting counts.
  if (frames.findLast((frame) => frame.breakPolicy !== null)?.breakPolicy === "error")
    throw new Unsupported(record);
  if (graphBreak.reason.key === "tensorItem")
    warnAboutItem("Tensor.item()", record.stack.slice(-1));
  increment(counters.unimplemented, graphBreak.reason.title);
  reportGraphBreak(record);
  withBuiltinsOfProgram(() => notifyGraphBreak(record));
  unit.owner.noteBreak(record);
  return cost;
}

/** The call fails in eager, too, with the same error: no other way to write the program would make it a graph. */
const errorsOfProgram: ReadonlySet<string> = new Set(["fakeCallTypeError", "resultTooLarge"]);

/** What a break costs; how much follows it is known once that has been captured. */
export class CostSoFar implements BreakCost {
  readonly operationsBefore: number;
  readonly native: string;
  operationsAfter: number | null = null;
  #refusal: GraphBreakRecord | null = null;

  constructor(operationsBefore: number, native: string) {
    this.operationsBefore = operationsBefore;
    this.native = native;
  }

  /** Where graph breaks are errors, what follows one that was to fail natively is an error. */
  refuseToGoOn(record: GraphBreakRecord): void {
    this.#refusal = record;
  }

  get refusal(): GraphBreakRecord | null {
    return this.#refusal;
  }

  noteAfter(operations: number): void {
    this.operationsAfter ??= operations;
  }
}

function recordOf(
  unit: Unit,
  machine: Machine,
  graphBreak: GraphBreak,
  skipsFrame: boolean,
  cost: BreakCost,
): GraphBreakRecord {
  const { owner, start } = unit;
  const isWatched =
    isEnabled("graph_breaks") ||
    isEnabled("graph_breaks_json") ||
    hasGraphBreakListeners() ||
    owner.isExplaining ||
    owner.options.fullgraph;
  return graphBreakRecord(graphBreak.reason, {
    callers: isWatched ? userCallers() : [],
    stack: userStack(machine.tracer.frames, start.name, owner.isRoot(unit)),
    skipsFrame,
    cost,
    computation: isWatched ? computationOf(graphBreak.subject) : [],
    findRewrite: rewriteFinder(machine, graphBreak),
  });
}

function wholeFunction({ start }: Unit, { tracer }: Machine): string {
  const [frame] = tracer.frames;
  return `\`${frame === undefined ? start.name : displayName(frame.code)}\``;
}

/** The text of what runs natively at a break. */
function nativePart(machine: Machine): string {
  const { code, pc } = machine.tracer.frame;
  const text = `\`${machine.expressionText()}\``;
  return branchAt(code, pc) === null ? text : `the choice by ${text}`;
}

import type { NumberLeaf, Variable } from "../variables/variable.ts";
import { nextBirth } from "../variables/variable.ts";
import type { Expression } from "../../symbolic/expression.ts";
import type { Frame } from "../interpreter/frame.ts";
import { GraphRecorder } from "../interpreter/graph-recorder.ts";
import type { Machine } from "../interpreter/machine.ts";
import { runUntil } from "../interpreter/run-machine.ts";
import { refuse, Unhealed, unhealedBy } from "./unhealed.ts";

/** A data-dependent loop whose body is being captured: where an iteration ends. */
export interface LoopExits {
  /** The branch that goes on with the next iteration or leaves the loop. */
  readonly branch: number;
  /** Where the loop is left to. */
  readonly after: number;
  /** The value of the condition that leaves the loop. */
  readonly leavesWhen: boolean;
}

/** What is going on while one side of a branch is captured. */
export interface SideContext {
  /** How many frames lie below the one that branches. */
  readonly depth: number;
  readonly nesting: number;
  /** Where the frame may end besides the side's own join, because a side around it ends there. */
  readonly stops: ReadonlySet<number>;
  readonly loop: LoopExits | null;
  /** Branches of loops that are being unrolled, how many times each. */
  readonly unrolled: ReadonlyMap<number, number>;
}

/** How one side ended. The frame is a copy, as the side left it. */
export type Ending =
  | { readonly kind: "return"; readonly value: Variable }
  | { readonly kind: "stopped"; readonly pc: number };

/** One side of a branch, in a graph of its own that is still open. */
export interface Side {
  readonly recorder: GraphRecorder;
  readonly birth: number;
  readonly frame: Frame;
  readonly ending: Ending;
}

/** Sides within sides; each is some frames of the compiler's own stack. */
const deepest = 100;
/** What follows a branch may have to be captured once for each of its sides: that can be more than there is time for. */
const mostSides = 1000;

/**
 * Interprets from `pc` on a copy of the current frame, into a graph of its own, until it gets to one of the stops or
 * returns. The machine is as it was afterwards. Nothing that was there before may change: else it is refused.
 */
export function captureSide(
  machine: Machine,
  way: {
    readonly pc: number;
    readonly stack: readonly Variable[];
    readonly known: { readonly condition: Expression<NumberLeaf>; readonly truth: boolean } | null;
    readonly stops: ReadonlySet<number>;
    readonly loop: LoopExits | null;
    readonly unrolling: number | null;
    /** Gives locals other values, once the side's graph is open. */
    readonly prepare?: (frame: Frame, recorder: GraphRecorder) => void;
  },
): Side {
  const { tracer } = machine;
  const { frame: original, frames, graph, branch, assumptions } = tracer;
  const around = machine.side;
  const depth = frames.length - 1;
  const isSameFrame = around !== null && around.depth === depth;
  const nesting = (around?.nesting ?? 0) + 1;
  if (nesting > deepest)
    refuse(machine, "limit", `${deepest} branches on data lie within each other here.`);
  if (machine.sideCount >= mostSides)
    refuse(
      machine,
      "limit",
      `${mostSides} sides of branches on data have been captured before this one.`,
    );
  machine.sideCount += 1;
  const recorder = new GraphRecorder(graph);
  const frame = original.copy();
  frame.pc = way.pc;
  frame.stack = [...way.stack];
  const unrolled = new Map(isSameFrame ? around.unrolled : []);
  if (way.unrolling !== null) unrolled.set(way.unrolling, (unrolled.get(way.unrolling) ?? 0) + 1);
  const stops = new Set([...way.stops, ...(isSameFrame ? around.stops : [])]);
  const loop = way.loop ?? (isSameFrame ? around.loop : null);
  way.prepare?.(frame, recorder);
  // What was prepared counts as there before: it may be of what was.
  const birth = nextBirth();
  for (const [slot, local] of frame.locals.entries())
    if (local?.kind === "cursor") frame.locals[slot] = local.copy() ?? local;
  frames[depth] = frame;
  tracer.graph = recorder;
  tracer.branch = { operator: "the torch.cond of this branch", birth };
  tracer.assumptions = assumptions.fork();
  if (way.known !== null) tracer.assumptions.addTruth(way.known.condition, way.known.truth);
  machine.side = { depth, nesting, stops, loop, unrolled };
  try {
    const outcome = runUntil(machine, depth, stops);
    switch (outcome.kind) {
      case "break":
        throw outcome.graphBreak;
      case "throw":
        return refuse(machine, "statement", "It throws an error, which a graph cannot do.");
      default:
        return { recorder, birth, frame, ending: outcome };
    }
  } catch (error) {
    const unhealed = unhealedBy(machine, error);
    if (unhealed === null) throw error;
    frames.length = depth;
    frames.push(original);
    throw new Unhealed(machine, unhealed.kind, unhealed.obstacle);
  } finally {
    frames.length = depth;
    frames.push(original);
    tracer.graph = graph;
    tracer.branch = branch;
    tracer.assumptions = assumptions;
    machine.side = around;
  }
}

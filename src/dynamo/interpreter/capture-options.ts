import type { Next } from "../bytecode/instructions/symbolic-rule.ts";
import type { Frame } from "./frame.ts";
import type { Machine } from "./machine.ts";
import type { Outcome, Stopped } from "./outcome.ts";

/** What a compiled function was asked for, read when a capture begins. */
export interface CaptureOptions {
  readonly fullgraph: boolean;
  captureScalarOutputs(): boolean;
  /** Makes an operator of the graph of a branch on data; null: the next instruction is none, or it is not wanted. */
  healBranch(machine: Machine, frame: Frame): Next | null;
  /** Runs the frame above `base` to its end, or to one of these instructions of it. */
  interpret(machine: Machine, base: number, stops: ReadonlySet<number>): Outcome | Stopped;
  /** Whether operators whose result sizes depend on data stay in the graph. */
  captureDynamicOutputShapes(): boolean;
}

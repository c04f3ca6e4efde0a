/** One instruction, run natively: what residual code does at a graph break. */

import type { Code } from "../code.ts";
import { successors } from "../lower/stack-depth.ts";
import { compileContinuation, type Continuation, type FrameState, resume } from "./run.ts";

/** Where control may be after the instruction at `pc`, exceptions included. */
function pcsAfter(code: Code, pc: number): ReadonlySet<number> {
  const instruction = code.instructions[pc];
  if (instruction === undefined) throw new Error(`no instruction at pc ${pc}`);
  const after = successors(instruction, pc).map((to) => to.pc);
  const region = code.regionAt(pc);
  return new Set(region === null ? after : [...after, region.handler]);
}

/** How one instruction ended. An error that no handler of the frame takes is thrown. */
export type StepResult =
  | { readonly kind: "next"; readonly frame: FrameState }
  | { readonly kind: "returned"; readonly value: unknown };

/** Handed through a continuation's result; no user value can be one. */
class Arrival {
  readonly frame: FrameState;

  constructor(frame: FrameState) {
    this.frame = frame;
  }
}

/** Compiles the instruction at `pc` into a function from the frame before it to the frame after it. */
export function compileStep(
  code: Code,
  pc: number,
  globalNames: ReadonlySet<string> = new Set(),
): (frame: FrameState) => StepResult {
  const arrive = (frame: FrameState): Arrival => new Arrival(frame);
  const step: Continuation = compileContinuation(
    code,
    pc,
    { globalNames, splitAt: pcsAfter(code, pc) },
    arrive,
  );
  return (frame) => {
    const result = resume(step, frame);
    return result instanceof Arrival
      ? { kind: "next", frame: result.frame }
      : { kind: "returned", value: result };
  };
}

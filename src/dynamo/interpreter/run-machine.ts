import { InternalError } from "../../base/errors.ts";
import type { Next } from "../bytecode/instructions/symbolic-rule.ts";
import { frameInstructions } from "../bytecode/instructions/frame.ts";
import { recordOf } from "../bytecode/instructions/table.ts";
import { config } from "../config.ts";
import { GraphBreak } from "../graph-breaks/graph-break.ts";
import { breakGraph, describeBreak } from "../graph-breaks/graph-break.ts";
import type { Variable } from "../variables/variable.ts";
import { type Frame, stackAfterReturn } from "./frame.ts";
import { findHandler } from "./find-handler.ts";
import type { Machine } from "./machine.ts";
import type { Outcome, Stopped } from "./outcome.ts";
import { ProgramThrow } from "./program-throw.ts";
import { SymbolicInterpreter } from "./symbolic-interpreter.ts";

/** Beyond this many instructions a capture is a loop unrolled too far: the rest runs natively. */
const instructionBudget = 200_000;

/** Interprets until the frame above `base` is left or an instruction cannot be captured. */
export function runMachine(machine: Machine, base = 0): Outcome {
  const outcome = run(machine, base, null);
  if (outcome.kind === "stopped") throw new InternalError("nothing was to stop the machine");
  return outcome;
}

/** The same, but also ends where the frame above `base` is about to run one of these instructions. */
export function runUntil(
  machine: Machine,
  base: number,
  stops: ReadonlySet<number>,
): Outcome | Stopped {
  return run(machine, base, stops);
}

function run(machine: Machine, base: number, stops: ReadonlySet<number> | null): Outcome | Stopped {
  for (let count = 0; ; count++) {
    const { frame, frames } = machine.tracer;
    if (stops !== null && frames.length === base + 1 && stops.has(frame.pc))
      return { kind: "stopped", pc: frame.pc };
    const depth = frames.length;
    const stack = frame.stack.slice();
    let next: Next;
    try {
      if (base === 0 && stops === null && canBreakAt(frame)) {
        machine.tracer.lastStep = count;
        const { stop } = machine;
        if (count === stop?.step) throw stop.graphBreak;
        if (wantsBreak(frame.pc)) throw forcedBreak();
      }
      if (count >= instructionBudget)
        breakGraph(
          "traceTooLong",
          { limit: `${instructionBudget} instructions`, place: null },
          "trace too long",
        );
      next = machine.options.healBranch(machine, frame) ?? step(machine, frame);
    } catch (error) {
      if (!(error instanceof GraphBreak) && !(error instanceof ProgramThrow)) throw error;
      frames.length = depth;
      frame.stack = stack;
      if (error instanceof GraphBreak) return { kind: "break", graphBreak: error };
      next = { throw: error.value };
    }
    const outcome = follow(machine, frame, next, base);
    if (outcome !== null) return outcome;
  }
}

function wantsBreak(pc: number): boolean {
  const { debug_break_everywhere, debug_break_every } = config;
  return debug_break_everywhere || (debug_break_every > 0 && pc % debug_break_every === 0);
}

const forcedBreak = (): GraphBreak =>
  new GraphBreak(
    describeBreak("userGraphBreak", { message: "debug_break_everywhere" }, "every instruction"),
    true,
  );

/**
 * Ways out of a frame and jumps are no places to stop: what they lead to is. What reads the call of the frame cannot
 * break by itself.
 */
function canBreakAt(frame: Frame): boolean {
  const op = frame.code.instructions[frame.pc]?.op;
  return op !== undefined && op !== "jump" && op !== "return" && !(op in frameInstructions);
}

function step(machine: Machine, frame: Frame): Next {
  const instruction = frame.code.instructions[frame.pc];
  if (instruction === undefined) throw new Error(`${frame.code.name} ran off its end`);
  return recordOf(instruction.op).run(new SymbolicInterpreter(machine, frame), instruction);
}

function follow(machine: Machine, frame: Frame, next: Next, base: number): Outcome | null {
  if (next === undefined) {
    frame.pc += 1;
    return null;
  }
  if ("jump" in next) {
    frame.pc = next.jump;
    return null;
  }
  return "return" in next ? leave(machine, next.return, base) : raise(machine, next.throw, base);
}

function leave(machine: Machine, value: Variable, base: number): Outcome | null {
  const { frames } = machine.tracer;
  const left = frames.pop();
  const caller = frames.at(-1);
  if (base > 0 && frames.length === base) return { kind: "return", value };
  if (caller === undefined || left === undefined) {
    if (left !== undefined) frames.push(left); // places of guards made while rebuilding the result
    return { kind: "return", value };
  }
  caller.stack = stackAfterReturn(left.returnMode, caller.stack, resultOf(machine, left, value));
  return null;
}

function raise(machine: Machine, value: Variable, base: number): Outcome | null {
  const { frames } = machine.tracer;
  const handler = findHandler(frames);
  if (handler === null || handler.depth < base) return { kind: "throw", value };
  frames.length = handler.depth + 1;
  const { frame } = machine.tracer;
  frame.stack.length = handler.region.depth;
  frame.push(value);
  frame.pc = handler.region.handler;
  return null;
}

/** `new` gives the object it made unless the constructor returns another (ECMA-262 §10.2.2 step 10). */
function resultOf(machine: Machine, left: Frame, value: Variable): Variable {
  if (left.returnMode !== "construct") return value;
  const returned = machine.force(value);
  const isPrimitive =
    returned.kind === "number" ||
    returned.kind === "template" ||
    (returned.kind === "constant" &&
      (typeof returned.value !== "object" || returned.value === null));
  return isPrimitive ? left.thisValue : returned;
}

import type { Frame } from "./frame.ts";
import type { Op } from "../bytecode/instructions/table.ts";

/** Instructions that run nothing of the program when their operands are numbers. */
const harmless: ReadonlySet<Op> = new Set<Op>([
  "pushConstant",
  "loadLocal",
  "checkInitialized",
  "binary",
  "unary",
  "toNumeric",
]);
const branches: ReadonlySet<Op> = new Set<Op>([
  "jumpIfTrue",
  "jumpIfFalse",
  "jumpIfTrueOrPop",
  "jumpIfFalseOrPop",
]);

/**
 * Whether the value that the current instruction is about to push is only compared and then branched on or returned.
 * Looks at straight code after the current instruction, and on in the callers when the frame returns.
 */
export function onlyDecidesOrReturns(frames: readonly Frame[]): boolean {
  for (let depth = frames.length - 1; depth >= 0; depth--) {
    const frame = frames[depth];
    if (frame === undefined) return false;
    const start = depth === frames.length - 1 ? frame.pc + 1 : frame.pc;
    const end = firstInteresting(frame, start);
    if (end === "branch") return true;
    if (end !== "return") return false;
    if (frame.returnMode !== "push") return false;
    // Returned through a region that may run user code (finally) is not straight on.
    if (frame.code.regionAt(frame.pc) !== null) return false;
  }
  return true;
}

/** `height`: how many operands from the value upwards; the value must be what is branched on, not something above it. */
function firstInteresting(frame: Frame, start: number): "branch" | "return" | "other" {
  let height = 1;
  for (let pc = start; pc < frame.code.instructions.length; pc++) {
    const instruction = frame.code.instructions[pc];
    if (instruction === undefined) return "other";
    if (branches.has(instruction.op)) return height === 1 ? "branch" : "other";
    if (instruction.op === "return") return height === 1 ? "return" : "other";
    if (!harmless.has(instruction.op)) return "other";
    if (instruction.op === "pushConstant" || instruction.op === "loadLocal") height += 1;
    if (instruction.op === "binary") height = Math.max(1, height - 1);
  }
  return "other";
}

import type { Code } from "../bytecode/code.ts";
import type { Frame } from "../interpreter/frame.ts";
import type { Variable } from "../variables/variable.ts";

/** An instruction that jumps or not by the truth of the value on top of the stack. */
export interface BranchInstruction {
  readonly pc: number;
  readonly target: number;
  readonly jumpsWhen: boolean;
  /** A jump keeps the value on the stack. */
  readonly keeps: boolean;
}

export function branchAt({ instructions }: Code, pc: number): BranchInstruction | null {
  const instruction = instructions[pc];
  switch (instruction?.op) {
    case "jumpIfTrue":
    case "jumpIfFalse":
    case "jumpIfTrueOrPop":
    case "jumpIfFalseOrPop": {
      const { op, target } = instruction;
      return { pc, target, jumpsWhen: op.startsWith("jumpIfTrue"), keeps: op.endsWith("OrPop") };
    }
    default:
      return null;
  }
}

/** Where control goes for a truth value, and the operand stack there. */
export function wayOf(
  branch: BranchInstruction,
  frame: Frame,
  truth: boolean,
): { readonly pc: number; readonly stack: readonly Variable[] } {
  const jumps = truth === branch.jumpsWhen;
  return {
    pc: jumps ? branch.target : branch.pc + 1,
    stack: jumps && branch.keeps ? frame.stack : frame.stack.slice(0, -1),
  };
}

/** Whether all that becomes of the value on top of the stack at `pc` is that its truth is looked at. */
export function looksAtTruth(code: Code, pc: number): boolean {
  const branch = branchAt(code, pc);
  return branch !== null && (!branch.keeps || looksAtTruth(code, branch.target));
}

/** Jumps do nothing by themselves: where they lead. */
export function destinationOf({ instructions }: Code, start: number): number {
  const seen = new Set<number>();
  let pc = start;
  for (
    let instruction = instructions[pc];
    instruction?.op === "jump" && !seen.has(pc);
    instruction = instructions[pc]
  ) {
    seen.add(pc);
    pc = instruction.target;
  }
  return pc;
}

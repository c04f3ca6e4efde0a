import type { Next } from "../bytecode/instructions/symbolic-rule.ts";
import { joinOf, reachableFrom } from "../bytecode/post-dominators.ts";
import type { Frame } from "../interpreter/frame.ts";
import type { Machine } from "../interpreter/machine.ts";
import { leavesOf } from "../../symbolic/expression.ts";
import type { NumberVariable } from "../variables/variable.ts";
import { type BranchInstruction, branchAt, wayOf } from "./branch-instruction.ts";
import { captureSide } from "./capture-side.ts";
import { healLoop } from "./heal-loop.ts";
import { mergeSides } from "./merge-sides.ts";
import { truthExpression } from "./truth-expression.ts";
import { refuse, Unhealed } from "./unhealed.ts";

/** A loop that leaves early is captured step by step up to this many. */
const mostSteps = 64;

/**
 * A branch on a number that only the running graph knows becomes an operator of the graph: both ways are interpreted up to
 * where they come together, or to the end of the function, and what differs there is what the operator gives. A loop becomes
 * `while_loop`. null: the instruction is no such branch. Throws `Unhealed`, with the machine as it was, where that does not
 * give what the program means.
 */
export function healBranch(machine: Machine, frame: Frame): Next | null {
  const branch = branchAt(frame.code, frame.pc);
  if (branch === null || frame.code.suspends !== null) return null;
  const condition = machine.force(frame.peek());
  if (condition.kind !== "number" || condition.hint !== undefined) return null;
  if (machine.tracer.assumptions.truthOf(condition.expression) !== undefined) return null;
  if ([...leavesOf(condition.expression)].some(({ kind }) => kind === "item")) return null;
  return goesOn(branch, frame) === null
    ? healFork(machine, frame, branch, condition, null)
    : healLoopBranch(machine, frame, branch, condition);
}

/** The truth value with which the branch comes round again before its ways come together; null: neither or both. */
function goesOn(branch: BranchInstruction, { code }: Frame): boolean | null {
  const join = joinOf(code, branch.pc);
  const stops = new Set(join === null ? [] : [join]);
  const repeats = (truth: boolean): boolean => {
    const start = truth === branch.jumpsWhen ? branch.target : branch.pc + 1;
    return reachableFrom(code, start, stops).has(branch.pc);
  };
  const [whenTrue, whenFalse] = [repeats(true), repeats(false)];
  return whenTrue === whenFalse ? null : whenTrue;
}

function healLoopBranch(
  machine: Machine,
  frame: Frame,
  branch: BranchInstruction,
  condition: NumberVariable,
): Next {
  const around = machine.side;
  const depth = machine.tracer.frames.length - 1;
  const steps = around?.depth === depth ? (around.unrolled.get(branch.pc) ?? 0) : 0;
  if (steps >= mostSteps)
    refuse(machine, "limit", `This loop has more than ${mostSteps} steps and depends on data.`);
  if (steps > 0) return healFork(machine, frame, branch, condition, branch.pc);
  const repeatsWhen = goesOn(branch, frame) ?? true;
  try {
    return healLoop(machine, frame, branch, condition, repeatsWhen);
  } catch (error) {
    if (!(error instanceof Unhealed) || !mayEndByItself(branch, frame, repeatsWhen)) throw error;
    return healUnrolled(machine, frame, branch, condition, error);
  }
}

/** Step by step; where that takes too many steps, what stood in the way of the loop is what there is to say. */
function healUnrolled(
  machine: Machine,
  frame: Frame,
  branch: BranchInstruction,
  condition: NumberVariable,
  whyNoLoop: Unhealed,
): Next {
  try {
    return healFork(machine, frame, branch, condition, branch.pc);
  } catch (error) {
    throw error instanceof Unhealed && error.kind === "limit" ? whyNoLoop : error;
  }
}

/** Whether the loop has another way to end than this branch: over an array, say. */
function mayEndByItself(branch: BranchInstruction, { code }: Frame, repeatsWhen: boolean): boolean {
  const start = repeatsWhen === branch.jumpsWhen ? branch.target : branch.pc + 1;
  const join = joinOf(code, branch.pc);
  const body = reachableFrom(code, start, new Set(join === null ? [branch.pc] : [join, branch.pc]));
  return [...body].some(
    (pc) => code.instructions[pc]?.op === "advanceIterator" || branchAt(code, pc) !== null,
  );
}

function healFork(
  machine: Machine,
  frame: Frame,
  branch: BranchInstruction,
  condition: NumberVariable,
  unrolling: number | null,
): Next {
  const join = joinOf(frame.code, branch.pc);
  try {
    return healUpTo(machine, frame, branch, condition, unrolling, join);
  } catch (error) {
    if (!(error instanceof Unhealed) || error.kind !== "merge" || join === null) throw error;
    // A value that no graph has may still serve to the end of the function: what follows becomes part of each side.
    try {
      return healUpTo(machine, frame, branch, condition, unrolling, null);
    } catch (other) {
      throw other instanceof Unhealed ? error : other;
    }
  }
}

/** `join` null: both sides go on to the end of the function. */
function healUpTo(
  machine: Machine,
  frame: Frame,
  branch: BranchInstruction,
  condition: NumberVariable,
  unrolling: number | null,
  join: number | null,
): Next {
  const stops = new Set(join === null ? [] : [join]);
  const expression = truthExpression(machine, condition);
  const sideWhen = (truth: boolean) =>
    captureSide(machine, {
      ...wayOf(branch, frame, truth),
      known: { condition: condition.expression, truth },
      stops,
      loop: null,
      unrolling,
    });
  return mergeSides(machine, frame, expression, [sideWhen(true), sideWhen(false)]);
}

import type { Next } from "../bytecode/instructions/symbolic-rule.ts";
import type { Code } from "../bytecode/code.ts";
import type { Expression } from "../../symbolic/expression.ts";
import type { Frame } from "../interpreter/frame.ts";
import type { Machine } from "../interpreter/machine.ts";
import { callCond } from "../operations/higher-order/cond.ts";
import { mergeLeaves, type OutputLeaf } from "../operations/higher-order/operator-result.ts";
import type { TreeLeaf } from "../operations/higher-order/result-tree.ts";
import type { Subgraph } from "../operations/higher-order/subgraph.ts";
import {
  type CellVariable,
  ConstantVariable,
  isSamePlace,
  type NumberLeaf,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";
import { looksAtTruth } from "./branch-instruction.ts";
import type { Side } from "./capture-side.ts";
import { type Merged, MergePlan } from "./merge-plan.ts";
import { truthValue } from "./truth-expression.ts";
import { refuse } from "./unhealed.ts";

type Pair<Value> = readonly [Value, Value];

/** Makes one operator of the two sides, and puts what it gives where the ways come together. */
export function mergeSides(
  machine: Machine,
  frame: Frame,
  condition: Expression<NumberLeaf>,
  sides: Pair<Side>,
): Next {
  const [whenTrue, whenFalse] = sides;
  const plan = new MergePlan(machine, [whenTrue.birth, whenFalse.birth]);
  const merge = (name: string, [a, b]: Pair<Variable>): Merged => {
    const merged = plan.merge(a, b);
    return typeof merged === "string"
      ? refuse(machine, "merge", `${name} differs after this branch: ${merged}.`)
      : merged;
  };
  const ends: Pair<Side["ending"]> = [whenTrue.ending, whenFalse.ending];
  if (ends[0].kind === "return" && ends[1].kind === "return") {
    const value = merge("The value returned", [ends[0].value, ends[1].value]);
    return { return: value(callBoth(machine, condition, sides, plan)) };
  }
  const meeting = meetingPlace(machine, sides);
  const { code } = frame;
  const stack = operandsAt(machine, code, meeting);
  const merged = stack.map((pair) => merge("A value of this expression", pair));
  const locals = code.liveLocalsAt(meeting.pc).map((slot) => {
    const [a, b] = [meeting.frames[0].locals[slot] ?? null, meeting.frames[1].locals[slot] ?? null];
    return [slot, mergeLocals(machine, frame, slot, [a, b], merge)] as const;
  });
  const outputs = callBoth(machine, condition, sides, plan);
  for (const [slot, local] of locals)
    frame.locals[slot] = typeof local === "function" ? local(outputs) : local;
  frame.stack = merged.map((value) => value(outputs));
  return { jump: meeting.pc };
}

interface Meeting {
  readonly pc: number;
  readonly frames: Pair<Frame>;
}

/** Where both sides stopped. In a loop, one that leaves it is as one that comes to its test and finds that it ends. */
function meetingPlace(machine: Machine, sides: Pair<Side>): Meeting {
  const frames: Pair<Frame> = [sides[0].frame, sides[1].frame];
  const [a, b] = [sides[0].ending, sides[1].ending];
  if (a.kind === "return" || b.kind === "return") return refuse(machine, "merge", returnsFromLoop);
  if (a.pc === b.pc) return { pc: a.pc, frames };
  const loop = machine.side?.loop ?? null;
  const ends = [a.pc, b.pc];
  if (loop === null || !ends.includes(loop.branch) || !ends.includes(loop.after))
    return refuse(machine, "merge", returnsFromLoop);
  const [leaving, going] = a.pc === loop.after ? frames : [frames[1], frames[0]];
  // The test's value lies on top of what is there after the loop.
  if (going.stack.length !== leaving.stack.length + 1)
    return refuse(machine, "merge", returnsFromLoop);
  leaving.push(new ConstantVariable(loop.leavesWhen));
  return { pc: loop.branch, frames };
}

const returnsFromLoop = "It leaves a loop or the function in one way, and goes on in the other.";

function operandsAt(
  machine: Machine,
  code: Code,
  { pc, frames }: Meeting,
): readonly Pair<Variable>[] {
  const [a, b] = frames;
  const isTruth = looksAtTruth(code, pc);
  const operand = (value: Variable, index: number): Variable =>
    isTruth && index === a.stack.length - 1 ? truthValue(machine, value) : value;
  return a.stack.map((value, index) => [
    operand(value, index),
    operand(b.stack[index] ?? undefinedVariable, index),
  ]);
}

function mergeLocals(
  machine: Machine,
  frame: Frame,
  slot: number,
  [a, b]: Pair<Variable | CellVariable | null>,
  merge: (name: string, values: Pair<Variable>) => Merged,
): Merged | CellVariable | null {
  const before = frame.locals[slot] ?? null;
  if (a === b) return a?.kind === "cell" || a === null ? a : () => a;
  // Each side has a record of its own of a loop around it; at one place they are the one that was there.
  if (before?.kind === "cursor" && a?.kind === "cursor" && b?.kind === "cursor") {
    if (isSamePlace(a, before) && isSamePlace(b, before)) return () => before;
  }
  const local = frame.code.locals[slot];
  const name =
    local?.isUserVariable === true
      ? `\`${local.name}\``
      : "What a statement around this branch keeps (for `finally`, or to go over an array)";
  if (a?.kind === "cell" || b?.kind === "cell")
    return refuse(
      machine,
      "merge",
      `${name} is another variable in each way, and a function holds it.`,
    );
  return merge(name, [a ?? undefinedVariable, b ?? undefinedVariable]);
}

/** Adds the operator and gives its outputs. */
function callBoth(
  machine: Machine,
  condition: Expression<NumberLeaf>,
  sides: Pair<Side>,
  { leaves }: MergePlan,
): readonly Variable[] {
  const graphs: Pair<Subgraph> = [
    closeSide(machine, sides[0], leaves[0]),
    closeSide(machine, sides[1], leaves[1]),
  ];
  const outputs = leaves[0].map((leaf, index): OutputLeaf => {
    const other = leaves[1][index];
    const merged =
      other === undefined
        ? null
        : mergeLeaves(machine, [
            [graphs[0], leaf],
            [graphs[1], other],
          ]);
    if (merged === null) return refuse(machine, "merge", "A value differs after this branch.");
    // Which of the program's tensors it is depends on the data.
    return merged.kind === "tensor" ? { ...merged, mayAlias: true } : merged;
  });
  return callCond(machine, machine.tracer.graph.scalar(condition), graphs, outputs);
}

/** The finished graph of a side that gives these values. */
export function closeSide(
  { tracer }: Machine,
  { recorder, birth }: Side,
  leaves: readonly TreeLeaf[],
): Subgraph {
  const outputs = leaves.map((leaf) =>
    leaf.kind === "tensor" ? tracer.nodeOf(leaf) : recorder.scalar(leaf.expression),
  );
  const graph = recorder.builder.build(outputs);
  const result = { structure: "", leaves, value: undefinedVariable };
  return { graph, ownInputs: [], lifted: recorder.builder.lifted, birth, result, role: "a side" };
}

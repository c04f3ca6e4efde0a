import type { Next } from "../bytecode/instructions/symbolic-rule.ts";
import { writtenLocal } from "../bytecode/liveness.ts";
import { joinOf, reachableFrom } from "../bytecode/post-dominators.ts";
import { describeValue as describeTensor } from "../../fx/describe-value.ts";
import { metaOf } from "../../core/tensor-meta.ts";
import type { GraphModule } from "../../fx/graph-module-brand.ts";
import type { PlaceholderNode } from "../../fx/node.ts";
import type { Expression } from "../../symbolic/expression.ts";
import type { Frame } from "../interpreter/frame.ts";
import { GraphRecorder } from "../interpreter/graph-recorder.ts";
import type { Machine } from "../interpreter/machine.ts";
import { requireSameMeta } from "../operations/higher-order/checks.ts";
import { callOperator } from "../operations/higher-order/operator-result.ts";
import type { TreeLeaf } from "../operations/higher-order/result-tree.ts";
import { copyOf, joinSubgraphs, type Subgraph } from "../operations/higher-order/subgraph.ts";
import { typeOf } from "../operations/operators.ts";
import { scalarExpression } from "../operations/scalar-expression.ts";
import {
  type NumberLeaf,
  NumberVariable,
  TensorVariable,
  type Variable,
  describeForUser,
  isSamePlace,
  nextBirth,
  undefinedVariable,
} from "../variables/variable.ts";
import { type BranchInstruction, destinationOf, wayOf } from "./branch-instruction.ts";
import { captureSide, type Side } from "./capture-side.ts";
import { closeSide } from "./merge-sides.ts";
import { truthExpression, truthOfAny } from "./truth-expression.ts";
import { refuse } from "./unhealed.ts";

/** A local that changes from step to step, or may do so. */
interface Carried {
  readonly slot: number;
  readonly name: string;
  readonly initial: TreeLeaf;
  readonly type: "tensor" | "number" | "boolean";
}

/**
 * A loop whose test depends on data becomes `while_loop`. It is looked at from its test on: one step leads from the test,
 * when it goes on, to the test again. What is carried are the variables that the step assigns and whether the loop goes on.
 */
export function healLoop(
  machine: Machine,
  frame: Frame,
  branch: BranchInstruction,
  condition: NumberVariable,
  repeatsWhen: boolean,
): Next {
  const { code } = frame;
  const exit = wayOf(branch, frame, !repeatsWhen);
  const step = wayOf(branch, frame, repeatsWhen);
  const after = destinationOf(code, exit.pc);
  if (branch.keeps)
    refuse(machine, "statement", "The value of this condition is used after the loop.");
  const join = joinOf(code, branch.pc);
  const stops = new Set([branch.pc, after, ...(join === null ? [] : [join])]);
  const carried = carriedAt(machine, frame, branch, step.pc, stops);
  const ownInputs: PlaceholderNode[] = [];
  const side = captureSide(machine, {
    ...step,
    known: null,
    stops,
    loop: { branch: branch.pc, after, leavesWhen: !repeatsWhen },
    unrolling: null,
    prepare: (body, recorder) => {
      ownInputs.push(recorder.builder.placeholder("goes_on", { type: "boolean" }));
      for (const each of carried)
        body.locals[each.slot] = carriedInput(machine, recorder, each, ownInputs);
    },
  });
  if (side.ending.kind === "return" || side.ending.pc !== branch.pc)
    return refuse(
      machine,
      "statement",
      "A step of this loop leaves it other than by this test or `break`.",
    );
  checkKept(machine, frame, branch, side, carried);
  const again = goesOnAgain(machine, side.frame.peek(), repeatsWhen);
  const results = [again, ...carried.map((each) => resultOf(machine, each, side.frame))];
  const body = { ...closeSide(machine, side, results), ownInputs };
  const first = asWish(truthExpression(machine, condition), repeatsWhen);
  const outputs = callLoop(machine, first, carried, body);
  for (const [index, { slot }] of carried.entries())
    frame.locals[slot] = outputs[index + 1] ?? undefinedVariable;
  frame.stack = [...exit.stack];
  return { jump: after };
}

/** The locals that a step may assign and that are read later. */
function carriedAt(
  machine: Machine,
  frame: Frame,
  branch: BranchInstruction,
  start: number,
  stops: ReadonlySet<number>,
): readonly Carried[] {
  const { code } = frame;
  const assigned = new Set<number | null>();
  for (const pc of reachableFrom(code, start, stops)) {
    const instruction = code.instructions[pc];
    if (instruction !== undefined) assigned.add(writtenLocal(instruction));
  }
  return code.liveLocalsAt(branch.pc).flatMap((slot): Carried[] => {
    const local = frame.locals[slot] ?? undefinedVariable;
    if (!assigned.has(slot) || local.kind === "cell") return [];
    const value = machine.force(local);
    const name = code.locals[slot]?.name ?? "a variable";
    if (value.kind === "tensor") return [{ slot, name, initial: value, type: "tensor" }];
    const expression = scalarExpression(value);
    if (expression === null) return []; // must then stay as it is
    const type = typeOf(machine, value) === "boolean" ? "boolean" : "number";
    return [{ slot, name, initial: new NumberVariable(expression, undefined), type }];
  });
}

function carriedInput(
  machine: Machine,
  recorder: GraphRecorder,
  { name, initial, type }: Carried,
  ownInputs: PlaceholderNode[],
): Variable {
  const add = (details: { example?: unknown; type?: string }): PlaceholderNode => {
    const node = recorder.builder.placeholder(name, details);
    ownInputs.push(node);
    return node;
  };
  if (initial.kind === "tensor") {
    const fake = copyOf(machine, initial.fake);
    const input = new TensorVariable(fake, add({ example: fake }), null, null);
    input.mayAlias = true; // of what was there before the loop, or another carried tensor
    return input;
  }
  const leaf = {
    kind: "node",
    node: add({ type }),
    type: type === "boolean" ? type : "number",
  } as const;
  return new NumberVariable({ kind: "leaf", leaf }, undefined);
}

/** Whatever is not carried must be after a step what it was before. */
function checkKept(
  machine: Machine,
  frame: Frame,
  branch: BranchInstruction,
  side: Side,
  carried: readonly Carried[],
): void {
  for (const slot of frame.code.liveLocalsAt(branch.pc)) {
    if (carried.some((each) => each.slot === slot)) continue;
    const [before, now] = [frame.locals[slot] ?? null, side.frame.locals[slot] ?? null];
    if (before === now) continue;
    if (before?.kind === "cursor" && now?.kind === "cursor" && isSamePlace(before, now)) continue;
    const isConstant = before?.kind === "constant" && now?.kind === "constant";
    if (isConstant && Object.is(before.value, now.value)) continue;
    const shown =
      before === null || before.kind === "cell" ? "nothing yet" : describeForUser(before);
    const name = frame.code.locals[slot]?.name ?? "a variable";
    refuse(
      machine,
      "statement",
      `\`${name}\` changes from step to step of this loop, and is ${shown} before it: only tensors, numbers and booleans can be carried.`,
    );
  }
  const below = frame.stack.slice(0, -1);
  if (
    below.length !== side.frame.stack.length - 1 ||
    below.some((value, index) => side.frame.stack[index] !== value)
  )
    refuse(
      machine,
      "statement",
      "A step of this loop changes a value of the expression around it.",
    );
}

const asWish = (truth: Expression<NumberLeaf>, wish: boolean): Expression<NumberLeaf> =>
  wish ? truth : { kind: "unary", operator: "!", operand: truth };

function goesOnAgain(machine: Machine, test: Variable, repeatsWhen: boolean): NumberVariable {
  const truth = truthOfAny(machine, test);
  if (truth === null)
    return refuse(machine, "statement", `The test of this loop becomes ${describeForUser(test)}.`);
  return new NumberVariable(asWish(truth, repeatsWhen), undefined);
}

/** What a step makes of a carried local: of the same kind as before. */
function resultOf(
  machine: Machine,
  { slot, name, initial, type }: Carried,
  frame: Frame,
): TreeLeaf {
  const local = frame.locals[slot] ?? undefinedVariable;
  const value = local.kind === "cell" ? null : machine.force(local);
  const becomes = (what: string): never =>
    refuse(
      machine,
      "statement",
      `\`${name}\` becomes ${what} in a step of this loop, and is ${initialKind(initial, type)} before it.`,
    );
  if (value?.kind === "tensor") {
    if (initial.kind !== "tensor") return becomes("a Tensor");
    const [before, now] = [metaOf(initial.fake), metaOf(value.fake)];
    const isSame =
      before.dtype === now.dtype &&
      before.shape.join() === now.shape.join() &&
      before.requires_grad === now.requires_grad;
    if (!isSame) return becomes(describeTensor(value.fake) ?? "another tensor");
    const { unbacked } = machine.tracer;
    if (unbacked.isUnbacked(initial.fake) || unbacked.isUnbacked(value.fake))
      return becomes("a tensor whose size depends on data");
    if (before.strides.join() !== now.strides.join())
      return becomes("a tensor with another layout in memory (strides)");
    requireSameMeta(machine, "while", initial, value);
    return value;
  }
  const expression = value === null ? null : scalarExpression(value);
  if (value === null || expression === null)
    return becomes(value === null ? "a variable of a function" : describeForUser(value));
  const typeNow = typeOf(machine, value);
  return typeNow === type ? new NumberVariable(expression, undefined) : becomes(`a ${typeNow}`);
}

const initialKind = (initial: TreeLeaf, type: string): string =>
  initial.kind === "tensor" ? (describeTensor(initial.fake) ?? "a tensor") : `a ${type}`;

function callLoop(
  machine: Machine,
  first: Expression<NumberLeaf>,
  carried: readonly Carried[],
  body: Subgraph,
): readonly Variable[] {
  const { tracer } = machine;
  const { attributes, operands } = joinSubgraphs(
    machine,
    [testGraph(machine, carried), body],
    ["cond_graph_0", "body_graph_0"],
  );
  const initial = carried.map(({ initial: leaf }) =>
    leaf.kind === "tensor" ? tracer.nodeOf(leaf) : tracer.graph.scalar(leaf.expression),
  );
  return callOperator(
    machine,
    { name: "torch._higher_order_ops.while_loop", run: runLoop },
    [...attributes, [tracer.graph.scalar(first), ...initial], operands],
    [
      { kind: "number", type: "boolean" },
      ...carried.map(({ initial: leaf, type }) =>
        leaf.kind === "tensor"
          ? // Without a single step the result is what was there before.
            ({ kind: "tensor", fake: copyOf(machine, leaf.fake), mayAlias: true } as const)
          : ({ kind: "number", type: type === "boolean" ? type : "number" } as const),
      ),
    ],
  );
}

/** Whether to go on is carried itself: the test was computed at the end of the step before. */
function testGraph(machine: Machine, carried: readonly Carried[]): Subgraph {
  const { builder } = new GraphRecorder(machine.tracer.graph);
  const goesOn = builder.placeholder("goes_on", { type: "boolean" });
  const others = carried.map(({ name, initial, type }) =>
    builder.placeholder(name, initial.kind === "tensor" ? { example: initial.fake } : { type }),
  );
  const result = { structure: "", leaves: [], value: undefinedVariable };
  const ownInputs = [goesOn, ...others];
  const graph = builder.build([goesOn]);
  return { graph, ownInputs, lifted: [], birth: nextBirth(), result, role: "the condition" };
}

/** The node's function; numbers are carried as JavaScript computes with them. */
function runLoop(
  test: GraphModule,
  step: GraphModule,
  initial: readonly unknown[],
  operands: readonly unknown[],
): unknown {
  // A subgraph gives the list of its outputs.
  const outputs = (graph: GraphModule, values: readonly unknown[]): readonly unknown[] =>
    graph(...values, ...operands) as readonly unknown[];
  let carried = initial;
  while (outputs(test, carried)[0] === true) carried = outputs(step, carried);
  return carried;
}

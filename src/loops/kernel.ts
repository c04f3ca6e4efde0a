/**
 * A kernel: a loop nest with a body, independent of sizes and strides, so that one kernel serves every shape.
 *
 * The iteration space of a launch has `parallel` axes and `fold` axes. For each point of the parallel axes, in any order
 * or at the same time, the kernel's stages run one after the other. A stage runs once, or it sweeps the fold axes:
 *
 *     for each parallel point
 *       for each stage
 *         states of the stage := initial
 *         once, or for each point of the fold axes
 *           states := next, all together
 *           rows and stores, which see the new states
 *
 * Softmax along the fold axis, as an example, is three sweeps over `x`:
 *
 *     sweep   state 0 (largest) := maximum(state 0, x)
 *     sweep   row 0 := exp(x - state 0); state 1 (total) := state 1 + row 0's value
 *     sweep   store out, row 0 / state 1
 *
 * An expression may use the states of its own stage and of earlier ones, of which it sees the final values; and in a
 * sweep the rows that earlier sweeps filled, at the same fold point. What a stage stores, later stages must not load.
 */
import type { DTypeName } from "../core/dtype.ts";
import { at } from "../core/shape.ts";
import { childrenOf, type Expression, type ValueType } from "./expression.ts";

/** `point` operands are read and written at the current point; `random` ones at computed coordinates. */
export interface OperandSlot {
  readonly type: DTypeName;
  readonly access: "point" | "random";
}

/** A value carried along a stage. States are numbered through the kernel, in the order of the stages. */
export interface FoldState {
  readonly type: ValueType;
  /** May use states of earlier stages. */
  readonly initial: Expression;
  /** The next value, from the current states and the loads at the current point. All states of a stage step together. */
  readonly next: Expression;
}

/** Keeps a value at each point of a sweep for later sweeps of the same parallel point (`row` expressions). */
export interface RowWrite {
  readonly row: number;
  readonly value: Expression;
}

/** How a stored value meets the one that is there. */
export type StoreMode = "set" | "add" | "multiply" | "minimum" | "maximum";

export interface Store {
  /** The operand written to. */
  readonly operand: number;
  /** Null: at the current point. */
  readonly coordinates: readonly Expression[] | null;
  readonly mode: StoreMode;
  readonly value: Expression;
}

export interface Stage {
  /**
   * `sweep`: at every point of the fold axes. `once`: before, between or after sweeps; point operands it uses must not
   * vary along the fold axes. `point`: the only stage of a kernel without fold axes.
   */
  readonly over: "point" | "sweep" | "once";
  readonly states: readonly FoldState[];
  /**
   * The joined values of this stage's states, from `state` (of an earlier part of the sweep) and `otherState` (of a
   * later part). Null: each state's `next` is an operation such as `add` that joins partial values as well, or the
   * sweep cannot be split. With either, `initial` must change nothing when it is joined.
   */
  readonly combine: readonly Expression[] | null;
  readonly rows: readonly RowWrite[];
  readonly stores: readonly Store[];
}

export interface Kernel {
  /** What the kernel is called in generated code and profiles: an identifier. */
  readonly name: string;
  readonly operands: readonly OperandSlot[];
  readonly scalars: readonly ValueType[];
  /** Types of the row buffers. */
  readonly rows: readonly ValueType[];
  readonly stages: readonly Stage[];
  /** Positions along parallel axes, or the order of their points, are meaningful: they must not be merged or reordered. */
  readonly keepsParallel: boolean;
  /** The same for the fold axes. */
  readonly keepsFold: boolean;
}

/** What of a stage has to be said; the rest is empty. */
export type StageParts = Pick<Stage, "over"> & Partial<Stage>;

export function stage(parts: StageParts): Stage {
  return { states: [], combine: null, rows: [], stores: [], ...parts };
}

export interface KernelParts {
  readonly name: string;
  readonly operands: readonly OperandSlot[];
  readonly scalars?: readonly ValueType[];
  readonly rows?: readonly ValueType[];
  readonly stages: readonly Stage[];
  /** The points of the parallel axes must be visited in order: they may write to one place. */
  readonly inOrder?: boolean;
}

/** Finds out what the launch must keep. */
export function makeKernel(parts: KernelParts): Kernel {
  const kinds = new Set<Expression["kind"]>();
  visitExpressions(
    parts.stages.flatMap((each) => expressionsOf(each)),
    ({ kind }) => kinds.add(kind),
  );
  const storesInSweep = parts.stages.some((each) => each.over === "sweep" && hasOwnResults(each));
  return Object.freeze({
    name: parts.name,
    operands: parts.operands,
    scalars: parts.scalars ?? [],
    rows: parts.rows ?? [],
    stages: parts.stages,
    keepsParallel: parts.inOrder === true || kinds.has("position"),
    keepsFold: kinds.has("foldPosition") || storesInSweep,
  });
}

/** Whether a sweep's intermediate states can be seen: then its points must be visited in order. */
function hasOwnResults({ states, stores, rows }: Stage): boolean {
  return states.length > 0 && stores.length + rows.length > 0;
}

/** All expressions a stage evaluates. */
export function expressionsOf(own: Stage): Expression[] {
  return [
    ...own.states.flatMap((state) => [state.initial, state.next]),
    ...(own.combine ?? []),
    ...own.rows.map((row) => row.value),
    ...own.stores.flatMap((store) => [store.value, ...(store.coordinates ?? [])]),
  ];
}

/** Calls `visit` for every expression that the roots are made of, once for each. */
export function visitExpressions(
  roots: readonly Expression[],
  visit: (expression: Expression) => void,
): void {
  const seen = new Set<Expression>();
  const pending = [...roots];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    visit(next);
    pending.push(...childrenOf(next));
  }
}

/** The number of the first state of each stage. */
export function firstStates(kernel: Pick<Kernel, "stages">): readonly number[] {
  const first = [0];
  for (const own of kernel.stages) first.push(at(first, first.length - 1) + own.states.length);
  return first;
}

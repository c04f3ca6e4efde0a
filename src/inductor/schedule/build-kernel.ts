/** Makes the kernel of a group: its folds and stores in stages, what several sweeps need in rows. */
import { at } from "../../core/shape.ts";
import { childrenOf, type Expression, type ValueType } from "../../loops/expression.ts";
import { type Kernel, makeKernel, type Stage, stage, type Store } from "../../loops/kernel.ts";
import type { LaunchStep, Place, ScalarValue } from "../program.ts";
import { costModel, expressionCost } from "./cost-model.ts";
import type { FusionGroup, GroupFold, GroupStore } from "./fusion-group.ts";
import { rebuild } from "./intern-expressions.ts";
import { internKernel } from "./intern-kernel.ts";

/** The launch that does what all launches of the group did; `stores` are those of the group that are needed. */
export function buildLaunch(
  group: FusionGroup,
  stores: readonly GroupStore[],
  name: string,
): LaunchStep {
  return new KernelBuilder(group, stores).build(name);
}

/** What a sweep does, before expressions are put into the kernel's terms. */
interface SweepPlan {
  readonly folds: readonly GroupFold[];
  readonly stores: readonly GroupStore[];
  /** Stored once the sweep is over. */
  readonly rowStores: readonly GroupStore[];
  /** Kept in rows for later sweeps. */
  readonly kept: Expression[];
}

class KernelBuilder {
  readonly #group: FusionGroup;
  readonly #stores: readonly GroupStore[];
  /** Places of the kernel's operands: those written first, for their order decides that of the axes. */
  readonly #places: Place[];
  readonly #operands: Kernel["operands"][number][];
  readonly #operandOf = new Map<number, number>();
  readonly #scalars: { readonly type: ValueType; readonly value: ScalarValue }[] = [];
  readonly #scalarOf = new Map<number, number>();
  /** By state of the group: its number in the kernel. */
  readonly #stateOf = new Map<number, number>();
  #stateCount = 0;
  readonly #rowTypes: ValueType[] = [];
  /** Values in rows, and the sweep that fills them. */
  readonly #rowOf = new Map<Expression, { readonly row: number; readonly sweep: number }>();
  readonly #sweepOfState = new Map<number, number>();
  readonly #sweepOf = new Map<Expression, number>();
  readonly #varies = new Map<Expression, boolean>();

  constructor(group: FusionGroup, stores: readonly GroupStore[]) {
    this.#group = group;
    this.#stores = stores;
    this.#places = stores.map(({ place }) => place);
    // Values that are stored have the dtype of the buffer.
    this.#operands = stores.map(({ place }) => ({
      type: place.buffer.dtype.name,
      access: "point",
    }));
  }

  build(name: string): LaunchStep {
    const { parallelSizes, foldSizes, foldCount, steps } = this.#group;
    const stages = foldCount === 0 ? [this.#pointStage()] : this.#stages(this.#planSweeps());
    const kernel = internKernel(
      makeKernel({
        name,
        operands: this.#operands,
        scalars: this.#scalars.map(({ type }) => type),
        rows: this.#rowTypes,
        stages,
      }),
    );
    const last = at(steps, steps.length - 1);
    return {
      kind: "launch",
      origins: [...new Set(steps.flatMap(({ origins }) => origins))],
      isFused: true,
      node: last.node,
      callIndex: last.callIndex,
      kernel,
      parallel: parallelSizes,
      fold: foldSizes,
      operands: this.#places,
      scalars: this.#scalars.map(({ value }) => value),
    };
  }

  #pointStage(): Stage {
    return stage({ over: "point", stores: this.#finalStores(this.#stores, this.#rewriter(0)) });
  }

  #planSweeps(): SweepPlan[] {
    const folds = this.#neededFolds();
    const sweepOfFold = folds.map((fold) => this.#placeFold(fold));
    const sweepOfStore = this.#stores.map(({ value, level }) =>
      level === "all" ? this.#sweep(value) : Math.max(this.#sweep(value) - 1, 0),
    );
    const count = Math.max(...sweepOfFold, ...sweepOfStore) + 1;
    const plans = Array.from({ length: count }, (_, sweep): SweepPlan => {
      const own = this.#stores.filter((_store, index) => sweepOfStore[index] === sweep);
      return {
        folds: folds.filter((_fold, index) => sweepOfFold[index] === sweep),
        stores: own.filter(({ level }) => level === "all"),
        rowStores: own.filter(({ level }) => level === "rows"),
        kept: [],
      };
    });
    const computed: Set<Expression>[] = [];
    plans.forEach((plan, sweep) => computed.push(this.#share(plans, plan, sweep, computed)));
    return plans;
  }

  /** Folds whose results reach a store. */
  #neededFolds(): readonly GroupFold[] {
    const needed = new Set<GroupFold>();
    const seen = new Set<Expression>();
    const pending = this.#stores.map(({ value }) => value);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(...childrenOf(next));
      if (next.kind !== "state") continue;
      const { state } = next;
      const fold = this.#group.folds.find(
        ({ firstState, states }) => state >= firstState && state < firstState + states.length,
      );
      if (fold === undefined || needed.has(fold)) continue;
      needed.add(fold);
      pending.push(...fold.states.flatMap((each) => [each.initial, each.next]));
    }
    return this.#group.folds.filter((fold) => needed.has(fold));
  }

  /** A fold goes into the first sweep in which all it reads is known. */
  #placeFold({ firstState, states }: GroupFold): number {
    // While it is being folded, a state is known at once.
    states.forEach((_, index) => this.#sweepOfState.set(firstState + index, -1));
    const own = new Map(this.#sweepOf);
    const sweep = Math.max(
      ...states.flatMap(({ initial, next }) => [this.#sweep(initial, own), this.#sweep(next, own)]),
    );
    states.forEach((_, index) => this.#sweepOfState.set(firstState + index, sweep));
    return sweep;
  }

  /** The first sweep in which a value can be computed. */
  #sweep(expression: Expression, memo: Map<Expression, number> = this.#sweepOf): number {
    let sweep = memo.get(expression);
    if (sweep === undefined) {
      sweep =
        expression.kind === "state" ? (this.#sweepOfState.get(expression.state) ?? -1) + 1 : 0;
      for (const child of childrenOf(expression)) sweep = Math.max(sweep, this.#sweep(child, memo));
      memo.set(expression, sweep);
    }
    return sweep;
  }

  /** Whether a value differs along the fold axes. */
  #variesAlongFold(expression: Expression): boolean {
    let varies = this.#varies.get(expression);
    if (varies === undefined) {
      const { operands, sizes, foldCount } = this.#group;
      varies =
        expression.kind === "foldPosition" ||
        (expression.kind === "load" &&
          at(operands, expression.operand)
            .place.strides.slice(sizes.length - foldCount)
            .some((stride) => stride !== 0)) ||
        childrenOf(expression).some((child) => this.#variesAlongFold(child));
      this.#varies.set(expression, varies);
    }
    return varies;
  }

  /** Decides what a sweep takes from rows; gives what it computes at each point. */
  #share(
    plans: readonly SweepPlan[],
    plan: SweepPlan,
    sweep: number,
    computed: readonly Set<Expression>[],
  ): Set<Expression> {
    const reached = new Set<Expression>();
    const visit = (expression: Expression): void => {
      if (reached.has(expression)) return;
      reached.add(expression);
      const { rowCost } = costModel;
      // What is the same all along the sweep is computed before it, by code generation.
      if (!this.#variesAlongFold(expression) && this.#sweep(expression) <= sweep) return;
      const first = this.#sweep(expression);
      if (first < sweep && computed[first]?.has(expression) === true) {
        if (this.#rowOf.has(expression)) return;
        if (expressionCost(expression, rowCost) >= rowCost) {
          this.#rowOf.set(expression, {
            row: this.#rowTypes.push(expression.type) - 1,
            sweep: first,
          });
          at(plans, first).kept.push(expression);
          return;
        }
      }
      for (const child of childrenOf(expression)) visit(child);
    };
    for (const { states } of plan.folds) for (const { next } of states) visit(next);
    for (const { value } of plan.stores) visit(value);
    return reached;
  }

  #stages(plans: readonly SweepPlan[]): Stage[] {
    const stages: Stage[] = [];
    plans.forEach((plan, sweep) => {
      stages.push(this.#sweepStage(plan, sweep));
      if (plan.rowStores.length > 0) {
        const stores = this.#finalStores(plan.rowStores, this.#rewriter(sweep));
        stages.push(stage({ over: "once", stores }));
      }
    });
    return stages;
  }

  #sweepStage({ folds, stores, kept }: SweepPlan, sweep: number): Stage {
    for (const { firstState, states } of folds)
      states.forEach((_, index) => this.#stateOf.set(firstState + index, this.#stateCount++));
    const rewrite = this.#rewriter(sweep);
    const hasCombine = folds.some(({ combine }) => combine !== null);
    const combined = hasCombine ? folds.map((fold) => combineOf(fold)) : [];
    return stage({
      over: "sweep",
      states: folds.flatMap(({ states }) =>
        states.map(({ type, initial, next }) => ({
          type,
          initial: rewrite(initial),
          next: rewrite(next),
        })),
      ),
      combine:
        hasCombine && combined.every((each) => each !== null)
          ? combined.flatMap((each) => each ?? []).map(rewrite)
          : null,
      rows: kept.map((value) => ({ row: this.#rowOf.get(value)?.row ?? 0, value: rewrite(value) })),
      stores: this.#finalStores(stores, rewrite),
    });
  }

  #finalStores(stores: readonly GroupStore[], rewrite: (value: Expression) => Expression): Store[] {
    return stores.map((store) => ({
      operand: this.#stores.indexOf(store),
      coordinates: null,
      mode: "set",
      value: rewrite(store.value),
    }));
  }

  /** Puts values into the terms of the kernel, as they are seen in a sweep. */
  #rewriter(sweep: number): (value: Expression) => Expression {
    const memo = new Map<Expression, Expression>();
    const rewrite = (value: Expression): Expression => {
      let final = memo.get(value);
      if (final === undefined)
        memo.set(
          value,
          (final =
            this.#shared(value, sweep) ?? rebuild(value, rewrite, (leaf) => this.#leaf(leaf))),
        );
      return final;
    };
    return rewrite;
  }

  /** A value that an earlier stage has computed. */
  #shared(value: Expression, sweep: number): Expression | null {
    const { type } = value;
    const kept = this.#rowOf.get(value);
    if (kept !== undefined && kept.sweep < sweep) return { kind: "row", type, row: kept.row };
    return null;
  }

  #leaf(leaf: Expression): Expression {
    switch (leaf.kind) {
      case "load":
      case "gather":
        return { ...leaf, operand: this.#operand(leaf.operand) };
      case "scalar":
        return { ...leaf, slot: this.#scalar(leaf.slot) };
      case "state":
      case "otherState":
        return { ...leaf, state: this.#stateOf.get(leaf.state) ?? -1 };
      default:
        return leaf;
    }
  }

  #operand(index: number): number {
    let operand = this.#operandOf.get(index);
    if (operand === undefined) {
      const { access, place } = at(this.#group.operands, index);
      operand = this.#operands.push({ type: place.buffer.dtype.name, access }) - 1;
      this.#places.push(place);
      this.#operandOf.set(index, operand);
    }
    return operand;
  }

  #scalar(index: number): number {
    let slot = this.#scalarOf.get(index);
    if (slot === undefined) {
      slot = this.#scalars.push(at(this.#group.scalars, index)) - 1;
      this.#scalarOf.set(index, slot);
    }
    return slot;
  }
}

/** How partial results of a fold are joined: said by it, or the operation that its steps are made of; null if unknown. */
function combineOf({ firstState, states, combine }: GroupFold): readonly Expression[] | null {
  if (combine !== null) return combine;
  const joined: Expression[] = [];
  for (const [index, { type, next }] of states.entries()) {
    if (next.kind !== "arithmetic" || !joining.has(next.operation)) return null;
    const state = firstState + index;
    const isOwn = (x: Expression): boolean => x.kind === "state" && x.state === state;
    if (!isOwn(next.x)) return null;
    joined.push({
      ...next,
      x: { kind: "state", type, state },
      y: { kind: "otherState", type, state },
    });
  }
  return joined;
}

const joining: ReadonlySet<string> = new Set(["add", "mul", "minimum", "maximum", "larger"]);

/**
 * A kernel: a loop nest with a body, independent of sizes and strides, so that one kernel serves every shape.
 *
 * The iteration space has `parallel` axes whose number varies from launch to launch, and `fold` axes that are walked in
 * order for each point of the parallel ones, carrying the states along.
 */
import type { DTypeName } from "../core/dtype.ts";
import type { Expression, ValueType } from "./expression.ts";

/** `point` operands are read and written at the current point; `random` ones at computed coordinates. */
export interface OperandSlot {
  readonly type: DTypeName;
  readonly access: "point" | "random";
}

/** An accumulator of a fold. */
export interface FoldState {
  readonly type: ValueType;
  readonly initial: Expression;
  /** The next value, from the current states and the loads at the current point. All states step together. */
  readonly next: Expression;
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
  /** `element`: at every point. `result`: once per parallel point, when the fold is complete. */
  readonly when: "element" | "result";
}

export interface Kernel {
  /** What the kernel is called in generated code and profiles. */
  readonly name: string;
  readonly operands: readonly OperandSlot[];
  readonly scalars: readonly ValueType[];
  readonly states: readonly FoldState[];
  readonly stores: readonly Store[];
  /** Positions along axes are meaningful: the launch must not merge or reorder axes. */
  readonly usesPositions: boolean;
}

/** Whether any expression of a kernel asks for its position. */
export function expressionsUsePositions(expressions: readonly Expression[]): boolean {
  return expressions.some((expression) => {
    switch (expression.kind) {
      case "position":
        return true;
      case "gather":
        return expressionsUsePositions(expression.coordinates);
      case "unary":
      case "cast":
        return expressionsUsePositions([expression.x]);
      case "arithmetic":
      case "comparison":
        return expressionsUsePositions([expression.x, expression.y]);
      case "select":
        return expressionsUsePositions([expression.condition, expression.x, expression.y]);
      case "checkedIndex":
        return expressionsUsePositions([expression.index, expression.size]);
      default:
        return false;
    }
  });
}

/** All expressions a kernel evaluates. */
export function expressionsOf(kernel: Pick<Kernel, "states" | "stores">): Expression[] {
  return [
    ...kernel.states.flatMap((state) => [state.initial, state.next]),
    ...kernel.stores.flatMap((store) => [store.value, ...(store.coordinates ?? [])]),
  ];
}

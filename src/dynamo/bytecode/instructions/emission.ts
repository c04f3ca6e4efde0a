/**
 * How an instruction turns into JavaScript. Operands arrive as expressions, so that chains of instructions fold into one.
 * Every expression text is primary or parenthesised; operands that are kept arrive as variables or literals.
 */

import type { Constant } from "./operand.ts";

/** What emitted text may refer to. */
export interface EmitScope {
  /** The JavaScript variable that holds a local slot (for a cell local: the cell). */
  local(slot: number): string;
  /** The content of the cell in a local slot, to read or assign: checks for the dead zone where it may be in one. */
  cellContent(slot: number): string;
  /** An expression reading a captured variable, also usable as an assignment target. */
  capture(index: number): string;
  /** An expression giving the captured variable's cell. */
  captureCell(index: number): string;
  /** A fresh variable of the generated function. */
  temporary(): string;
  literal(value: Constant): string;
  /** A member of `runtime`, by name. */
  runtime(name: string): string;
  /** An expression that makes a child's closure; `name` is an expression, `known` its value where that is known. */
  closure(child: number, name: string, known?: string | null): string;
  /** The child's kind as a literal. */
  childKind(child: number): string;
  /** A variable holding the instruction record at `pc`; per-site caches key on it. */
  site(): string;
}

/**
 * When an expression may be evaluated.
 * - `constant`: any time, any number of times.
 * - `local`: any time until a local it mentions is stored.
 * - `ordered`: exactly once, in program order relative to every other `ordered` expression.
 */
export type Evaluation = "constant" | "local" | "ordered";

type Text<O> = (args: readonly string[], operand: O, scope: EmitScope) => string;

export type Emission<O> =
  /** Pops its operands and pushes one expression over them. */
  | { readonly kind: "value"; readonly evaluation: Evaluation; readonly expression: Text<O> }
  /** Pops its operands, runs a statement, pushes copies of some of the operands (by index). */
  | { readonly kind: "statement"; readonly statement: Text<O>; readonly keeps: readonly number[] }
  /** Keeps its operands and pushes one expression over them. */
  | { readonly kind: "keyed"; readonly expression: Text<O> }
  /** Only moves operands: pushes copies of them by index. */
  | { readonly kind: "shuffle"; readonly picks: readonly number[] }
  /** Pops a receiver (and key), pushes the method and the receiver. Folds with the call that follows. */
  | { readonly kind: "method"; readonly member: Text<O> }
  /** A call; `spread` takes one array of arguments. */
  | {
      readonly kind: "call";
      readonly form: "plain" | "method" | "construct";
      readonly spread: boolean;
    }
  /** Pops its operand, stops the frame, and pushes what it goes on with; `start` does neither. */
  | { readonly kind: "suspend"; readonly how: "start" | "await" | "yield" | "delegate" }
  | { readonly kind: "jump" }
  /** Jumps when the condition holds. What each way keeps of the operands is a list of indices. */
  | {
      readonly kind: "branch";
      readonly condition: Text<O>;
      readonly jumpKeeps: readonly number[];
      readonly fallKeeps: readonly number[];
    }
  | { readonly kind: "return" }
  /** Leaves the frame by throwing; the text is the throwing statement. */
  | { readonly kind: "throw"; readonly statement: Text<O> };

/** The shape of an instruction record: everything the project knows about one instruction. */

import type { Emission } from "./emission.ts";
import type { OperandOf, OperandSchema } from "./operand.ts";
import type { SymbolicRule } from "./symbolic-rule.ts";

/** [popped, pushed] */
export type Effect = readonly [number, number];

export interface InstructionRecord<S extends OperandSchema> extends SymbolicRule<OperandOf<S>> {
  readonly operand: S;
  /** Picture of the stack before and after, top at the right; `x*count` stands for that many. Checked against `effect`. */
  readonly stack: string;
  readonly effect: Effect | ((operand: OperandOf<S>) => Effect);
  /** Jumps only: the same two facts for the way where the jump is taken. */
  readonly jump?: { readonly stack: string; readonly effect: Effect };
  readonly emit: Emission<OperandOf<S>>;
}

export function define<const S extends OperandSchema>(
  record: InstructionRecord<S>,
): InstructionRecord<S> {
  return Object.freeze(record);
}

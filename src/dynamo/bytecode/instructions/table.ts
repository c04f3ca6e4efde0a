/** THE instruction set: one record per instruction, from which types, verifier, printer and code generator follow. */

import { callInstructions } from "./calls.ts";
import { controlInstructions } from "./control.ts";
import type { InstructionRecord } from "./define.ts";
import { frameInstructions } from "./frame.ts";
import { iterationInstructions } from "./iteration.ts";
import { literalInstructions } from "./literals.ts";
import { localInstructions } from "./locals.ts";
import { objectInstructions } from "./objects.ts";
import type { OperandOf, OperandSchema } from "./operand.ts";
import { operatorInstructions } from "./operators.ts";
import { stackInstructions } from "./stack.ts";
import { privateNameInstructions } from "./private-names.ts";
import { suspensionInstructions } from "./suspension.ts";

export const instructionTable = {
  ...stackInstructions,
  ...localInstructions,
  ...frameInstructions,
  ...operatorInstructions,
  ...objectInstructions,
  ...literalInstructions,
  ...callInstructions,
  ...iterationInstructions,
  ...controlInstructions,
  ...suspensionInstructions,
  ...privateNameInstructions,
};

type Table = typeof instructionTable;

export type Op = keyof Table;

export type OperandOfOp<K extends Op> =
  Table[K] extends InstructionRecord<infer S extends OperandSchema> ? OperandOf<S> : never;

/** One instruction: `op` and its operands, by name. */
export type Instruction = { readonly [K in Op]: { readonly op: K } & OperandOfOp<K> }[Op];

/** The record of an instruction, seen without knowing which one it is. */
export type AnyRecord = InstructionRecord<OperandSchema>;

export function recordOf(op: Op): AnyRecord {
  // Sound: a record is only ever applied to operands of its own instruction, which carry the fields of its schema.
  return instructionTable[op] as unknown as AnyRecord;
}

/** The JavaScript of exactly one instruction over given operand expressions, for code that is put together elsewhere. */

import type { Code } from "../code.ts";
import { recordOf } from "../instructions/table.ts";
import { effectOf } from "../lower/stack-depth.ts";
import { type FoldScope, Folder } from "./fold.ts";
import { constantExpression } from "./operand-expression.ts";

export interface EmittedInstruction {
  readonly statements: readonly string[];
  /** Expressions for what the instruction pushes (a branch: keeps), to be evaluated once each, in this order, right away. */
  readonly results: readonly string[];
  /** Of a branch: it jumps if this holds. */
  readonly condition: string | null;
}

/** @param operands texts of variables or literals, deepest first, as many as the instruction pops */
export function emitInstruction(
  code: Code,
  pc: number,
  operands: readonly string[],
  scope: FoldScope,
): EmittedInstruction {
  const instruction = code.instructions[pc];
  if (instruction === undefined) throw new Error(`no instruction at pc ${pc}`);
  const [popped] = effectOf(instruction);
  if (operands.length !== popped)
    throw new Error(`${instruction.op} pops ${popped} operands, got ${operands.length}`);
  const folder = new Folder(
    code,
    scope,
    operands.map((text) => ({ ...constantExpression(text, true), isFaithful: false })),
  );
  const { emit } = recordOf(instruction.op);
  switch (emit.kind) {
    case "jump":
      return { statements: [], results: [], condition: null };
    case "return":
    case "throw":
      return { statements: [folder.exit(instruction)], results: [], condition: null };
    case "branch": {
      const branch = folder.condition(instruction);
      const kept = Math.max(emit.jumpKeeps.length, emit.fallKeeps.length);
      const results = branch.operands.slice(0, kept).map((operand) => operand.text);
      return { statements: folder.statements, results, condition: branch.text };
    }
    default:
      folder.step(instruction);
      folder.settlePairs();
      return {
        statements: folder.statements,
        results: folder.stack.map((entry) => entry.text),
        condition: null,
      };
  }
}

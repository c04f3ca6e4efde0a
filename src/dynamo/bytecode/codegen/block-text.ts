/** One basic block as JavaScript statements and, for a branch, the condition that comes after them. */

import type { Code } from "../code.ts";
import { recordOf } from "../instructions/table.ts";
import { printArrayPattern, writtenBy } from "./array-pattern.ts";
import { type Block, type FlowGraph, pcOf } from "./flow-graph.ts";
import { Folder } from "./fold.ts";
import type { Naming } from "./naming.ts";
import { variableExpression } from "./operand-expression.ts";

export interface BlockText {
  readonly statements: string;
  /** Of a branch. */
  readonly condition: string | null;
}

export function printBlock(
  code: Code,
  naming: Naming,
  block: Block,
  patterns: FlowGraph["patterns"],
): BlockText {
  naming.startBlock();
  const depth = code.depthAt(pcOf(block.id));
  const folder = new Folder(
    code,
    naming,
    Array.from({ length: depth }, (_, i) => variableExpression(`$s${i}`)),
  );
  for (const pc of block.pcs) {
    const instruction = code.instructions[pc];
    if (instruction === undefined) continue;
    naming.pc = pc;
    const pattern = patterns.get(pc);
    if (pattern === undefined) folder.step(instruction);
    else {
      const iterable = folder.takeForStatement(writtenBy(code, pattern, pc, naming));
      folder.statements.push(printArrayPattern(pattern, iterable, naming));
    }
  }
  const { terminator } = block;
  if (terminator.kind === "split")
    return { statements: printSplit(code, naming, terminator.pc), condition: null };
  if (terminator.kind === "goto") {
    folder.spill();
    return { statements: folder.statements.join("\n"), condition: null };
  }
  naming.pc = terminator.pc;
  const instruction = code.instructions[terminator.pc];
  if (instruction === undefined) throw new Error(`no instruction at pc ${terminator.pc}`);
  if (terminator.kind === "exit") {
    const exit = folder.exit(instruction);
    return { statements: [...folder.statements, exit].join("\n"), condition: null };
  }
  const branch = folder.condition(instruction);
  let { text: condition } = branch;
  const { emit } = recordOf(instruction.op);
  if (emit.kind === "branch") {
    // Kept operands are the first ones: `value` or `method receiver`.
    const kept = Math.max(emit.jumpKeeps.length, emit.fallKeeps.length);
    folder.stack.push(...branch.operands.slice(0, kept));
  }
  if (folder.stack.length > 0 && /\$s\d/.test(condition)) {
    const variable = naming.temporary();
    folder.statements.push(`${variable}=${condition};`);
    condition = variable;
  }
  folder.spill();
  return { statements: folder.statements.join("\n"), condition };
}

/** Hands over the whole state of the frame; dead locals stay behind. */
function printSplit(code: Code, naming: Naming, pc: number): string {
  const live = new Set(code.liveLocalsAt(pc));
  const locals = code.locals.map((_, slot) => (live.has(slot) ? naming.local(slot) : "void 0"));
  const stack = Array.from({ length: code.depthAt(pc) }, (_, i) => `$s${i}`);
  const state = [
    String(pc),
    "this",
    "$args",
    "$newTarget",
    "$self",
    "$captures",
    `[${locals}]`,
    `[${stack}]`,
  ];
  return `return $split(${state.join(",")});`;
}

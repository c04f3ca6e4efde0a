/** Which locals may still be read at a pc: what a resume function needs. Precise across exception edges. */

import type { Child, Region } from "./code.ts";
import { type Instruction, recordOf } from "./instructions/table.ts";
import { successors } from "./lower/stack-depth.ts";

interface LocalUse {
  readonly reads: readonly number[];
  readonly writes: number | null;
}

/** The slots an instruction reads and the one it overwrites. */
function localUse(instruction: Instruction, children: readonly Child[]): LocalUse {
  const reads: number[] = [];
  let writes: number | null = null;
  const operands: Readonly<Record<string, unknown>> = instruction;
  for (const [field, kind] of Object.entries(recordOf(instruction.op).operand)) {
    const value = operands[field];
    if (typeof value !== "number") continue;
    if (kind.kind === "local") {
      if (kind.access !== "write") reads.push(value);
      if (kind.access !== "read") writes = value;
    } else if (kind.kind === "child") {
      for (const { from } of children[value]?.captures ?? [])
        if (from.kind === "local") reads.push(from.slot);
    }
  }
  return { reads, writes };
}

/** The slot that an instruction gives another value. */
export function writtenLocal(instruction: Instruction): number | null {
  return localUse(instruction, []).writes;
}

/** Backward data flow: live before = reads ∪ (live after − write); an exception keeps what the handler needs. */
export function computeLiveness(
  instructions: readonly Instruction[],
  regionAt: (pc: number) => Region | null,
  children: readonly Child[],
): readonly ReadonlySet<number>[] {
  const live: Set<number>[] = instructions.map(() => new Set());
  const uses = instructions.map((instruction) => localUse(instruction, children));
  for (let changed = true; changed;) {
    changed = false;
    for (let pc = instructions.length - 1; pc >= 0; pc--) {
      const instruction = instructions[pc];
      const before = live[pc];
      const use = uses[pc];
      if (instruction === undefined || before === undefined || use === undefined) continue;
      const size = before.size;
      for (const to of successors(instruction, pc)) {
        for (const slot of live[to.pc] ?? []) if (slot !== use.writes) before.add(slot);
      }
      // The exception may come before the write: the handler sees the old value.
      const region = regionAt(pc);
      if (region !== null) for (const slot of live[region.handler] ?? []) before.add(slot);
      for (const slot of use.reads) before.add(slot);
      if (before.size !== size) changed = true;
    }
  }
  return live;
}

/** Which cells are certainly out of their temporal dead zone at a pc: their content may be used without a check. */

import type { Code } from "./code.ts";
import type { Instruction } from "./instructions/table.ts";
import { successors } from "./lower/stack-depth.ts";

type Facts = Pick<Code, "instructions" | "regionAt">;

/** Forward data flow from the start of the function: what holds on every way to a pc, exceptions included. */
export function findInitializedCells(code: Facts): readonly ReadonlySet<number>[] {
  const { instructions } = code;
  const known: (ReadonlySet<number> | null)[] = instructions.map(() => null);
  known[0] = new Set();
  const work = [0];
  const arrive = (pc: number, slots: ReadonlySet<number>): void => {
    const before = known[pc];
    const common = before ? new Set([...before].filter((slot) => slots.has(slot))) : slots;
    if (before && common.size === before.size) return;
    known[pc] = common;
    work.push(pc);
  };
  for (let pc = work.pop(); pc !== undefined; pc = work.pop()) {
    const instruction = instructions[pc];
    const before = known[pc];
    if (instruction === undefined || !before) continue;
    const after = step(before, instruction);
    for (const to of successors(instruction, pc)) arrive(to.pc, after);
    const region = code.regionAt(pc);
    // The exception may come before the instruction has done anything, and a new cell may be there already.
    if (region !== null)
      arrive(region.handler, new Set([...before].filter((slot) => after.has(slot))));
  }
  return known.map((slots) => slots ?? new Set<number>());
}

function step(before: ReadonlySet<number>, instruction: Instruction): ReadonlySet<number> {
  switch (instruction.op) {
    case "createCell": {
      const after = new Set(before);
      if (instruction.initialized) after.add(instruction.slot);
      else after.delete(instruction.slot);
      return after;
    }
    // A read or a write that did not throw found it initialised.
    case "initializeCell":
    case "loadCell":
    case "storeCell":
      return before.has(instruction.slot) ? before : new Set(before).add(instruction.slot);
    default:
      return before;
  }
}

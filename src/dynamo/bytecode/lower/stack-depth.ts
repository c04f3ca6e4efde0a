/** Operand stack depth at every pc, found by following all paths; also settles the depth of regions. */

import type { Region } from "../code.ts";
import type { Effect } from "../instructions/define.ts";
import { type Instruction, recordOf } from "../instructions/table.ts";

export function effectOf(instruction: Instruction): Effect {
  const { effect } = recordOf(instruction.op);
  return typeof effect === "function" ? effect(instruction) : effect;
}

/** Where control may go after an instruction, exceptions aside: pc and change of depth. */
export function successors(
  instruction: Instruction,
  pc: number,
): readonly { readonly pc: number; readonly change: number }[] {
  const record = recordOf(instruction.op);
  const [popped, pushed] = effectOf(instruction);
  switch (record.emit.kind) {
    case "return":
    case "throw":
      return [];
    case "jump":
      return "target" in instruction ? [{ pc: instruction.target, change: 0 }] : [];
    case "branch": {
      const [jumpPopped, jumpPushed] = record.jump?.effect ?? [popped, pushed];
      const fall = { pc: pc + 1, change: pushed - popped };
      return "target" in instruction
        ? [fall, { pc: instruction.target, change: jumpPushed - jumpPopped }]
        : [fall];
    }
    default:
      return [{ pc: pc + 1, change: pushed - popped }];
  }
}

export interface StackDepths {
  readonly depths: Int32Array;
  readonly regions: readonly Region[];
  readonly maxDepth: number;
}

export function computeStackDepths(
  instructions: readonly Instruction[],
  drafts: readonly Region[],
): StackDepths {
  const depths = new Int32Array(instructions.length).fill(-1);
  const regions = drafts.map((region) => ({ ...region }));
  const innermost = instructions.map(
    (_, pc) => regions.find((region) => pc >= region.start && pc < region.end) ?? null,
  );
  let maxDepth = 0;
  const work: { pc: number; depth: number }[] = [{ pc: 0, depth: 0 }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { pc, depth } = next;
    const instruction = instructions[pc];
    if (instruction === undefined)
      throw new Error(`control runs past the end of the code at pc ${pc}`);
    if (depths[pc] !== -1) {
      if (depths[pc] !== depth)
        throw new Error(`stack depth at pc ${pc} is both ${depths[pc]} and ${depth}`);
      continue;
    }
    depths[pc] = depth;
    const region = innermost[pc];
    if (region) {
      // An expression region is entered at its start only, and that is its depth.
      if (region.depth < 0) region.depth = depth;
      work.push({ pc: region.handler, depth: region.depth + 1 });
    }
    const [popped, pushed] = effectOf(instruction);
    if (depth < popped)
      throw new Error(`${instruction.op} at pc ${pc} pops ${popped} of ${depth} operands`);
    maxDepth = Math.max(maxDepth, depth, depth - popped + pushed);
    for (const to of successors(instruction, pc))
      work.push({ pc: to.pc, depth: depth + to.change });
  }
  // A region of dead code protects nothing, and its handler is dead too.
  const reachable = regions.filter((region) =>
    depths.subarray(region.start, region.end).some((depth) => depth >= 0),
  );
  return { depths, regions: reachable, maxDepth: maxDepth + 1 };
}

/** Where the ways from a branch come together again: immediate post-dominators, by Cooper, Harvey and Kennedy (2001) backwards. */

import type { Code } from "./code.ts";
import { successors } from "./lower/stack-depth.ts";

const joins = new WeakMap<Code, readonly (number | null)[]>();

/** The first pc that every way from `pc` to the end of the function passes; null: none before the function returns. */
export function joinOf(code: Code, pc: number): number | null {
  let found = joins.get(code);
  if (found === undefined) {
    found = postDominators(code);
    joins.set(code, found);
  }
  return found[pc] ?? null;
}

/** The pcs that can come after `from`, itself included, without going through one of `stops`. */
export function reachableFrom(
  code: Code,
  from: number,
  stops: ReadonlySet<number>,
): ReadonlySet<number> {
  const seen = new Set<number>();
  const work = [from];
  for (let pc = work.pop(); pc !== undefined; pc = work.pop()) {
    const instruction = code.instructions[pc];
    if (instruction === undefined || seen.has(pc) || stops.has(pc)) continue;
    seen.add(pc);
    for (const next of successors(instruction, pc)) work.push(next.pc);
  }
  return seen;
}

/** Ways that throw have no end: they join nothing. */
function postDominators(code: Code): readonly (number | null)[] {
  const exit = code.instructions.length;
  const next = code.instructions.map((instruction, pc) =>
    instruction.op === "return" ? [exit] : successors(instruction, pc).map((to) => to.pc),
  );
  const before: number[][] = Array.from({ length: exit + 1 }, () => []);
  for (const [pc, targets] of next.entries()) for (const to of targets) before[to]?.push(pc);
  const order = postorderFrom(exit, before);
  const position = new Map(order.map((pc, index) => [pc, index]));
  const parent = new Map<number, number>([[exit, exit]]);
  const common = (a: number, b: number): number => {
    const rank = (pc: number): number => position.get(pc) ?? -1;
    const up = (pc: number): number => parent.get(pc) ?? exit;
    let left = a;
    let right = b;
    while (left !== right) {
      while (rank(left) < rank(right)) left = up(left);
      while (rank(right) < rank(left)) right = up(right);
    }
    return left;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const pc of [...order].reverse()) {
      if (pc === exit) continue;
      const known = (next[pc] ?? []).filter((to) => parent.has(to));
      const [first, ...rest] = known;
      if (first === undefined) continue;
      const found = rest.reduce(common, first);
      if (parent.get(pc) === found) continue;
      parent.set(pc, found);
      changed = true;
    }
  }
  return next.map((_, pc) => {
    const found = parent.get(pc);
    return found === undefined || found === exit ? null : found;
  });
}

function postorderFrom(start: number, edges: readonly (readonly number[])[]): readonly number[] {
  const seen = new Set([start]);
  const postorder: number[] = [];
  // Iterative: functions with thousands of instructions must not overflow the stack.
  const path = [{ pc: start, rest: [...(edges[start] ?? [])] }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const pc = top.rest.pop();
    if (pc === undefined) {
      postorder.push(top.pc);
      path.pop();
    } else if (!seen.has(pc)) {
      seen.add(pc);
      path.push({ pc, rest: [...(edges[pc] ?? [])] });
    }
  }
  return postorder;
}

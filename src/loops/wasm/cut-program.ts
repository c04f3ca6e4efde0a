/** Where to cut a long program into pieces: a model of how many cycles a processor takes for each. */
import { at } from "../../core/shape.ts";
import type { Instruction } from "./program.ts";

/** One instruction of the program, by its place. */
export interface Step {
  /** The places of those it waits for. */
  readonly args: readonly number[];
  /** Cycles from its arguments to its result. */
  readonly latency: number;
  /** Only those units of a processor do it that multiply. */
  readonly isProduct: boolean;
  /** It is needed when the program is over. */
  readonly isOutput: boolean;
  /** It belongs to the last piece. */
  readonly isFixed: boolean;
}

/** Instructions that may wait for their arguments at a time, of vectors (measured on Zen 5: 90 to 130). */
const window = 110;
/** Instructions that start in a cycle. */
const perCycle = 3.7;
/** Of them, products: half of the units multiply, the other half adds and compares (Zen 5). */
const productsPerCycle = 2;
/** Cycles until what was stored can be used. */
const reload = 5;
/** Instructions for a vector that the loop of a piece takes for itself. */
const loopInstructions = 1.5;
/** Shorter programs have nothing to gain. */
export const shortestProgram = 12;
/** For longer ones the search would take too long. */
const longestProgram = 400;
const mostPieces = 6;
/** A cut program must take less than this share of the time. */
const worthwhile = 0.85;

export function latencyOf(instruction: Instruction): number {
  if (instruction.kind === "load" || instruction.kind === "row") return reload;
  if (instruction.kind !== "plain") return 1;
  const { op } = instruction;
  if (/div|sqrt/.test(op)) return 11;
  if (/relaxed_n?madd/.test(op)) return 4;
  return /^f(32x4|64x2)\.(add|sub|mul)/.test(op) ? 3 : 1;
}

export function isProduct(instruction: Instruction): boolean {
  return instruction.kind === "plain" && /^f.*(mul|madd|div|sqrt)/.test(instruction.op);
}

/** The places at which new pieces start; none where the whole is as good. */
export function bestCuts(steps: readonly Step[]): readonly number[] {
  const count = steps.length;
  if (count > longestProgram) return [];
  const lastUse = steps.map(({ isOutput }, place) => (isOutput ? count : place));
  steps.forEach(({ args }, place) => {
    for (const arg of args) lastUse[arg] = Math.max(at(lastUse, arg), place);
  });
  const firstFixed = steps.findIndex(({ isFixed }) => isFixed);
  const lastCut = firstFixed < 0 ? count - 1 : firstFixed;
  const wholeCost = at(costsFrom(steps, lastUse, 0), count);
  // Two pieces start all of the instructions as well, and have a loop each.
  const leastCost = (count + 2 * loopInstructions) / perCycle;
  if (leastCost > worthwhile * wholeCost) return [];
  /** By place: the least cost of all before it, and where the last piece of that starts. */
  const best = Array.from({ length: count + 1 }, () => ({ cost: Infinity, start: 0, pieces: 0 }));
  best[0] = { cost: 0, start: 0, pieces: 0 };
  for (let start = 0; start < count; start++) {
    const before = at(best, start);
    if (before.cost === Infinity || before.pieces >= mostPieces) continue;
    const costs = costsFrom(steps, lastUse, start);
    for (let end = start + 1; end <= count; end++) {
      if (end > lastCut && end < count) continue;
      const cost = before.cost + at(costs, end);
      if (cost < at(best, end).cost) best[end] = { cost, start, pieces: before.pieces + 1 };
    }
  }
  if (at(best, count).cost > worthwhile * wholeCost) return [];
  const cuts: number[] = [];
  for (let cut = at(best, count).start; cut > 0; cut = at(best, cut).start) cuts.unshift(cut);
  return cuts;
}

/** By the end of a piece that starts there: cycles for a vector, limited by what waits, by what starts, or by its products. */
function costsFrom(
  steps: readonly Step[],
  lastUse: readonly number[],
  start: number,
): readonly number[] {
  const count = steps.length;
  const costs = new Array<number>(count + 1).fill(Infinity);
  const loaded = new Set<number>();
  const readyAt = new Array<number>(count).fill(0);
  /** By the end: how many values that are stored for pieces behind one that ends there are not for one that ends later. */
  const dropped = new Array<number>(count + 2).fill(0);
  let longest = 0;
  let products = 0;
  let stores = 0;
  for (let place = start; place < count; place++) {
    const { args, latency, isProduct } = at(steps, place);
    if (isProduct) products += 1;
    let ready = 0;
    for (const arg of args) {
      if (arg < start) loaded.add(arg);
      ready = Math.max(ready, arg < start ? reload : at(readyAt, arg));
    }
    readyAt[place] = ready + latency;
    longest = Math.max(longest, ready + latency);
    const end = place + 1;
    const last = at(lastUse, place);
    // Needed by pieces behind all ends up to its last use.
    if (last >= end) {
      stores += 1;
      dropped[last + 1] = at(dropped, last + 1) + 1;
    }
    stores -= at(dropped, end);
    const kept = end < count ? stores : 0;
    const instructions = end - start + loaded.size + kept + loopInstructions;
    costs[end] = Math.max(
      (instructions * longest) / window,
      instructions / perCycle,
      products / productsPerCycle,
    );
  }
  return costs;
}

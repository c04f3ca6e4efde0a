/** Basic blocks reachable from a pc, with their protecting handlers. */

import { type ArrayPattern, findArrayPatterns } from "./array-pattern.ts";
import type { Code } from "../code.ts";
import { recordOf } from "../instructions/table.ts";
import { successors } from "../lower/stack-depth.ts";

/** Name of a block: the pc of its first instruction, or `~pc` for the place where control leaves at a split. */
export type BlockId = number;

export type Terminator =
  | { readonly kind: "goto"; readonly to: BlockId }
  | { readonly kind: "branch"; readonly pc: number; readonly jump: BlockId; readonly fall: BlockId }
  | { readonly kind: "exit"; readonly pc: number }
  /** Hands the frame over before the instruction at `pc` runs. */
  | { readonly kind: "split"; readonly pc: number };

export interface Block {
  readonly id: BlockId;
  /** Straight-line instructions, terminator not included. */
  readonly pcs: readonly number[];
  readonly terminator: Terminator;
  /** Handlers that protect it, outermost first. */
  readonly handlers: readonly Handler[];
  /** Normal successors. */
  readonly successors: readonly BlockId[];
}

export interface Handler {
  readonly block: BlockId;
  readonly depth: number;
}

export interface FlowGraph {
  readonly entry: BlockId;
  readonly blocks: ReadonlyMap<BlockId, Block>;
  /** By the pc of their first instruction: each counts as one instruction. */
  readonly patterns: ReadonlyMap<number, ArrayPattern>;
}

/** @param splitAt pcs at which control leaves when it gets there, the start excepted */
export function buildFlowGraph(code: Code, start: number, splitAt: ReadonlySet<number>): FlowGraph {
  const first = code.instructions[start];
  const entry = first?.op === "jump" ? destination(code, first.target, splitAt) : start;
  const patterns = findArrayPatterns(code, pcOf(entry), splitAt);
  const leaders = findLeaders(code, entry, splitAt, patterns);
  const blocks = new Map<BlockId, Block>();
  for (const leader of leaders)
    blocks.set(leader, buildBlock(code, leader, leaders, splitAt, patterns));
  return { entry, blocks, patterns };
}

/** The pc an id stands for. */
export function pcOf(id: BlockId): number {
  return id < 0 ? ~id : id;
}

/** Where going to `start` really leads: jumps are followed, since they do nothing by themselves. */
function destination(code: Code, start: number, splitAt: ReadonlySet<number>): BlockId {
  const seen = new Set<number>();
  for (let pc = start; ;) {
    if (splitAt.has(pc)) return ~pc;
    const instruction = code.instructions[pc];
    if (instruction?.op !== "jump" || seen.has(pc)) return pc;
    seen.add(pc);
    pc = instruction.target;
  }
}

function findLeaders(
  code: Code,
  entry: BlockId,
  splitAt: ReadonlySet<number>,
  patterns: FlowGraph["patterns"],
): ReadonlySet<BlockId> {
  const leaders = new Set([entry]);
  const seen = new Set<BlockId>();
  const work = [entry];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (id < 0) continue;
    const instruction = code.instructions[id];
    if (instruction === undefined)
      throw new Error(`control runs past the end of the code at pc ${id}`);
    const { kind } = recordOf(instruction.op).emit;
    const endsBlock = kind === "jump" || kind === "branch";
    const pattern = patterns.get(id);
    for (const to of pattern ? [{ pc: pattern.end }] : successors(instruction, id)) {
      const target = destination(code, to.pc, splitAt);
      if (endsBlock || target !== id + 1 || !sameHandlers(code, id, target)) leaders.add(target);
      work.push(target);
    }
    for (const handler of handlersAt(code, id, splitAt)) {
      leaders.add(handler.block);
      work.push(handler.block);
    }
  }
  return leaders;
}

function buildBlock(
  code: Code,
  id: BlockId,
  leaders: ReadonlySet<BlockId>,
  splitAt: ReadonlySet<number>,
  patterns: FlowGraph["patterns"],
): Block {
  if (id < 0)
    return { id, pcs: [], handlers: [], terminator: { kind: "split", pc: ~id }, successors: [] };
  const pcs: number[] = [];
  const handlers = handlersAt(code, id, splitAt);
  for (let pc = id; ; pc++) {
    const instruction = code.instructions[pc];
    if (instruction === undefined)
      throw new Error(`control runs past the end of the code at pc ${pc}`);
    const { emit } = recordOf(instruction.op);
    if (emit.kind === "return" || emit.kind === "throw") {
      return { id, pcs, handlers, terminator: { kind: "exit", pc }, successors: [] };
    }
    if (emit.kind === "branch" && "target" in instruction) {
      const jump = destination(code, instruction.target, splitAt);
      const fall = destination(code, pc + 1, splitAt);
      return {
        id,
        pcs,
        handlers,
        terminator: { kind: "branch", pc, jump, fall },
        successors: [jump, fall],
      };
    }
    const isJump = emit.kind === "jump" && "target" in instruction;
    if (!isJump) pcs.push(pc);
    const after = patterns.get(pc)?.end ?? pc + 1;
    const next = destination(code, isJump ? instruction.target : after, splitAt);
    if (isJump || leaders.has(next)) {
      return { id, pcs, handlers, terminator: { kind: "goto", to: next }, successors: [next] };
    }
  }
}

/** The handlers around a pc, outermost first. Pieces of one region share their handler. */
function handlersAt(code: Code, pc: number, splitAt: ReadonlySet<number>): readonly Handler[] {
  const found: Handler[] = [];
  for (const region of code.regions) {
    if (pc < region.start || pc >= region.end) continue;
    const block = destination(code, region.handler, splitAt);
    if (!found.some((handler) => handler.block === block))
      found.unshift({ block, depth: region.depth });
  }
  return found;
}

function sameHandlers(code: Code, a: number, b: number): boolean {
  const around = (pc: number): ReadonlySet<number> =>
    new Set(
      code.regions
        .filter((region) => pc >= region.start && pc < region.end)
        .map((region) => region.handler),
    );
  const first = around(a);
  const second = around(b);
  return first.size === second.size && [...first].every((handler) => second.has(handler));
}

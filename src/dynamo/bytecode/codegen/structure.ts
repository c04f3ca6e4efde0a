/**
 * Structured control flow from a flow graph: labelled blocks and loops over the dominator tree
 * (Norman Ramsey 2022, "Beyond Relooper"), extended with `try` statements for protected blocks.
 *
 * A block is printed inside its dominator. Where that one is protected by a `try` the block is not, the block moves
 * out to the place just after that `try`. Every way out of a block is an explicit `break`, `continue` or exit.
 */

import type { BlockText } from "./block-text.ts";
import type { Dominators } from "./dominators.ts";
import type { Block, BlockId, FlowGraph, Handler } from "./flow-graph.ts";

/** Where a block is printed: inside `parent`, within so many of the parent's `try` statements. */
interface Place {
  readonly parent: number;
  readonly level: number;
}

/** Text of the graph, or null where its flow is irreducible. */
export function printStructured(
  graph: FlowGraph,
  dominators: Dominators,
  print: (block: Block) => BlockText,
): string | null {
  const printer = new StructuredPrinter(graph, dominators, print);
  return printer.isReducible() ? printer.print() : null;
}

class StructuredPrinter {
  readonly #graph: FlowGraph;
  readonly #dominators: Dominators;
  readonly #print: (block: Block) => BlockText;
  readonly #places = new Map<number, Place>();
  /** Blocks that follow a labelled block, by where they are printed. */
  readonly #followers = new Map<number, number[]>();
  readonly #isFollower = new Set<number>();
  readonly #loopHeads = new Set<number>();

  constructor(graph: FlowGraph, dominators: Dominators, print: (block: Block) => BlockText) {
    this.#graph = graph;
    this.#dominators = dominators;
    this.#print = print;
    this.#findPlaces();
    this.#findFollowers();
  }

  #block(start: number): Block {
    const block = this.#graph.blocks.get(start);
    if (block === undefined) throw new Error(`no block at pc ${start}`);
    return block;
  }

  #position(start: number): number {
    return this.#dominators.index.get(start) ?? 0;
  }

  #isBackEdge(from: number, to: number): boolean {
    return this.#position(to) <= this.#position(from);
  }

  /** How many `try` statements are around the block before it opens its own. */
  #outerLevel(start: number): number {
    return this.#places.get(start)?.level ?? 0;
  }

  /** In reverse postorder: where a block can be printed depends on where the blocks are that go to it. */
  #findPlaces(): void {
    const sources = this.#forwardSources();
    for (const id of this.#dominators.order) {
      if (id === this.#graph.entry) continue;
      const { handlers } = this.#block(id);
      let parent = this.#dominators.parent.get(id) ?? this.#graph.entry;
      let limit = Number.POSITIVE_INFINITY;
      for (;;) {
        let level = Math.min(limit, commonPrefix(this.#block(parent).handlers, handlers));
        for (const source of sources.get(id) ?? [])
          level = Math.min(level, this.#levelInside(source, id, parent));
        const place = this.#places.get(parent);
        if (place === undefined || level >= place.level) {
          this.#places.set(id, { parent, level });
          break;
        }
        parent = place.parent;
        limit = place.level;
      }
    }
  }

  /** Blocks with an edge to each block, back edges left out. */
  #forwardSources(): ReadonlyMap<BlockId, readonly BlockId[]> {
    const sources = new Map<BlockId, BlockId[]>();
    for (const id of this.#dominators.order) {
      for (const to of [
        ...this.#block(id).successors,
        ...this.#block(id).handlers.map((handler) => handler.block),
      ]) {
        if (this.#isBackEdge(id, to)) continue;
        const known = sources.get(to);
        if (known === undefined) sources.set(to, [id]);
        else known.push(id);
      }
    }
    return sources;
  }

  /** How many `try` statements of `parent` are around the point of `source` from which it goes to `to`. */
  #levelInside(source: BlockId, to: BlockId, parent: BlockId): number {
    const block = this.#block(source);
    const caught = block.handlers.findIndex((handler) => handler.block === to);
    // The catch clause that goes to a handler belongs to the block that opens the `try`.
    if (caught >= 0 && caught < this.#outerLevel(source)) return Number.POSITIVE_INFINITY;
    let level = caught >= 0 ? caught : block.handlers.length;
    for (let at = source; at !== parent;) {
      const place = this.#places.get(at);
      if (place === undefined) return 0;
      level = place.level;
      at = place.parent;
    }
    return level;
  }

  /** A block that more than one place goes to, or that is not printed where it is reached, needs a label before it. */
  #findFollowers(): void {
    const sources = new Map<number, number>();
    const isElsewhere = new Set<number>();
    const count = (to: number, parent: number, level: number): void => {
      sources.set(to, (sources.get(to) ?? 0) + 1);
      const place = this.#places.get(to);
      if (place?.parent !== parent || place.level !== level) isElsewhere.add(to);
    };
    for (const start of this.#dominators.order) {
      const block = this.#block(start);
      for (const to of block.successors) {
        if (this.#isBackEdge(start, to)) this.#loopHeads.add(to);
        else count(to, start, block.handlers.length);
      }
      // The catch clauses of the `try` statements this block opens.
      for (let level = this.#outerLevel(start); level < block.handlers.length; level++) {
        const handler = block.handlers[level];
        if (handler === undefined) continue;
        if (this.#isBackEdge(start, handler.block)) this.#loopHeads.add(handler.block);
        else count(handler.block, start, level);
      }
    }
    for (const [to, times] of sources) {
      if (times < 2 && !isElsewhere.has(to)) continue;
      this.#isFollower.add(to);
      const parent = this.#places.get(to)?.parent ?? this.#graph.entry;
      const list = this.#followers.get(parent);
      if (list === undefined) this.#followers.set(parent, [to]);
      else list.push(to);
    }
  }

  isReducible(): boolean {
    for (const start of this.#dominators.order) {
      const block = this.#block(start);
      const handlers = block.handlers
        .slice(this.#outerLevel(start))
        .map((handler) => handler.block);
      for (const to of [...block.successors, ...handlers]) {
        if (this.#isBackEdge(start, to) && !this.#isInside(start, to)) return false;
      }
    }
    return true;
  }

  /** True if `inner` is printed inside `outer`, so that it can `continue` its loop. */
  #isInside(inner: number, outer: number): boolean {
    for (let at = inner; ;) {
      if (at === outer) return true;
      const place = this.#places.get(at);
      if (place === undefined) return false;
      at = place.parent;
    }
  }

  print(): string {
    return this.#node(this.#graph.entry);
  }

  #node(start: number): string {
    const inner = this.#level(this.#block(start), this.#outerLevel(start));
    return this.#loopHeads.has(start) ? `L${label(start)}:for(;;){\n${inner}\n}` : inner;
  }

  /** The block within its `try` statements from `level` on, and after them what follows at this level. */
  #level(block: Block, level: number): string {
    let text: string;
    const handler = block.handlers[level];
    if (handler === undefined) text = this.#body(block);
    else {
      const caught = this.#branch(block.id, handler.block);
      text = `try{\n${this.#level(block, level + 1)}\n}catch($e){$s${handler.depth}=$e;\n${caught}\n}`;
    }
    const followers = (this.#followers.get(block.id) ?? [])
      .filter((follower) => this.#outerLevel(follower) === level)
      .sort((a, b) => this.#position(a) - this.#position(b));
    for (const follower of followers)
      text = `B${label(follower)}:{\n${text}\n}\n${this.#node(follower)}`;
    return text;
  }

  #body(block: Block): string {
    const { statements, condition } = this.#print(block);
    const { terminator, id } = block;
    if (terminator.kind === "exit" || terminator.kind === "split") return statements;
    if (terminator.kind === "goto") return joinLines(statements, this.#branch(id, terminator.to));
    const jump = this.#branch(id, terminator.jump);
    const fall = this.#branch(id, terminator.fall);
    // Neither way falls through, so the longer one needs no block of its own: early exits do not nest.
    const choice =
      isShort(fall) && !isShort(jump)
        ? `if(!(${condition})){\n${fall}\n}\n${jump}`
        : `if(${condition}){\n${jump}\n}\n${fall}`;
    return joinLines(statements, choice);
  }

  #branch(from: number, to: number): string {
    if (this.#isBackEdge(from, to)) return `continue L${label(to)};`;
    return this.#isFollower.has(to) ? `break B${label(to)};` : this.#node(to);
  }
}

/** Split blocks have negative ids. */
function label(id: BlockId): string {
  return id < 0 ? `s${~id}` : String(id);
}

function commonPrefix(a: readonly Handler[], b: readonly Handler[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length]?.block === b[length]?.block) length++;
  return length;
}

function isShort(text: string): boolean {
  return text.startsWith("break ") || text.startsWith("continue ");
}

function joinLines(first: string, second: string): string {
  return first === "" ? second : `${first}\n${second}`;
}

import { InternalError } from "../base/errors.ts";
import { isCall } from "./node.ts";
import type { CallNode, Node, OutputNode, PlaceholderNode } from "./node.ts";

/**
 * A finished graph: placeholders first, then `get_attr` and call nodes in program order, one output last.
 * Immutable; made by a `GraphBuilder`.
 */
export class Graph {
  readonly nodes: readonly Node[];
  /** Sub-graphs and constants that `get_attr` nodes name. */
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly placeholders: readonly PlaceholderNode[];
  readonly calls: readonly CallNode[];
  readonly output: OutputNode;

  constructor(nodes: readonly Node[], attributes: ReadonlyMap<string, unknown>) {
    this.nodes = Object.freeze([...nodes]);
    this.attributes = attributes;
    this.placeholders = Object.freeze(nodes.filter((node) => node.op === "placeholder"));
    this.calls = Object.freeze(nodes.filter(isCall));
    const last = nodes.at(-1);
    if (last?.op !== "output") throw new InternalError("a graph must end with its output node");
    this.output = last;
    Object.freeze(this);
  }

  find(name: string): Node | null {
    return this.nodes.find((node) => node.name === name) ?? null;
  }
}

import { InternalError } from "../base/errors.ts";
import { describedLater } from "./describe-value.ts";
import { Graph } from "./graph.ts";
import { NameScope } from "./name-scope.ts";
import { createNode, detachNode, isCall, isNode, mapArgument, noMeta } from "./node.ts";
import type { Argument, GetAttrNode, Node, NodeDefinition, NodeMeta, NodeSource } from "./node.ts";
import type { PlaceholderNode, TargetFunction } from "./node.ts";

/** What the caller may say about a new node; `type` is derived from `example` when it is not given. */
export interface NodeDetails {
  readonly name?: string;
  readonly kwargs?: Readonly<Record<string, Argument>>;
  readonly example?: unknown;
  readonly type?: string | null;
  readonly source?: NodeSource | null;
}

/** A value of the enclosing graph that a sub-graph uses, and the input that stands for it inside. */
export interface LiftedValue {
  readonly operand: Node;
  readonly placeholder: PlaceholderNode;
}

/** A state that a builder can return to. */
export interface BuilderCheckpoint {
  readonly placeholderCount: number;
  readonly nodeCount: number;
}

/**
 * Collects the nodes of one graph. Placeholders may be added at any time; they always come first.
 * A builder with a parent makes a sub-graph: nodes of the parent used in it become placeholders of their own, and
 * `lifted` says which operands the caller has to pass for them.
 */
export class GraphBuilder {
  readonly #placeholders: Node[] = [];
  readonly #body: Node[] = [];
  readonly #own = new Set<Node>();
  readonly #names = new NameScope();
  readonly #attributes = new Map<string, unknown>();
  readonly #attributeNodes = new Map<unknown, GetAttrNode>();
  readonly #lifted = new Map<Node, LiftedValue>();
  readonly #parent: GraphBuilder | null;
  #callCount = 0;

  constructor(parent: GraphBuilder | null = null) {
    this.#parent = parent;
  }

  /** The values of the enclosing graph used so far; the caller of the sub-graph passes the operands in this order. */
  get lifted(): readonly LiftedValue[] {
    return [...this.#lifted.values()];
  }

  /** What is kept beside the graph so far. */
  get attributeValues(): readonly unknown[] {
    return [...this.#attributes.values()];
  }

  get callCount(): number {
    return this.#callCount;
  }

  /** An input; `target` is its name as printed, made unique. */
  placeholder(target: string, details: NodeDetails = {}): PlaceholderNode {
    const name = this.#names.create(details.name ?? target);
    const definition = {
      op: "placeholder",
      name,
      target: name,
      args: [],
      kwargs: {},
      meta: metaOf(details),
    } as const;
    const node = this.#add(definition, this.#placeholders);
    // Made from a placeholder definition one line above.
    return node as PlaceholderNode;
  }

  callFunction(
    target: TargetFunction,
    targetName: string,
    args: readonly Argument[],
    details: NodeDetails = {},
  ): Node {
    const shortName = targetName.slice(targetName.lastIndexOf(".") + 1);
    const call = this.#callFields(details.name ?? shortName, args, details);
    return this.#add({ op: "call_function", target, targetName, ...call }, this.#body);
  }

  callMethod(method: string, args: readonly Argument[], details: NodeDetails = {}): Node {
    const call = this.#callFields(details.name ?? method, args, details);
    return this.#add({ op: "call_method", target: method, ...call }, this.#body);
  }

  /** Keeps a sub-graph or constant beside the graph; the same value gives the same node. */
  attribute(wantedName: string, value: unknown, details: NodeDetails = {}): GetAttrNode {
    const known = this.#attributeNodes.get(value);
    if (known !== undefined) return known;
    const name = this.#names.create(wantedName);
    const definition = {
      op: "get_attr",
      name,
      target: name,
      args: [],
      kwargs: {},
      meta: metaOf(details),
    } as const;
    // Made from a get_attr definition one line above.
    const node = this.#add(definition, this.#body) as GetAttrNode;
    this.#attributes.set(name, value);
    this.#attributeNodes.set(value, node);
    return node;
  }

  /** Adds a node of another graph with its arguments replaced and its name kept where it is free. */
  copy(
    node: Node,
    replace: (leaf: Argument) => Argument,
    attributes: ReadonlyMap<string, unknown>,
  ): Node {
    const args = node.args.map((argument) => mapArgument(argument, replace));
    const kwargs = Object.fromEntries(
      Object.entries(node.kwargs).map(([key, argument]) => [key, mapArgument(argument, replace)]),
    );
    const details = { ...detailsOf(node.meta), name: node.name, kwargs };
    switch (node.op) {
      case "placeholder":
        return this.placeholder(node.target, details);
      case "get_attr":
        return this.attribute(node.target, attributes.get(node.target), details);
      case "call_function":
        return this.callFunction(node.target, node.targetName, args, details);
      case "call_method":
        return this.callMethod(node.target, args, details);
      case "output":
        throw new InternalError("an output node is not copied: finish the new graph with `build`");
    }
  }

  /** The node in this graph: a node of the parent becomes an input now, whether or not anything uses it later. */
  lift(node: Node): Node {
    return this.#lift(node);
  }

  checkpoint(): BuilderCheckpoint {
    return { placeholderCount: this.#placeholders.length, nodeCount: this.#body.length };
  }

  /** Forgets all nodes added since the checkpoint. */
  rollback({ placeholderCount, nodeCount }: BuilderCheckpoint): void {
    const removed = [
      ...this.#body.splice(nodeCount),
      ...this.#placeholders.splice(placeholderCount),
    ];
    for (const node of removed) {
      detachNode(node);
      this.#own.delete(node);
      this.#names.release(node.name);
      if (isCall(node)) this.#callCount--;
      if (node.op === "get_attr") this.#forgetAttribute(node.target);
    }
    for (const [outer, { placeholder }] of this.#lifted) {
      if (!this.#own.has(placeholder)) this.#lifted.delete(outer);
    }
  }

  /** The finished graph with this result. The builder must not be used afterwards. */
  build(result: Argument): Graph {
    const args = [this.#import(result)];
    this.#add(
      { op: "output", name: "output", target: "output", args, kwargs: {}, meta: noMeta },
      this.#body,
    );
    return new Graph([...this.#placeholders, ...this.#body], this.#attributes);
  }

  #callFields(wantedName: string, args: readonly Argument[], details: NodeDetails) {
    const imported = args.map((argument) => this.#import(argument));
    const kwargs = Object.fromEntries(
      Object.entries(details.kwargs ?? {}).map(([key, argument]) => [key, this.#import(argument)]),
    );
    return { name: this.#names.create(wantedName), args: imported, kwargs, meta: metaOf(details) };
  }

  #add(definition: NodeDefinition, list: Node[]): Node {
    const node = createNode(definition);
    this.#own.add(node);
    list.push(node);
    if (isCall(node)) this.#callCount++;
    return node;
  }

  #forgetAttribute(name: string): void {
    this.#attributeNodes.delete(this.#attributes.get(name));
    this.#attributes.delete(name);
  }

  // Constants that cannot be written down become attributes, so that a printed graph can always be run.
  #import(argument: Argument): Argument {
    return mapArgument(argument, (leaf) => {
      if (isNode(leaf)) return this.#lift(leaf);
      return isWritable(leaf) ? leaf : this.attribute("constant", leaf);
    });
  }

  #lift(node: Node): Node {
    if (this.#own.has(node)) return node;
    if (this.#parent === null) {
      throw new InternalError(`node ${node.name} belongs to another graph`);
    }
    const known = this.#lifted.get(node);
    if (known !== undefined) return known.placeholder;
    const operand = this.#parent.#lift(node);
    const placeholder = this.placeholder(node.name, detailsOf(node.meta));
    this.#lifted.set(node, { operand, placeholder });
    return placeholder;
  }
}

/** What a copy of a node is made from; what describes itself goes on doing so. */
const detailsOf = (meta: NodeMeta): NodeDetails =>
  meta instanceof SeenValue ? { example: meta.example, source: meta.source } : meta;

/** Whether a constant has a JavaScript spelling: literals, and objects such as dtypes that print as `torch.…`. */
function isWritable(constant: unknown): boolean {
  if (typeof constant === "function" || typeof constant === "symbol") return false;
  if (typeof constant !== "object" || constant === null) return true;
  return isTorchName(constant);
}

function isTorchName(constant: object): boolean {
  const print: unknown = Reflect.get(constant, "toString");
  if (typeof print !== "function" || print === Object.prototype.toString) return false;
  return /^torch(\.\w+)+$/.test(String(constant));
}

function metaOf(details: NodeDetails): NodeMeta {
  const { example, type, source } = details;
  return type === undefined
    ? new SeenValue(example, source ?? null)
    : Object.freeze({ example, type, source: source ?? null });
}

/** A value seen while capturing. It is described when that is asked for: only the whole capture tells which sizes vary. */
class SeenValue implements NodeMeta {
  readonly example: unknown;
  readonly source: NodeSource | null;
  readonly #described: () => string | null;

  constructor(example: unknown, source: NodeSource | null) {
    this.example = example;
    this.source = source;
    this.#described = describedLater(example);
    Object.freeze(this);
  }

  get type(): string | null {
    return this.#described();
  }
}

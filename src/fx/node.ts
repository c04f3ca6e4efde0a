/**
 * An argument of a node: a node, a constant, or an array or plain object of arguments.
 * Constants may be of any type, so this cannot be told apart by the type system; see `mapArgument`.
 */
export type Argument = unknown;

/** The user's source line that a node was captured from. */
export interface NodeSource {
  readonly file: string;
  readonly line: number;
  readonly functionName: string;
  /** The text of the line. */
  readonly code: string;
}

/** What is known about a node's value besides how it is computed. */
export interface NodeMeta {
  /** The value seen while capturing: a fake tensor, a symbolic number, an array of them. */
  readonly example: unknown;
  /** The printed type, as in `f32[3, 3]`; null where nothing is known. */
  readonly type: string | null;
  readonly source: NodeSource | null;
}

export const noMeta: NodeMeta = Object.freeze({ example: undefined, type: null, source: null });

/** A function called by a `call_function` node. */
// oxlint-disable-next-line typescript/no-unsafe-function-type -- targets are called with captured arguments of any type
export type TargetFunction = Function;

interface NodeFields {
  /** Unique in its graph and a valid JavaScript identifier. */
  readonly name: string;
  readonly args: readonly Argument[];
  /** Keyword arguments: passed as one options object after `args`; no object is passed when there are none. */
  readonly kwargs: Readonly<Record<string, Argument>>;
  readonly meta: NodeMeta;
  /** The nodes that have this one among their arguments. */
  readonly users: ReadonlySet<Node>;
}

/** An input of the graph; `target` is the name it was made from. */
export type PlaceholderNode = NodeFields & { readonly op: "placeholder"; readonly target: string };
/** A sub-graph or constant kept beside the graph, by its name among `graph.attributes`. */
export type GetAttrNode = NodeFields & { readonly op: "get_attr"; readonly target: string };
/** `target(...args)`; `targetName` is how the function is written: `torch.add`, `operator.add`. */
export type CallFunctionNode = NodeFields & {
  readonly op: "call_function";
  readonly target: TargetFunction;
  readonly targetName: string;
};
/** `args[0].target(...args.slice(1))`. */
export type CallMethodNode = NodeFields & { readonly op: "call_method"; readonly target: string };
/** The result: `args[0]`, a structure of arguments. Always the last node, exactly one. */
export type OutputNode = NodeFields & { readonly op: "output"; readonly target: "output" };

/** One operation of a graph, by `op`; the `call_…` nodes compute. Immutable, except that `users` grows while its graph is built. */
export type Node = PlaceholderNode | GetAttrNode | CallFunctionNode | CallMethodNode | OutputNode;
export type CallNode = CallFunctionNode | CallMethodNode;

const usersOfNodes = new WeakMap<object, Set<Node>>();

/** A node before it exists: all of its fields but the derived ones. */
export type NodeDefinition = Node extends infer Each
  ? Each extends Node
    ? Omit<Each, "users">
    : never
  : never;

/** Makes a node and records it as user of its arguments. Only for graph builders. */
export function createNode(definition: NodeDefinition): Node {
  const users = new Set<Node>();
  const node: Node = Object.freeze({ ...definition, users });
  usersOfNodes.set(node, users);
  for (const argument of argumentNodes(node)) usersOfNodes.get(argument)?.add(node);
  return node;
}

/** Takes a node back out of the users of its arguments. Only for graph builders. */
export function detachNode(node: Node): void {
  for (const argument of argumentNodes(node)) usersOfNodes.get(argument)?.delete(node);
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && usersOfNodes.has(value);
}

export function isCall(node: Node): node is CallNode {
  return node.op === "call_function" || node.op === "call_method";
}

/** How a call's target is written: `torch.add` for functions, `add` for methods. */
export function printedTarget(node: Node): string {
  return node.op === "call_function" ? node.targetName : node.target;
}

/** The distinct nodes among a node's arguments, in order of appearance. */
export function argumentNodes(node: Pick<Node, "args" | "kwargs">): ReadonlySet<Node> {
  const found = new Set<Node>();
  forEachNode(node.args, (each) => found.add(each));
  forEachNode(node.kwargs, (each) => found.add(each));
  return found;
}

/** Calls `visit` for every node inside an argument. */
function forEachNode(argument: Argument, visit: (node: Node) => void): void {
  if (isNode(argument)) visit(argument);
  else if (Array.isArray(argument)) for (const item of argument) forEachNode(item, visit);
  else if (isPlainObject(argument))
    for (const item of Object.values(argument)) forEachNode(item, visit);
}

/** The argument with `replace` applied to every leaf (node or constant); unchanged parts keep their identity. */
export function mapArgument(argument: Argument, replace: (leaf: Argument) => Argument): Argument {
  if (isNode(argument)) return replace(argument);
  if (Array.isArray(argument)) {
    const items = argument.map((item: Argument) => mapArgument(item, replace));
    return items.every((item, index) => item === argument[index]) ? argument : items;
  }
  if (isPlainObject(argument)) {
    const entries = Object.entries(argument).map(
      ([key, item]) => [key, mapArgument(item, replace)] as const,
    );
    return entries.every(([key, item]) => item === argument[key])
      ? argument
      : Object.fromEntries(entries);
  }
  return replace(argument);
}

/** Objects written as literals. All other objects (dtypes, devices, class instances) are constants. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || isNode(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

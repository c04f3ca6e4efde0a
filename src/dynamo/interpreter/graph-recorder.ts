import { InternalError } from "../../base/errors.ts";
import { GraphBuilder, type NodeDetails } from "../../fx/graph-builder.ts";
import type { Argument, Node, NodeSource, TargetFunction } from "../../fx/node.ts";
import { operators, operatorWritten } from "../../fx/operators.ts";
import {
  type Expression,
  type Scalar,
  evaluateExpression,
  leavesOf,
  printExpression,
} from "../../symbolic/expression.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { type Source, sourceKey, sourceName } from "../variables/source.ts";
import type { NumberLeaf } from "../variables/variable.ts";

/** Where a graph input comes from at run time. */
export type GraphInput =
  | {
      readonly kind: "tensor";
      readonly node: Node;
      readonly source: Source;
      readonly example: unknown;
    }
  | {
      readonly kind: "scalar";
      readonly node: Node;
      readonly expression: Expression<NumberLeaf>;
      readonly example: Scalar;
    };

/** The graph of one capture while it grows. */
export class GraphRecorder {
  readonly builder: GraphBuilder;
  readonly inputs: GraphInput[] = [];
  readonly #scalars = new Map<string, Node>();
  /** By node: a sub-graph has names of its own, which may be those of the graph around it. */
  readonly #sizes = new Map<Node, Map<number, Node>>();
  readonly #parent: GraphRecorder | null;

  constructor(parent: GraphRecorder | null = null) {
    this.#parent = parent;
    this.builder = new GraphBuilder(parent?.builder ?? null);
  }

  get callCount(): number {
    return this.builder.callCount;
  }

  tensorInput(source: Source, example: unknown): Node {
    const node = this.builder.placeholder(placeholderName(source), { example });
    this.inputs.push({ kind: "tensor", node, source, example });
    return node;
  }

  callFunction(
    target: TargetFunction,
    name: string,
    args: readonly Argument[],
    example: unknown,
    source: NodeSource | null,
  ): Node {
    return this.builder.callFunction(target, name, args, details(example, source));
  }

  callMethod(
    name: string,
    args: readonly Argument[],
    example: unknown,
    source: NodeSource | null,
  ): Node {
    return this.builder.callMethod(name, args, details(example, source));
  }

  getItem(node: Node, key: PropertyKey, example: unknown, source: NodeSource | null): Node {
    const target = operators.getitem;
    return this.builder.callFunction(
      target.apply,
      target.name,
      [node, key],
      details(example, source),
    );
  }

  /** A number of the program as a value of the graph. */
  scalar(expression: Expression<NumberLeaf>): Argument {
    const leaves = [...leavesOf(expression)];
    if (leaves.length === 0) return evaluateExpression(expression, () => undefined);
    if (leaves.some((leaf) => leaf.kind === "item"))
      return breakGraph("tensorItem", {}, "a pending item() enters the graph");
    if (leaves.every((leaf) => leaf.kind === "source")) return this.#scalarInput(expression);
    return this.#compute(expression);
  }

  #scalarInput(expression: Expression<NumberLeaf>): Node {
    if (this.#parent !== null) return this.#parent.#scalarInput(expression);
    const key = printExpression(expression, (leaf) =>
      leaf.kind === "source" ? sourceKey(leaf.source) : "",
    );
    const known = this.#scalars.get(key);
    if (known !== undefined) return known;
    const example = evaluateExpression(expression, (leaf) =>
      leaf.kind === "source" ? leaf.hint : undefined,
    );
    if (example === undefined) throw new InternalError("a scalar input has a value at entry");
    const node = this.builder.placeholder(`s${this.#scalars.size}`, {
      example,
      type: typeof example,
    });
    this.inputs.push({ kind: "scalar", node, expression, example });
    this.#scalars.set(key, node);
    return node;
  }

  /** What inputs for numbers are called, by the number. */
  get numberInputs(): readonly (readonly [Expression<NumberLeaf>, string])[] {
    return this.inputs.flatMap((input) =>
      input.kind === "scalar" ? [[input.expression, input.node.name] as const] : [],
    );
  }

  /** Arithmetic on numbers that only exist inside the graph becomes operator calls. */
  #compute(expression: Expression<NumberLeaf>): Argument {
    switch (expression.kind) {
      case "constant":
        return expression.value;
      case "leaf":
        if (expression.leaf.kind === "size") {
          const { tensor, dim, hint } = expression.leaf;
          if (tensor.node === null)
            throw new InternalError("a tensor that the graph makes has a node");
          return this.size(tensor.node, dim, hint);
        }
        return expression.leaf.kind === "node" ? expression.leaf.node : this.scalar(expression);
      case "unary":
        return this.#operator("unary", expression.operator, [expression.operand]);
      case "binary":
        return this.#operator("binary", expression.operator, [expression.left, expression.right]);
      case "math": {
        const operands = expression.operands.map((operand) => this.scalar(operand));
        return this.builder.callFunction(
          Math[expression.name],
          `Math.${expression.name}`,
          operands,
          { type: "number" },
        );
      }
    }
  }

  /** A text with numbers of the program in it, given as values of the graph. */
  text(parts: readonly Argument[]): Node {
    return this.builder.callFunction(operators.text.apply, operators.text.name, parts, {
      type: "string",
    });
  }

  /** A size of a tensor of the graph, as a number of the graph. */
  size(tensor: Node, dim: number, hint: number | undefined): Node {
    const known = this.#sizes.get(tensor) ?? new Map<number, Node>();
    this.#sizes.set(tensor, known);
    let node = known.get(dim);
    if (node === undefined) {
      node = this.builder.callMethod("size", [tensor, dim], { example: hint, type: "number" });
      known.set(dim, node);
    }
    return node;
  }

  #operator(
    kind: "unary" | "binary",
    symbol: string,
    operands: readonly Expression<NumberLeaf>[],
  ): Node {
    const operator = operatorWritten(kind, symbol);
    if (operator === null)
      return breakGraph(
        "notAConstant",
        { value: "a symbolic number", use: `operator ${symbol}` },
        symbol,
      );
    return this.builder.callFunction(
      operator.apply,
      operator.name,
      operands.map((operand) => this.scalar(operand)),
      { type: "number" },
    );
  }
}

const details = (example: unknown, source: NodeSource | null): NodeDetails => ({ example, source });

/** PyTorch's way of naming graph inputs: `L_x_` for `L["x"]`, lower-cased to be a JavaScript variable. */
function placeholderName(source: Source): string {
  return `l_${sourceName(source)
    .replace(/^[LG]\["([^"]*)"\]/, "$1")
    .replace(/[^\w$]+/g, "_")
    .replace(/^_+|_+$/g, "")}_`;
}

import { Tensor } from "../../api/tensor.ts";
import type { Node } from "../../fx/node.ts";
import { isNode } from "../../fx/node.ts";
import { type Expression, printExpression } from "../../symbolic/expression.ts";
import { sourceName } from "../variables/source.ts";
import type { NumberLeaf } from "../variables/variable.ts";

/** Names of sizes and numbers that only running the graph gives: `u0`, `u1`, in the order in which the program meets them. */
export class UnbackedNames {
  readonly #sizes = new Map<Tensor, Map<number, string>>();
  readonly #numbers = new Map<Node, string>();
  #count = 0;

  isNamed(fake: Tensor): boolean {
    return this.#sizes.has(fake);
  }

  /** The name of a size; it gets one if it has none. */
  ofSize(fake: Tensor, dim: number): string {
    return this.#sizes.get(fake)?.get(dim) ?? this.set(fake, dim, null);
  }

  /** null: a name of its own. */
  set(fake: Tensor, dim: number, name: string | null): string {
    const names = this.#sizes.get(fake) ?? new Map<number, string>();
    const given = name ?? this.#next();
    this.#sizes.set(fake, names.set(dim, given));
    return given;
  }

  ofNumber(expression: Expression<NumberLeaf>): string {
    const text = printExpression(expression, (leaf) => this.#ofLeaf(leaf));
    return text.replace(/^\((.*)\)$/, "$1");
  }

  #ofLeaf(leaf: NumberLeaf): string {
    if (leaf.kind === "source") return sourceName(leaf.source);
    if (leaf.kind !== "node") return "u";
    const [tensor, dim] = leaf.node.args;
    // A size that the program read is that size.
    if (leaf.isSize === true && isNode(tensor) && typeof dim === "number") {
      const { example } = tensor.meta;
      if (example instanceof Tensor) return this.ofSize(example, dim);
    }
    const known = this.#numbers.get(leaf.node) ?? this.#next();
    this.#numbers.set(leaf.node, known);
    return known;
  }

  #next(): string {
    return `u${this.#count++}`;
  }
}

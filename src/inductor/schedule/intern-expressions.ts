/** Makes equal expressions the same object: what is computed twice is computed once. */
import { type Expression, childrenOf } from "../../loops/expression.ts";

export class ExpressionPool {
  readonly #known = new Map<string, Expression>();
  readonly #ids = new Map<Expression, number>();

  /** Rebuilds an expression from its leaves up; `leaf` says what replaces loads, scalars, positions and states. */
  rewrite(
    root: Expression,
    leaf: (expression: Expression) => Expression,
    memo: Map<Expression, Expression>,
  ): Expression {
    const known = memo.get(root);
    if (known !== undefined) return known;
    const visit = (child: Expression): Expression => this.rewrite(child, leaf, memo);
    const rebuilt = this.intern(rebuild(root, visit, leaf));
    memo.set(root, rebuilt);
    return rebuilt;
  }

  intern(expression: Expression): Expression {
    if (this.#ids.has(expression)) return expression;
    const key = this.#keyOf(expression);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, expression);
    this.#ids.set(expression, this.#ids.size);
    return expression;
  }

  #keyOf(expression: Expression): string {
    const children = childrenOf(expression)
      .map((child) => this.#ids.get(this.intern(child)))
      .join();
    return `${ownKey(expression)}(${children})`;
  }
}

/** The expression made of other parts. */
export function rebuild(
  expression: Expression,
  visit: (child: Expression) => Expression,
  leaf: (expression: Expression) => Expression,
): Expression {
  switch (expression.kind) {
    case "gather": {
      const coordinates = expression.coordinates.map(visit);
      return leaf({ ...expression, coordinates });
    }
    case "unary":
    case "cast":
      return { ...expression, x: visit(expression.x) };
    case "arithmetic":
    case "comparison":
      return { ...expression, x: visit(expression.x), y: visit(expression.y) };
    case "select": {
      const condition = visit(expression.condition);
      return { ...expression, condition, x: visit(expression.x), y: visit(expression.y) };
    }
    case "checkedIndex":
      return { ...expression, index: visit(expression.index), size: visit(expression.size) };
    default:
      return leaf(expression);
  }
}

/** Everything of an expression but its children. */
export function ownKey(expression: Expression): string {
  const { kind, type } = expression;
  switch (expression.kind) {
    case "load":
    case "gather":
      return `${kind} ${type} ${expression.operand}`;
    case "scalar":
      return `${kind} ${type} ${expression.slot}`;
    case "constant":
      return `${kind} ${type} ${constantText(expression.value)}`;
    case "position":
      return `${kind} ${expression.axis}`;
    case "foldPosition":
      return kind;
    case "state":
    case "otherState":
      return `${kind} ${type} ${expression.state}`;
    case "row":
      return `${kind} ${type} ${expression.row}`;
    case "unary":
    case "arithmetic":
    case "comparison":
      return `${kind} ${type} ${expression.operation}`;
    case "select":
    case "cast":
      return `${kind} ${type}`;
    case "checkedIndex":
      return `${kind} ${String(expression.wraps)} ${JSON.stringify(expression.failure)}`;
  }
}

/** -0 is not 0, and 1n is not 1. */
function constantText(value: number | bigint): string {
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}

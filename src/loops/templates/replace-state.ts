import type { Expression } from "../expression.ts";

/** The expression with `replacement` in the place of every state. */
export function replaceState(expression: Expression, replacement: Expression): Expression {
  const known = new Map<Expression, Expression>();
  const replaced = (own: Expression): Expression => {
    let result = known.get(own);
    if (result === undefined) known.set(own, (result = rebuilt(own)));
    return result;
  };
  const rebuilt = (own: Expression): Expression => {
    switch (own.kind) {
      case "state":
        return replacement;
      case "unary":
      case "cast":
        return { ...own, x: replaced(own.x) };
      case "arithmetic":
      case "comparison":
        return { ...own, x: replaced(own.x), y: replaced(own.y) };
      case "select":
        return {
          ...own,
          condition: replaced(own.condition),
          x: replaced(own.x),
          y: replaced(own.y),
        };
      case "gather":
        return { ...own, coordinates: own.coordinates.map(replaced) };
      case "checkedIndex":
        return { ...own, index: replaced(own.index), size: replaced(own.size) };
      default:
        return own;
    }
  };
  return replaced(expression);
}

/** When two pieces of work become one kernel, and when not. All numbers are guesses to be replaced by measurements. */
import { numelOf, type Shape } from "../../core/shape.ts";
import { childrenOf, type Expression } from "../../loops/expression.ts";

export const costModel = {
  /** Operands of one kernel: each takes an address register, and a cache line in flight. */
  maximumOperands: 24,
  /** Elements of a row that several sweeps may walk: it must stay in the second-level cache. */
  maximumRow: 65536,
  /** A fold over more elements than this is better split among threads than fused with what follows for each row. */
  splittableFold: 16384,
  /** So many rows give work to the threads by themselves. */
  fewRows: 8,
  /** Kernels that share nothing are run together only if calling them costs more than they do. */
  smallPoints: 4096,
  /** A value that costs at least this much is kept in a row rather than computed again by the next sweep. */
  rowCost: 8,
} as const;

/** Launches of one class are fused alike: their sizes are on the same side of every limit of the model. */
export function costClass(parallel: Shape, fold: Shape): number {
  const rows = numelOf(parallel);
  const row = numelOf(fold);
  return (
    (rows * row <= costModel.smallPoints ? 1 : 0) +
    (row > costModel.maximumRow ? 2 : 0) +
    (row > costModel.splittableFold ? 4 : 0) +
    (rows < costModel.fewRows ? 8 : 0)
  );
}

const operationCosts: ReadonlyMap<string, number> = new Map([
  ["div", 3],
  ["sqrt", 4],
  ["exp", 10],
  ["expOfNegative", 8],
  ["pow", 25],
  ["quotient", 6],
  ["floorDivide", 6],
  ["remainder", 6],
  ["fmod", 6],
]);
const cheapUnary: ReadonlySet<string> = new Set([
  "neg",
  "abs",
  "floor",
  "ceil",
  "trunc",
  "round",
  "bitwiseNot",
  "logicalNot",
  "isNaN",
]);

/** What computing this one node costs, in additions. */
function nodeCost(expression: Expression): number {
  switch (expression.kind) {
    case "unary": {
      const { operation } = expression;
      return operationCosts.get(operation) ?? (cheapUnary.has(operation) ? 1 : 15);
    }
    case "arithmetic":
      return operationCosts.get(expression.operation) ?? 1;
    case "gather":
      return 4;
    case "comparison":
    case "select":
    case "cast":
    case "checkedIndex":
      return 1;
    default:
      return 0;
  }
}

/** What computing the expression from its loads costs; shared parts count each time, up to a bound. */
export function expressionCost(expression: Expression, bound: number): number {
  let cost = nodeCost(expression);
  for (const child of childrenOf(expression)) {
    if (cost >= bound) return cost;
    cost += expressionCost(child, bound - cost);
  }
  return cost;
}

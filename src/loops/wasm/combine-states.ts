/** How the states of two parts of a sweep join. */
import { at } from "../../core/shape.ts";
import { childrenOf, type ArithmeticOperation, type Expression } from "../expression.ts";
import type { FoldState, Stage } from "../kernel.ts";

const joiningOperations: ReadonlySet<ArithmeticOperation> = new Set([
  "add",
  "mul",
  "minimum",
  "maximum",
  "larger",
  "bitwiseAnd",
  "bitwiseOr",
  "bitwiseXor",
]);

/** The joined states as expressions of `state` and `otherState`, or null where a sweep has to go from start to end. */
export function combinedStates(own: Stage, first: number): readonly Expression[] | null {
  if (own.combine !== null) return own.combine;
  const joined: Expression[] = [];
  for (let n = 0; n < own.states.length; n++) {
    const expression = joinedByOperation(at(own.states, n), first + n, first, own.states.length);
    if (expression === null) return null;
    joined.push(expression);
  }
  return joined;
}

/** `next` is `state + x` (or another such operation), where x depends on no state of this stage. */
function joinedByOperation(
  { next, type }: FoldState,
  state: number,
  first: number,
  count: number,
): Expression | null {
  const operation = joiningOperation(next, state, first, count);
  if (operation === null) return null;
  return {
    kind: "arithmetic",
    type,
    operation,
    x: { kind: "state", type, state },
    y: { kind: "otherState", type, state },
  };
}

/** The operation by which a state steps and by which parts of a fold join as well, or null. */
export function joiningOperation(
  next: Expression,
  state: number,
  first: number,
  count: number,
): ArithmeticOperation | null {
  if (next.kind !== "arithmetic" || !joiningOperations.has(next.operation)) return null;
  const isOwn = (x: Expression): boolean => x.kind === "state" && x.state === state;
  const isEither = next.operation !== "larger"; // its operands have places of their own
  const addend = isOwn(next.x) ? next.y : isEither && isOwn(next.y) ? next.x : null;
  return addend === null || dependsOnStates(addend, first, count) ? null : next.operation;
}

/** Whether an expression uses one of `count` states from `first` on. */
export function dependsOnStates(root: Expression, first: number, count: number): boolean {
  const seen = new Set<Expression>();
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.kind === "state" && next.state >= first && next.state < first + count) return true;
    pending.push(...childrenOf(next));
  }
  return false;
}

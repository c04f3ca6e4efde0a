/**
 * A long fold with few results, in two: folds of its parts, which threads share, and the fold of what these gave.
 *
 * How many parts there are depends on sizes alone, so results are the same for any number of threads.
 */
import { InternalError } from "../base/errors.ts";
import type { ComputeTypeName } from "../core/dtype.ts";
import { at, numelOf, type Shape } from "../core/shape.ts";
import type { Fold, Reduction } from "./computation.ts";
import { arithmetic, type Expression, foldPosition } from "./expression.ts";
import { joiningOperation } from "./wasm/combine-states.ts";

/** Fewer elements are folded sooner than they are shared. */
const shortestFold = 2 ** 18;
/** So many results are enough for all threads. */
const enoughResults = 8;
const mostParts = 64;

export interface FoldInParts {
  /** Gives the states themselves. */
  readonly part: Fold;
  /** Takes the states of the parts as its inputs, and gives the results of the whole fold. */
  readonly join: Fold;
  readonly stateTypes: readonly ComputeTypeName[];
}

/** Which of the fold axes is divided, and into how many parts; null where the fold stays whole. */
export function partsOf(
  parallel: Shape,
  fold: Shape,
): { readonly axis: number; readonly parts: number } | null {
  if (numelOf(fold) < shortestFold || numelOf(parallel) >= enoughResults) return null;
  const axis = fold.indexOf(Math.max(...fold));
  const size = at(fold, axis);
  for (let parts = Math.min(mostParts, size); parts >= enoughResults; parts--)
    if (size % parts === 0) return { axis, parts };
  return null;
}

const known = new WeakMap<Fold, Map<string, FoldInParts | null>>();

/** Null: the states of parts cannot be kept, or not be joined. */
export function foldInParts({ fold, computeTypes, scalars }: Reduction): FoldInParts | null {
  if (fold.usesPosition) return null;
  const key = `${computeTypes.join()}|${scalars.map(({ type }) => type).join()}`;
  let variants = known.get(fold);
  if (variants === undefined) known.set(fold, (variants = new Map()));
  let found = variants.get(key);
  if (found === undefined) variants.set(key, (found = divide(fold, computeTypes, scalars)));
  return found;
}

function divide(
  fold: Fold,
  computeTypes: Reduction["computeTypes"],
  scalars: Reduction["scalars"],
): FoldInParts | null {
  const inputs = computeTypes.map((type, slot): Expression => ({ kind: "scalar", type, slot }));
  const numbers = scalars.map(({ type }, slot): Expression => ({ kind: "scalar", type, slot }));
  const steps = fold.states(inputs, foldPosition, numbers);
  const states = steps.map(({ type }, state): Expression => ({ kind: "state", type, state }));
  const stateTypes = steps.flatMap(({ type }) => (type === "index" ? [] : [type]));
  if (stateTypes.length < steps.length) return null;
  const joining = steps.map(({ next }, state) =>
    joiningOperation(next(states), state, 0, steps.length),
  );
  if (fold.combine === undefined && joining.includes(null)) return null;
  const joined = (current: readonly Expression[], others: readonly Expression[]): Expression[] => {
    if (fold.combine !== undefined) return [...fold.combine(current, others)];
    return joining.map((operation, n) => {
      if (operation === null) throw new InternalError("states that cannot be joined");
      return arithmetic(operation, at(current, n), at(others, n));
    });
  };
  const { combine } = fold;
  const shared = { usesPosition: false, ...(combine !== undefined && { combine }) };
  return {
    stateTypes,
    part: {
      ...shared,
      name: `${fold.name}_of_part`,
      states: fold.states,
      results: (current) => current,
    },
    join: {
      ...shared,
      name: `${fold.name}_of_parts`,
      states: (parts) =>
        steps.map(({ type, initial }, n) => ({
          type,
          initial,
          next: (current) => at(joined(current, parts), n),
        })),
      results: fold.results,
    },
  };
}

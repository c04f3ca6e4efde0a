/** Folds of vector norms, by the order. */
import { at } from "../../core/shape.ts";
import type { Fold } from "../../loops/computation.ts";
import {
  add,
  arithmetic,
  cast,
  compare,
  div,
  constant,
  type Expression,
  maximum,
  minimum,
  mul,
  unary,
} from "../../loops/expression.ts";

function normFold(
  name: string,
  initial: number,
  step: (state: Expression, magnitude: Expression, order: Expression) => Expression,
  finish: (state: Expression, order: Expression) => Expression,
): Fold {
  return {
    name,
    usesPosition: false,
    states: (inputs, _at, scalars) => {
      const magnitude = unary("abs", cast(at(inputs, 0), "float64"));
      return [
        {
          type: "float64",
          initial,
          next: (states) => step(at(states, 0), magnitude, at(scalars, 0)),
        },
      ];
    },
    results: (states, scalars) => [finish(at(states, 0), at(scalars, 0))],
  };
}

const same = (state: Expression): Expression => state;

const euclidean = normFold(
  "norm2",
  0,
  (total, x) => add(total, mul(x, x)),
  (total) => unary("sqrt", total),
);
const taxicab = normFold("norm1", 0, (total, x) => add(total, x), same);
const largest = normFold("norminf", 0, (total, x) => maximum(total, x), same);
const smallest = normFold("normneginf", Infinity, (total, x) => minimum(total, x), same);
const nonzeros = normFold(
  "norm0",
  0,
  (total, x) => add(total, cast(compare("ne", x, 0), "float64")),
  same,
);
const general = normFold(
  "normp",
  0,
  (total, x, order) => add(total, arithmetic("pow", x, order)),
  (total, order) => arithmetic("pow", total, div(constant("float64", 1), order)),
);

/** The fold of the norm of an order; the order itself is the launch's first scalar. */
export function foldOfNorm(order: number): Fold {
  switch (order) {
    case 2:
      return euclidean;
    case 1:
      return taxicab;
    case 0:
      return nonzeros;
    case Infinity:
      return largest;
    case -Infinity:
      return smallest;
    default:
      return general;
  }
}

/** Folds over classes: the normalizer of a softmax, and sums of log-probabilities that are never stored. */
import { at } from "../../core/shape.ts";
import type { Fold } from "../../loops/computation.ts";
import { add, cast, exp, type Expression, mul, sub, unary } from "../../loops/expression.ts";
import { bodyPerKey } from "../index/body-per-key.ts";

/** log Σ exp(x - largest). Inputs: x, the largest. */
export const logTotalFold: Fold = {
  name: "log_total",
  usesPosition: false,
  states: (inputs) => {
    const term = exp(sub(at(inputs, 0), at(inputs, 1)));
    return [
      { type: "float64", initial: 0, next: (states) => add(at(states, 0), cast(term, "float64")) },
    ];
  },
  results: (states) => [unary("log", at(states, 0))],
};

/** Which factors the terms have beside the logarithm. */
export type TermFactors = "" | "weight" | "probability" | "probability,weight";

/**
 * Σ p * w * -log softmax(x). Inputs: x, the largest, the logarithm of the total, p, w. Scalars: what p is multiplied by,
 * and what is added to it, which is how labels are smoothed.
 */
export const crossEntropyFold = bodyPerKey((factors: TermFactors): Fold => ({
  name: "cross_entropy",
  usesPosition: false,
  states: (inputs, _at, scalars) => {
    const own = sub(at(inputs, 0), at(inputs, 1));
    let term: Expression = sub(at(inputs, 2), own);
    let next = 3;
    if (factors.includes("probability")) {
      const probability = at(inputs, next++);
      term = mul(term, add(mul(probability, at(scalars, 0)), at(scalars, 1)));
    }
    if (factors.includes("weight")) term = mul(term, at(inputs, next));
    return [
      {
        type: "float64",
        initial: 0,
        next: (states) => add(at(states, 0), cast(term, "float64")),
      },
    ];
  },
  results: (states) => states,
}));

/** The folds reductions are made of: accumulators, how they step, and what they give in the end. */
import { at } from "../../core/shape.ts";
import type { Fold } from "../../loops/computation.ts";
import {
  add,
  cast,
  compare,
  constant,
  div,
  type Expression,
  isNaNValue,
  larger,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  mul,
  select,
  sub,
  unary,
  type ValueType,
} from "../../loops/expression.ts";

/** float32 accumulates in float64: any number of terms keeps float32's accuracy. */
function accumulator(type: ValueType): ValueType {
  return type === "float32" ? "float64" : type;
}

export const sumFold: Fold = {
  name: "sum",
  usesPosition: false,
  states: (inputs) => {
    const x = at(inputs, 0);
    const type = accumulator(x.type);
    return [{ type, initial: 0, next: (states) => add(at(states, 0), cast(x, type)) }];
  },
  results: (states) => states,
};

/** The sum divided by a number given at the launch. */
export const meanFold: Fold = {
  ...sumFold,
  name: "mean",
  results: (states, scalars) => [div(at(states, 0), at(scalars, 0))],
};

export const productFold: Fold = {
  name: "prod",
  usesPosition: false,
  states: (inputs) => {
    const x = at(inputs, 0);
    const type = accumulator(x.type);
    return [{ type, initial: 1, next: (states) => mul(at(states, 0), cast(x, type)) }];
  },
  results: (states) => states,
};

/** Below every element of a type, or equal to its least one. */
export const lowest: Readonly<Record<ValueType, number | bigint>> = {
  float32: -Infinity,
  float64: -Infinity,
  int64: -(2n ** 63n),
  int32: -(2 ** 31),
  uint8: 0,
  bool: 0,
  index: -Number.MAX_SAFE_INTEGER,
};
const highest: Readonly<Record<ValueType, number | bigint>> = {
  float32: Infinity,
  float64: Infinity,
  int64: 2n ** 63n - 1n,
  int32: 2 ** 31 - 1,
  uint8: 255,
  bool: 1,
  index: Number.MAX_SAFE_INTEGER,
};

function extremeFold(
  name: string,
  initial: typeof lowest,
  choose: (x: Expression, y: Expression) => Expression,
): Fold {
  return {
    name,
    usesPosition: false,
    states: (inputs) => {
      const x = at(inputs, 0);
      return [
        { type: x.type, initial: initial[x.type], next: (states) => choose(at(states, 0), x) },
      ];
    },
    results: (states) => states,
  };
}

export const maximumFold = extremeFold("amax", lowest, maximum);
/** The largest of those that are numbers; -∞ where there is none. */
export const largestNumberFold = extremeFold("largest_number", lowest, larger);
export const minimumFold = extremeFold("amin", highest, minimum);

/** Above any position: the first element takes the place of nothing. */
const noPosition = 2 ** 31 - 1;

/** The extreme element and where it first stands. NaN counts as more extreme than anything. */
function positionFold(name: string, isBetter: "gt" | "lt", initial: typeof lowest): Fold {
  /** Whether a candidate takes the place of the best one: it is better, or as good and stands before it. */
  const takes = (x: Expression, place: Expression, best: readonly Expression[]): Expression => {
    const bestNaN = isNaNValue(at(best, 0));
    const better = logicalOr(
      compare(isBetter, x, at(best, 0)),
      logicalAnd(isNaNValue(x), logicalNot(bestNaN)),
    );
    const same = logicalOr(compare("eq", x, at(best, 0)), logicalAnd(isNaNValue(x), bestNaN));
    return logicalOr(better, logicalAnd(same, compare("lt", place, at(best, 1))));
  };
  return {
    name,
    usesPosition: true,
    states: (inputs, place) => {
      const x = at(inputs, 0);
      return [
        {
          type: x.type,
          initial: initial[x.type],
          next: (states) => select(takes(x, place, states), x, at(states, 0)),
        },
        {
          type: "index",
          initial: noPosition,
          next: (states) => select(takes(x, place, states), place, at(states, 1)),
        },
      ];
    },
    combine: (states, others) => {
      const taken = takes(at(others, 0), at(others, 1), states);
      return others.map((other, n) => select(taken, other, at(states, n)));
    },
    results: (states) => states,
  };
}

export const maximumWithPosition = positionFold("max", "gt", lowest);
export const minimumWithPosition = positionFold("min", "lt", highest);
/** Only the position. */
export const argmaxFold: Fold = {
  ...maximumWithPosition,
  name: "argmax",
  results: (states) => [at(states, 1)],
};
export const argminFold: Fold = {
  ...minimumWithPosition,
  name: "argmin",
  results: (states) => [at(states, 1)],
};

export const anyFold: Fold = {
  name: "any",
  usesPosition: false,
  states: (inputs) => [
    { type: "bool", initial: 0, next: (states) => logicalOr(at(states, 0), at(inputs, 0)) },
  ],
  results: (states) => states,
};

export const allFold: Fold = {
  name: "all",
  usesPosition: false,
  states: (inputs) => [
    { type: "bool", initial: 1, next: (states) => logicalAnd(at(states, 0), at(inputs, 0)) },
  ],
  results: (states) => states,
};

export const countFold: Fold = {
  name: "count_nonzero",
  usesPosition: false,
  states: (inputs) => [
    {
      type: "index",
      initial: 0,
      next: (states) => add(at(states, 0), cast(at(inputs, 0), "index")),
    },
  ],
  results: (states) => states,
};

/** B. P. Welford, "Note on a method for calculating corrected sums of squares and products", 1962. States: count, mean, M2. */
const welfordStates: Fold["states"] = (inputs) => {
  const x = cast(at(inputs, 0), "float64");
  const count = (states: readonly Expression[]): Expression => add(at(states, 0), 1);
  const mean = (states: readonly Expression[]): Expression =>
    add(at(states, 1), div(sub(x, at(states, 1)), count(states)));
  return [
    { type: "float64", initial: 0, next: count },
    { type: "float64", initial: 0, next: mean },
    {
      type: "float64",
      initial: 0,
      next: (states) => add(at(states, 2), mul(sub(x, at(states, 1)), sub(x, mean(states)))),
    },
  ];
};

/** T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979. */
const joinWelford: Fold["combine"] = (states, others) => {
  const count = add(at(states, 0), at(others, 0));
  // Where both parts are empty there is nothing to divide by, and nothing to divide.
  const share = div(at(others, 0), maximum(count, 1));
  const difference = sub(at(others, 1), at(states, 1));
  const between = mul(mul(mul(difference, difference), at(states, 0)), share);
  return [
    count,
    add(at(states, 1), mul(difference, share)),
    add(add(at(states, 2), at(others, 2)), between),
  ];
};

/** M2 / max(0, count - correction): NaN or infinity when nothing is left to divide by. The mean of nothing is NaN. */
function welfordResults(root: boolean, withMean: boolean): Fold["results"] {
  return (states, scalars) => {
    const count = at(states, 0);
    const variance = div(at(states, 2), maximum(sub(count, at(scalars, 0)), 0));
    const spread = root ? unary("sqrt", variance) : variance;
    const mean = select(compare("eq", count, 0), constant("float64", NaN), at(states, 1));
    return withMean ? [spread, mean] : [spread];
  };
}

export const varianceFold: Fold = {
  name: "var",
  usesPosition: false,
  states: welfordStates,
  combine: joinWelford,
  results: welfordResults(false, false),
};
export const deviationFold: Fold = {
  name: "std",
  usesPosition: false,
  states: welfordStates,
  combine: joinWelford,
  results: welfordResults(true, false),
};
export const varianceMeanFold: Fold = {
  name: "var_mean",
  usesPosition: false,
  states: welfordStates,
  combine: joinWelford,
  results: welfordResults(false, true),
};
export const deviationMeanFold: Fold = {
  name: "std_mean",
  usesPosition: false,
  states: welfordStates,
  combine: joinWelford,
  results: welfordResults(true, true),
};

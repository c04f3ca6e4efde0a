/** The largest elements of windows and where they stand. */
import { int32, int64 } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import { type Fold, indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import {
  add,
  compare,
  constant,
  type Expression,
  isNaNValue,
  logicalAnd,
  logicalOr,
  mul,
  select,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { lowest } from "../reduction/folds.ts";
import { returns } from "../returns.ts";

/**
 * Inputs: an element, and its place, which is negative for padding. The first of equal elements wins, and the last NaN.
 * States: the largest element so far, and its place.
 */
const largestFold: Fold = {
  name: "largest_with_place",
  usesPosition: false,
  states: (inputs) => {
    const [x, place] = [at(inputs, 0), at(inputs, 1)];
    const takes = (states: readonly Expression[]): Expression => {
      const better = logicalOr(compare("gt", x, at(states, 0)), isNaNValue(x));
      return logicalAnd(
        compare("ge", place, 0),
        logicalOr(better, compare("lt", at(states, 1), 0)),
      );
    };
    return [
      {
        type: x.type,
        initial: lowest[x.type],
        next: (states) => select(takes(states), x, at(states, 0)),
      },
      {
        type: "index",
        initial: -1,
        next: (states) => select(takes(states), place, at(states, 1)),
      },
    ];
  },
  results: (states) => states,
};

export const largestWithPlace = defineOp({
  name: "largest_with_place",
  api: [],
  args: { self: arg.tensor, places: arg.tensor },
  returns: returns.tensors,
  doc: { summary: "The largest elements over the last two dimensions, and their places." },
  derivative: "pending",
  meta: ({ self }) => {
    const shape = self.shape.slice(0, -2);
    return [
      { dtype: self.dtype, shape },
      { dtype: int64, shape },
    ];
  },
  lowering: ({ self, places }) => ({
    kind: "reduction",
    fold: largestFold,
    operands: [self, places],
    computeTypes: [self.dtype.computeName, "index"],
    dims: [self.ndim - 2, self.ndim - 1],
    scalars: [],
  }),
  reference: null,
  samples: () => [],
});

const placeOf = ({ positions, scalar }: IndexedContext): Expression => {
  const [row, column] = positions;
  if (row === undefined || column === undefined) return constant("index", 0);
  return add(mul(row, scalar(0)), column);
};

export const planePlaces = defineOp({
  name: "plane_places",
  api: [],
  args: { size: arg.ints },
  doc: { summary: "The row-major number of each place of a plane." },
  derivative: "not-differentiable",
  dtypes: [int32],
  meta: ({ size }) => ({ dtype: int32, shape: size }),
  lowering: ({ size }) => indexed(placeOf, { scalars: [scalarValue("index", at(size, 1))] }),
  reference: null,
  samples: () => [],
});

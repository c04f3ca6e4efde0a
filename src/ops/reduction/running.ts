/** Running largest and smallest elements, running log-sums of exponentials, and differences of neighbours. */
import { RuntimeError } from "../../base/errors.ts";
import { bool, int64 } from "../../core/dtype.ts";
import { at, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { type Fold, scan } from "../../loops/computation.ts";
import {
  add,
  cast,
  compare,
  exp,
  type Expression,
  isNaNValue,
  logicalOr,
  maximum,
  minimum,
  select,
  sub,
  unary,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { sub as minus } from "../pointwise/arithmetic.ts";
import { logical_xor } from "../pointwise/logical.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { cat } from "../shape/cat.ts";
import { clone } from "../data/clone.ts";
import { narrow } from "../view/select.ts";

/** The latest of equal elements wins, and NaN wins over everything. */
function runningFold(name: string, comparison: "ge" | "le"): Fold {
  return {
    name,
    usesPosition: true,
    states: (inputs, place) => {
      const x = at(inputs, 0);
      const takes = (states: readonly Expression[]): Expression => {
        const better = logicalOr(compare(comparison, x, at(states, 0)), isNaNValue(x));
        return logicalOr(compare("eq", place, 0), better);
      };
      return [
        { type: x.type, initial: 0, next: (states) => select(takes(states), x, at(states, 0)) },
        {
          type: "index",
          initial: 0,
          next: (states) => select(takes(states), place, at(states, 1)),
        },
      ];
    },
    results: (states) => states,
  };
}

function naiveRunning(
  self: TensorBase,
  dim: number,
  isBetter: (x: number, best: number) => boolean,
) {
  const source = naive(self);
  const axis = wrapDim(dim, self.ndim);
  const best = (point: readonly number[]): number => {
    let found = 0;
    const valueAt = (place: number): number =>
      elementAt(
        source,
        point.map((own, other) => (other === axis ? place : own)),
      );
    for (let place = 1; place <= (point[axis] ?? 0); place++) {
      const x = valueAt(place);
      const current = valueAt(found);
      if (Number.isNaN(x) || (!Number.isNaN(current) && isBetter(x, current))) found = place;
    }
    return found;
  };
  const values = naiveFill(self.shape, (point) =>
    elementAt(
      source,
      point.map((own, other) => (other === axis ? best(point) : own)),
    ),
  );
  return [values, naiveFill(self.shape, best)] as const satisfies readonly NaiveArray[];
}

function* alongSamples(make: SampleMaker) {
  yield { self: make.tensor([2, 5]), dim: 1 };
  yield { self: make.strided([4, 3]), dim: 0 };
  yield { self: make.tensor([]), dim: 0 };
  yield { self: make.tensor([0, 2]), dim: 0 };
  yield { self: make.of([5], [1, 0, 1, 1, 0]), dim: -1 };
}

function runningExtreme(name: "cummax" | "cummin", word: string, comparison: "ge" | "le") {
  const fold = runningFold(name, comparison);
  return defineOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`],
    args: { self: arg.tensor, dim: arg.dim },
    returns: returns.named(name, ["values", "indices"]),
    doc: {
      summary: `The ${word} element so far along a dimension, and where it last stood.`,
      example: `torch.${name}(torch.tensor([1, 3, 2]), 0)`,
    },
    derivative: "pending",
    meta: ({ self, dim }) => {
      wrapDim(dim, self.ndim);
      return [
        { dtype: self.dtype, shape: self.shape },
        { dtype: int64, shape: self.shape },
      ];
    },
    lowering: ({ self, dim }) => scan(fold, self, self.dtype, wrapDim(dim, self.ndim)),
    reference: ({ self, dim }) =>
      naiveRunning(self, dim, (x, best) => (comparison === "ge" ? x >= best : x <= best)),
    samples: function* (make) {
      yield* alongSamples(make);
      if (make.dtype.is_floating_point) yield { self: make.of([4], [1, NaN, 2, NaN]), dim: 0 };
    },
  });
}

export const cummax = runningExtreme("cummax", "largest", "ge");
export const cummin = runningExtreme("cummin", "smallest", "le");

/** log(exp(state) + exp(x)), without overflow. */
const logCumSumExpFold: Fold = {
  name: "logcumsumexp",
  usesPosition: false,
  states: (inputs) => {
    const x = cast(at(inputs, 0), "float64");
    const next = (states: readonly Expression[]): Expression => {
      const total = at(states, 0);
      const [low, high] = [minimum(total, x), maximum(total, x)];
      // Of two equal infinities the difference is NaN, their log-sum is the infinity itself.
      const isInfinite = compare("eq", unary("abs", high), Infinity);
      const same = compare("eq", low, high);
      const sum = add(high, unary("log1p", exp(sub(low, high))));
      return select(isInfinite, select(same, high, maximum(sum, high)), sum);
    };
    return [{ type: "float64", initial: -Infinity, next }];
  },
  results: (states) => states,
};

export const logcumsumexp = defineOp({
  name: "logcumsumexp",
  api: ["torch.logcumsumexp", "Tensor.logcumsumexp"],
  args: { self: arg.tensor, dim: arg.dim },
  doc: {
    summary: "The logarithm of running sums of exponentials, without overflow.",
    example: "torch.logcumsumexp(torch.tensor([0, 0]), 0)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self, dim }) => {
    wrapDim(dim, self.ndim);
    onlyForFloats("logcumsumexp_out_cpu")(self.dtype);
    return { dtype: self.dtype, shape: self.shape };
  },
  lowering: ({ self, dim }) => scan(logCumSumExpFold, self, self.dtype, wrapDim(dim, self.ndim)),
  reference: ({ self, dim }) => {
    const source = naive(self);
    const axis = wrapDim(dim, self.ndim);
    return naiveFill(self.shape, (point) => {
      let total = 0;
      for (let place = 0; place <= (point[axis] ?? 0); place++) {
        const there = point.map((own, other) => (other === axis ? place : own));
        total += Math.exp(elementAt(source, there));
      }
      return Math.log(total);
    });
  },
  samples: alongSamples,
});

export const diff = defineOp({
  name: "diff",
  api: ["torch.diff", "Tensor.diff"],
  args: {
    self: arg.tensor,
    n: arg.withDefault(arg.int, 1),
    dim: arg.withDefault(arg.dim, -1),
    prepend: arg.keyword(arg.optional(arg.tensor)),
    append: arg.keyword(arg.optional(arg.tensor)),
  },
  doc: {
    summary: "Differences of neighbours along a dimension, `n` times over.",
    details:
      "`prepend` and `append` are joined to the input first. Differences of bools are bools.",
    example: "torch.diff(torch.tensor([1, 4, 9]))",
  },
  derivative: "pending",
  decomposition: ({ self, n, dim, prepend, append }) => {
    if (self.ndim === 0)
      throw new RuntimeError("diff expects input to be at least one-dimensional");
    if (n < 0) throw new RuntimeError(`order must be non-negative but got ${n}`);
    const axis = wrapDim(dim, self.ndim);
    const parts = [prepend, self, append].flatMap((part) => part ?? []);
    let result = parts.length === 1 ? self : runOp(cat, { tensors: parts, dim: axis });
    if (n === 0) return runOp(clone, { self: result });
    for (let step = 0; step < n; step++) result = differences(result, axis);
    return result;
  },
  reference: ({ self, n, dim, prepend, append }) => {
    const axis = wrapDim(dim, self.ndim);
    const rest = self.shape.filter((_, other) => other !== axis);
    const row = (outer: readonly number[]): number[] => {
      const parts = [prepend, self, append].flatMap((part) => part ?? []);
      let values = parts.flatMap((part) =>
        Array.from({ length: at(part.shape, axis) }, (_, place) =>
          elementAt(naive(part), [...outer.slice(0, axis), place, ...outer.slice(axis)]),
        ),
      );
      for (let step = 0; step < n; step++)
        values = values.slice(1).map((x, place) => {
          const difference = x - (values[place] ?? 0);
          return self.dtype === bool ? Math.abs(difference) : difference;
        });
      return values;
    };
    const length = row(rest.map(() => 0)).length;
    const shape = self.shape.map((size, other) => (other === axis ? length : size));
    return naiveFill(shape, (point) => {
      const outer = point.filter((_, other) => other !== axis);
      return row(outer)[at(point, axis)] ?? Number.NaN;
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([5]) };
    yield { self: make.strided([3, 4]), n: 2, dim: 0 };
    yield { self: make.tensor([2, 3]), prepend: make.tensor([2, 1]), append: make.tensor([2, 2]) };
    yield { self: make.tensor([2]), n: 3 };
  },
});

function differences(self: TensorBase, dim: number): TensorBase {
  const length = Math.max(at(self.shape, dim) - 1, 0);
  const later = runOp(narrow, { self, dim, start: at(self.shape, dim) - length, length });
  const earlier = runOp(narrow, { self, dim, start: 0, length });
  return self.dtype === bool
    ? runOp(logical_xor, { self: later, other: earlier })
    : runOp(minus, { self: later, other: earlier });
}

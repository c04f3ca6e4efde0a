/** Losses that compare two tensors element by element. */
import { RuntimeError } from "../../base/errors.ts";
import type { DType } from "../../core/dtype.ts";
import { resultType } from "../../core/promotion.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import { compare, div, type Expression, mul, select, sub, unary } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { naiveMap } from "../naive-array.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { type LossReduction, naiveReduceLoss, reduceLoss, reductionArg } from "./reduce-loss.ts";

interface ElementLoss {
  readonly name: string;
  readonly summary: string;
  /** `threshold` is where the loss changes its form. */
  readonly body: (x: Expression, target: Expression, threshold: Expression) => Expression;
  readonly reference: (x: number, target: number, threshold: number) => number;
  readonly check: (dtype: DType) => void;
}

const pair = { self: arg.tensor, target: arg.tensor } as const;

/** The losses of all elements, before they are averaged. */
function elementsOf({ name, summary, body, check }: ElementLoss) {
  return defineOp({
    name: `${name}_elements`,
    api: [],
    args: { ...pair, threshold: arg.withDefault(arg.number, 1) },
    doc: { summary },
    derivative: "pending",
    meta: ({ self, target }) => {
      const dtype = resultType([self, target]);
      check(dtype);
      return pointwiseMeta([self, target], dtype);
    },
    lowering: ({ self, target, threshold }) =>
      pointwise(body, [self, target, threshold], resultType([self, target])),
    reference: null,
    samples: () => [],
  });
}

const absoluteDifference = (x: Expression, y: Expression): Expression => unary("abs", sub(x, y));
const halfSquare = (x: Expression): Expression => mul(mul(x, x), 0.5);
const anyDType = (): void => {
  // Whole numbers have differences too.
};

const squared: ElementLoss = {
  name: "mse_loss",
  summary: "The squared differences between input and target.",
  body: (x, target) => mul(sub(x, target), sub(x, target)),
  reference: (x, target) => (x - target) ** 2,
  check: onlyForFloats("mse_cpu"),
};
const absolute: ElementLoss = {
  name: "l1_loss",
  summary: "The absolute differences between input and target.",
  body: absoluteDifference,
  reference: (x, target) => Math.abs(x - target),
  check: anyDType,
};
const smooth: ElementLoss = {
  name: "smooth_l1_loss",
  summary:
    "Squared differences divided by 2 `beta` below `beta`, absolute ones less `beta` / 2 from it on.",
  body: (x, target, beta) => {
    const z = absoluteDifference(x, target);
    return select(compare("lt", z, beta), div(halfSquare(z), beta), sub(z, mul(beta, 0.5)));
  },
  reference: (x, target, beta) => {
    const z = Math.abs(x - target);
    return z < beta ? (0.5 * z * z) / beta : z - 0.5 * beta;
  },
  check: onlyForFloats("smooth_l1_cpu"),
};
const huber: ElementLoss = {
  name: "huber_loss",
  summary:
    "Half the squared differences up to `delta`, `delta` times the absolute ones less `delta` / 2 beyond.",
  body: (x, target, delta) => {
    const z = absoluteDifference(x, target);
    return select(compare("le", z, delta), halfSquare(z), mul(delta, sub(z, mul(delta, 0.5))));
  },
  reference: (x, target, delta) => {
    const z = Math.abs(x - target);
    return z <= delta ? 0.5 * z * z : delta * (z - 0.5 * delta);
  },
  check: onlyForFloats("huber_cpu"),
};

export const squaredElements = elementsOf(squared);
export const absoluteElements = elementsOf(absolute);
export const smoothElements = elementsOf(smooth);
export const huberElements = elementsOf(huber);

interface PairSample {
  readonly self: TensorBase;
  readonly target: TensorBase;
  readonly reduction?: LossReduction;
}

function* pairSamples(make: SampleMaker): Generator<PairSample> {
  for (const reduction of ["mean", "sum", "none"] as const)
    yield { self: make.tensor([2, 3]), target: make.tensor([2, 3]), reduction };
  yield { self: make.strided([2, 3, 4]), target: make.tensor([4]), reduction: "none" };
  yield { self: make.tensor([]), target: make.tensor([]) };
  yield { self: make.tensor([0]), target: make.tensor([0]) };
}

function docOf({ name, summary }: ElementLoss) {
  return {
    summary: `${summary} Their mean, unless \`reduction\` says otherwise.`,
    example: `torch.nn.functional.${name}(torch.tensor([1, 2]), torch.tensor([1, 4]))`,
  };
}

function naiveLoss(
  { reference }: ElementLoss,
  { self, target, reduction }: PairSample & { readonly reduction: LossReduction },
  threshold = 1,
) {
  return naiveReduceLoss(
    naiveMap([self, target], (x = 0, y = 0) => reference(x, y, threshold)),
    reduction,
  );
}

export const mse_loss = defineOp({
  name: "mse_loss",
  api: ["torch.nn.functional.mse_loss"],
  args: { ...pair, reduction: reductionArg },
  doc: docOf(squared),
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, target, reduction }) =>
    reduceLoss(runOp(squaredElements, { self, target }), reduction),
  reference: (args) => naiveLoss(squared, args),
  samples: pairSamples,
});

export const l1_loss = defineOp({
  name: "l1_loss",
  api: ["torch.nn.functional.l1_loss"],
  args: { ...pair, reduction: reductionArg },
  doc: docOf(absolute),
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, target, reduction }) =>
    reduceLoss(runOp(absoluteElements, { self, target }), reduction),
  reference: (args) => naiveLoss(absolute, args),
  samples: pairSamples,
});

export const smooth_l1_loss = defineOp({
  name: "smooth_l1_loss",
  api: ["torch.nn.functional.smooth_l1_loss"],
  args: { ...pair, reduction: reductionArg, beta: arg.keyword(arg.withDefault(arg.number, 1)) },
  doc: docOf(smooth),
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, target, reduction, beta }) => {
    if (beta < 0)
      throw new RuntimeError("smooth_l1_loss does not support negative values for beta.");
    // Below a beta of 0 there is nothing: the division by it would be one of 0 by 0.
    if (beta === 0) return reduceLoss(runOp(absoluteElements, { self, target }), reduction);
    return reduceLoss(runOp(smoothElements, { self, target, threshold: beta }), reduction);
  },
  reference: ({ beta, ...args }) => naiveLoss(smooth, args, beta),
  samples: function* (make) {
    yield* pairSamples(make);
    yield { self: make.tensor([5]), target: make.tensor([5]), beta: 2 };
    yield { self: make.tensor([5]), target: make.tensor([5]), beta: 0 };
  },
});

export const huber_loss = defineOp({
  name: "huber_loss",
  api: ["torch.nn.functional.huber_loss"],
  args: { ...pair, reduction: reductionArg, delta: arg.keyword(arg.withDefault(arg.number, 1)) },
  doc: docOf(huber),
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, target, reduction, delta }) => {
    if (delta <= 0)
      throw new RuntimeError("huber_loss does not support non-positive values for delta.");
    return reduceLoss(runOp(huberElements, { self, target, threshold: delta }), reduction);
  },
  reference: ({ delta, ...args }) => naiveLoss(huber, args, delta),
  samples: function* (make) {
    yield* pairSamples(make);
    yield { self: make.tensor([5]), target: make.tensor([5]), delta: 2 };
  },
});

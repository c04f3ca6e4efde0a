/** Losses between probabilities: binary cross entropy and the Kullback-Leibler divergence. */
import { ValueError } from "../../base/errors.ts";
import { resultType } from "../../core/promotion.ts";
import { formatShape, sameShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import {
  add,
  type BoundsFailure,
  checkedIndex,
  compare,
  constant,
  exp,
  type Expression,
  logicalAnd,
  maximum,
  minimum,
  mul,
  negate,
  select,
  sub,
  unary,
} from "../../loops/expression.ts";
import { arg, type DefaultedArg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { bodyPerKey } from "../index/body-per-key.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { mul as times, div } from "../pointwise/arithmetic.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import { sum } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";
import { type LossReduction, naiveReduceLoss, reduceLoss, reductionArg } from "./reduce-loss.ts";

const notProbability: BoundsFailure = {
  error: "RuntimeError",
  message: "all elements of input should be between 0 and 1",
};

/** `value`, if `x` is a probability; else the kernel fails. */
function ifProbability(x: Expression, value: Expression): Expression {
  const inside = logicalAnd(compare("ge", x, 0), compare("le", x, 1));
  const place = checkedIndex(
    select(inside, constant("index", 0), constant("index", 1)),
    constant("index", 1),
    notProbability,
    { wraps: false },
  );
  return select(compare("eq", place, 0), value, constant(value.type, Number.NaN));
}

// Logarithms are at least -100, so that a certain mistake costs a finite loss.
const binaryEntropy = (x: Expression, target: Expression): Expression => {
  const whenTrue = maximum(unary("log", x), -100);
  const whenFalse = maximum(unary("log1p", negate(x)), -100);
  return ifProbability(x, sub(mul(sub(target, 1), whenFalse), mul(target, whenTrue)));
};

const binaryEntropyElements = defineOp({
  name: "binary_cross_entropy_elements",
  api: [],
  checksData: true,
  args: { self: arg.tensor, target: arg.tensor },
  doc: { summary: "The binary cross entropies of all elements." },
  derivative: "pending",
  meta: ({ self, target }) => {
    onlyForFloats("binary_cross_entropy")(self.dtype);
    return pointwiseMeta([self, target], self.dtype);
  },
  lowering: ({ self, target }) => pointwise(binaryEntropy, [self, target], self.dtype),
  reference: null,
  samples: () => [],
});

const weighted = (losses: TensorBase, weight: TensorBase | null): TensorBase =>
  weight === null ? losses : runOp(times, { self: losses, other: weight });

const entropyOf = (p: number, target: number): number =>
  -(target * Math.max(Math.log(p), -100) + (1 - target) * Math.max(Math.log1p(-p), -100));

export const binary_cross_entropy = defineOp({
  name: "binary_cross_entropy",
  api: ["torch.nn.functional.binary_cross_entropy"],
  checksData: true,
  args: {
    self: arg.tensor,
    target: arg.tensor,
    weight: arg.optional(arg.tensor),
    reduction: reductionArg,
  },
  doc: {
    summary:
      "-(target * log(input) + (1 - target) * log(1 - input)) of probabilities, times `weight`; the mean, unless `reduction` says otherwise.",
    example:
      "torch.nn.functional.binary_cross_entropy(torch.tensor([0.9, 0.2]), torch.tensor([1, 0]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, target, weight, reduction }) => {
    if (!sameShape(self.shape, target.shape)) {
      throw new ValueError(
        `Using a target size (torch.Size(${formatShape(target.shape)})) that is different to the input size (torch.Size(${formatShape(self.shape)})) is deprecated. Please ensure they have the same size.`,
      );
    }
    return reduceLoss(weighted(runOp(binaryEntropyElements, { self, target }), weight), reduction);
  },
  reference: ({ self, target, weight, reduction }) => {
    const [p, wanted] = [naive(self), naive(target)];
    const losses = naiveFill(self.shape, (point) => {
      const factor = weight === null ? 1 : elementAt(naive(weight), point);
      return factor * entropyOf(elementAt(p, point), elementAt(wanted, point));
    });
    return naiveReduceLoss(losses, reduction);
  },
  samples: function* (make) {
    const unit = { low: 0, high: 1 };
    for (const reduction of ["mean", "sum", "none"] as const)
      yield { self: make.tensor([2, 3], unit), target: make.tensor([2, 3], unit), reduction };
    yield {
      self: make.strided([2, 3], unit),
      target: make.tensor([2, 3], unit),
      weight: make.tensor([3]),
    };
    yield { self: make.of([2], [0, 1]), target: make.of([2], [1, 1]), reduction: "none" };
  },
});

/** log(sigmoid(x)), without overflow. */
const logSigmoid = (x: Expression): Expression =>
  sub(minimum(x, 0), unary("log1p", exp(negate(unary("abs", x)))));

const logitBody = bodyPerKey((form: "plain" | "positive weight") => {
  return function binaryEntropyOfLogits(...inputs: readonly Expression[]): Expression {
    const [x, target, positive] = inputs;
    if (x === undefined || target === undefined) throw new TypeError("two operands are needed");
    const logarithm = logSigmoid(x);
    const factor =
      form === "plain" || positive === undefined
        ? logarithm
        : mul(add(mul(sub(positive, 1), target), 1), logarithm);
    return sub(mul(sub(1, target), x), factor);
  };
});

const logitElements = defineOp({
  name: "binary_cross_entropy_with_logits_elements",
  api: [],
  args: { self: arg.tensor, target: arg.tensor, pos_weight: arg.optional(arg.tensor) },
  doc: { summary: "The binary cross entropies of the sigmoids of all elements." },
  derivative: "pending",
  meta: ({ self, target, pos_weight }) => {
    onlyForFloats("log_sigmoid_cpu")(self.dtype);
    const operands = pos_weight === null ? [self, target] : [self, target, pos_weight];
    return pointwiseMeta(operands, resultType(operands));
  },
  lowering: ({ self, target, pos_weight }) => {
    const form = pos_weight === null ? "plain" : "positive weight";
    const operands = pos_weight === null ? [self, target] : [self, target, pos_weight];
    return pointwise(logitBody(form), operands, resultType(operands));
  },
  reference: null,
  samples: () => [],
});

export const binary_cross_entropy_with_logits = defineOp({
  name: "binary_cross_entropy_with_logits",
  api: ["torch.nn.functional.binary_cross_entropy_with_logits"],
  args: {
    self: arg.tensor,
    target: arg.tensor,
    weight: arg.optional(arg.tensor),
    reduction: reductionArg,
    pos_weight: arg.keyword(arg.optional(arg.tensor)),
  },
  doc: {
    summary:
      "The binary cross entropy of the sigmoids of `input`, without overflow; the mean, unless `reduction` says otherwise.",
    details: "`pos_weight` multiplies the losses of positive targets, `weight` all.",
    example:
      "torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor([2]), torch.tensor([1]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, target, weight, reduction, pos_weight }) => {
    if (!sameShape(self.shape, target.shape)) {
      throw new ValueError(
        `Target size (torch.Size(${formatShape(target.shape)})) must be the same as input size (torch.Size(${formatShape(self.shape)}))`,
      );
    }
    const losses = runOp(logitElements, { self, target, pos_weight });
    return reduceLoss(weighted(losses, weight), reduction);
  },
  reference: ({ self, target, weight, reduction, pos_weight }) => {
    const [x, wanted] = [naive(self), naive(target)];
    const at = (tensor: TensorBase | null, point: readonly number[]): number =>
      tensor === null ? 1 : elementAt(naive(tensor), point);
    const losses = naiveFill(self.shape, (point) => {
      const [logit, y] = [elementAt(x, point), elementAt(wanted, point)];
      const positive = at(pos_weight, point) * y * Math.log1p(Math.exp(-logit));
      return at(weight, point) * (positive + (1 - y) * Math.log1p(Math.exp(logit)));
    });
    return naiveReduceLoss(losses, reduction);
  },
  samples: function* (make) {
    const unit = { low: 0, high: 1 };
    for (const reduction of ["mean", "sum", "none"] as const)
      yield { self: make.tensor([2, 3]), target: make.tensor([2, 3], unit), reduction };
    yield {
      self: make.strided([2, 3]),
      target: make.strided([2, 3], unit),
      weight: make.tensor([3]),
      pos_weight: make.tensor([3], { low: 0 }),
    };
  },
});

const divergence = (x: Expression, target: Expression): Expression => {
  const entropy = mul(target, unary("log", target));
  return sub(select(compare("eq", target, 0), 0, entropy), mul(target, x));
};
const logDivergence = (x: Expression, target: Expression): Expression =>
  mul(exp(target), sub(target, x));

const divergenceElements = defineOp({
  name: "kl_div_elements",
  api: [],
  args: { self: arg.tensor, target: arg.tensor, log_target: arg.bool },
  doc: { summary: "The terms of a Kullback-Leibler divergence." },
  derivative: "pending",
  meta: ({ self, target }) => pointwiseMeta([self, target], resultType([self, target])),
  lowering: ({ self, target, log_target }) =>
    pointwise(log_target ? logDivergence : divergence, [self, target], resultType([self, target])),
  reference: null,
  samples: () => [],
});

/** `"batchmean"` divides the sum by the number of examples, as the definition does. */
const divergenceReduction: DefaultedArg<LossReduction | "batchmean"> = {
  ...reductionArg,
  type: `${reductionArg.type} | "batchmean"`,
  parse: (value) => (value === "batchmean" ? value : reductionArg.parse(value)),
};

export const kl_div = defineOp({
  name: "kl_div",
  api: ["torch.nn.functional.kl_div"],
  args: {
    self: arg.tensor,
    target: arg.tensor,
    reduction: divergenceReduction,
    log_target: arg.withDefault(arg.bool, false),
  },
  doc: {
    summary:
      "The Kullback-Leibler divergence target * (log(target) - input), where `input` holds logarithms; the mean, unless `reduction` says otherwise.",
    details:
      '`"batchmean"` divides the sum by the first size, as the definition does; `log_target` says that the target holds logarithms too.',
    example:
      'torch.nn.functional.kl_div(torch.tensor([0.5]).log(), torch.tensor([1]), { reduction: "sum" })',
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, target, reduction, log_target }) => {
    const terms = runOp(divergenceElements, { self, target, log_target });
    if (reduction !== "batchmean") return reduceLoss(terms, reduction);
    const total = runOp(sum, { self: terms });
    return self.ndim === 0 ? total : runOp(div, { self: total, other: self.shape[0] ?? 1 });
  },
  reference: ({ self, target, reduction, log_target }) => {
    const [x, wanted] = [naive(self), naive(target)];
    const terms = naiveFill(self.shape, (point) => {
      const y = elementAt(wanted, point);
      const p = log_target ? Math.exp(y) : y;
      return (p === 0 ? 0 : p * Math.log(p)) - p * elementAt(x, point);
    });
    if (reduction !== "batchmean") return naiveReduceLoss(terms, reduction);
    const total = naiveReduceLoss(terms, "sum");
    return { shape: [], values: total.values.map((value) => value / (self.shape[0] ?? 1)) };
  },
  samples: function* (make) {
    const unit = { low: 0, high: 1 };
    for (const reduction of ["mean", "sum", "none", "batchmean"] as const)
      yield { self: make.tensor([2, 3]), target: make.tensor([2, 3], unit), reduction };
    yield { self: make.strided([2, 3]), target: make.strided([2, 3]), log_target: true };
    yield { self: make.tensor([3]), target: make.of([3], [0, 1, 0.5]), reduction: "none" };
  },
});

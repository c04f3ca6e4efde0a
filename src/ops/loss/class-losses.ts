/** Losses of classifiers: nll_loss and cross_entropy. */
import { RuntimeError } from "../../base/errors.ts";
import { int64 } from "../../core/dtype.ts";
import { at, sameShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { reduction as fold, scalarValue } from "../../loops/computation.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { alongDim } from "../index/index-layout.ts";
import { notImplemented } from "../not-implemented.ts";
import { add, div, mul } from "../pointwise/arithmetic.ts";
import { amax } from "../reduction/extremes.ts";
import { reducedShape } from "../reduction/fold-dims.ts";
import { sum } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { reshape } from "../view/reshape.ts";
import { where } from "../pointwise/choice.ts";
import { ne } from "../pointwise/comparison.ts";
import { checkTargets } from "./check-targets.ts";
import {
  classWeights,
  countedTargets,
  crossEntropyElements,
  pickedLosses,
} from "./class-elements.ts";
import { crossEntropyFold, logTotalFold, type TermFactors } from "./class-folds.ts";
import { naiveClassLoss, naiveProbabilityLoss } from "./naive-class-loss.ts";
import { type LossReduction, reduceLoss, reductionArg } from "./reduce-loss.ts";

const lossArgs = {
  self: arg.tensor,
  target: arg.tensor,
  weight: arg.optional(arg.tensor),
  ignore_index: arg.keyword(arg.withDefault(arg.int, -100)),
  reduction: reductionArg,
} as const;

type LossArgs = ArgsOf<typeof lossArgs>;

/** One example without a batch as a batch of one. */
function batched({ self, target }: LossArgs): { input: TensorBase; targets: TensorBase } {
  if (self.ndim > 1) return { input: self, targets: target };
  return {
    input: runOp(reshape, { self, shape: [1, -1] }),
    targets: runOp(reshape, { self: target, shape: [1] }),
  };
}

/** The losses times the weights of their classes; the mean divides by the sum of those weights. */
function weightedReduction(losses: TensorBase, targets: TensorBase, args: LossArgs): TensorBase {
  const { target, weight, ignore_index, reduction } = args;
  const weights =
    weight === null ? null : runOp(classWeights, { self: weight, target: targets, ignore_index });
  const weighted = weights === null ? losses : runOp(mul, { self: losses, other: weights });
  if (reduction === "none") return runOp(reshape, { self: weighted, shape: target.shape });
  const total = runOp(sum, { self: weighted });
  if (reduction === "sum") return total;
  return runOp(div, { self: total, other: totalWeight(targets, args, weights) });
}

function totalWeight(
  targets: TensorBase,
  { self, ignore_index }: LossArgs,
  weights: TensorBase | null,
): TensorBase {
  const dtype = self.dtype;
  return runOp(sum, {
    self: weights ?? runOp(countedTargets, { target: targets, ignore_index, dtype }),
  });
}

export const nll_loss = defineOp({
  name: "nll_loss",
  api: ["torch.nn.functional.nll_loss"],
  checksData: true,
  args: lossArgs,
  doc: {
    summary:
      "Minus the logarithm of the probability of the target class, for logarithms of probabilities; the mean, unless `reduction` says otherwise.",
    details:
      "Classes are dimension 1. `weight` has one number for each class; targets equal to `ignore_index` do not count. The mean of none is NaN.",
    example: "torch.nn.functional.nll_loss(torch.tensor([[-0.1, -2.3]]), torch.tensor([0n]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: (args) => {
    checkTargets(args.self, args.target, args.weight);
    if (!args.self.dtype.is_floating_point)
      throw notImplemented("nll_loss_out_frame", args.self.dtype);
    const { input, targets } = batched(args);
    const losses = runOp(pickedLosses, {
      self: input,
      target: targets,
      ignore_index: args.ignore_index,
    });
    return weightedReduction(losses, targets, args);
  },
  reference: (args) => naiveClassLoss(args, { fromLogits: false, smoothing: 0 }),
  samples: classSamples,
});

function* classSamples(make: SampleMaker): Generator<{
  self: TensorBase;
  target: TensorBase;
  weight?: TensorBase;
  ignore_index?: number;
  reduction?: LossReduction;
}> {
  for (const reduction of ["mean", "sum", "none"] as const) {
    const target = make.of([3], [1, 3, 0], int64);
    yield { self: make.tensor([3, 4]), target, reduction };
    const weight = make.tensor([4], { low: 0.5 });
    yield { self: make.strided([3, 4]), target, weight, ignore_index: 3, reduction };
    const places = make.of([2, 2], [0, 2, 1, 1], int64);
    yield { self: make.strided([2, 3, 2]), target: places, reduction };
  }
  yield { self: make.tensor([4]), target: make.of([], [2], int64) };
  yield { self: make.tensor([0, 4]), target: make.of([0], [], int64) };
  yield { self: make.tensor([2, 3]), target: make.of([2], [-100, -100], int64) };
}

const normalizerArgs = { self: arg.tensor, largest: arg.tensor } as const;

const logTotal = defineOp({
  name: "log_total",
  api: [],
  args: normalizerArgs,
  doc: { summary: "log of the sum over dimension 1 of exp(input - largest)." },
  derivative: "pending",
  meta: ({ self }) => ({ dtype: self.dtype, shape: reducedShape(self.shape, [1], true) }),
  lowering: ({ self, largest }) => fold(logTotalFold, [self, largest], self.dtype, [1]),
  reference: null,
  samples: () => [],
});

/** Σ over classes of probability * weight * -log softmax. */
const crossEntropySums = defineOp({
  name: "cross_entropy_sums",
  api: [],
  args: {
    ...normalizerArgs,
    logTotal: arg.tensor,
    probability: arg.optional(arg.tensor),
    weight: arg.optional(arg.tensor),
    keep: arg.withDefault(arg.number, 1),
    share: arg.withDefault(arg.number, 0),
  },
  doc: {
    summary: "The sum over dimension 1 of (probability * keep + share) * weight * -log_softmax.",
  },
  derivative: "pending",
  meta: ({ self }) => ({ dtype: self.dtype, shape: reducedShape(self.shape, [1], false) }),
  lowering: ({ self, largest, logTotal: total, probability, weight, keep, share }) => {
    const factors: TermFactors =
      probability === null
        ? weight === null
          ? ""
          : "weight"
        : weight === null
          ? "probability"
          : "probability,weight";
    const operands = [self, largest, total, probability, weight].flatMap((each) => each ?? []);
    const type = self.dtype.computeName;
    return fold(
      crossEntropyFold(factors),
      operands,
      self.dtype,
      [1],
      [scalarValue(type, keep), scalarValue(type, share)],
    );
  },
  reference: null,
  samples: () => [],
});

/** The parts of a log-softmax over dimension 1: x - largest - logTotal. */
function normalizer(input: TensorBase): { largest: TensorBase; logTotal: TensorBase } {
  const largest = runOp(amax, { self: input, dim: [1], keepdim: true });
  return { largest, logTotal: runOp(logTotal, { self: input, largest }) };
}

function checkLogits(self: TensorBase): void {
  if (self.dtype.is_floating_point) return;
  const isLast = self.ndim <= 2;
  throw notImplemented(`log_softmax_${isLast ? "lastdim_" : ""}kernel_impl`, self.dtype);
}

const perClass = (weight: TensorBase | null, rank: number): TensorBase | null =>
  weight === null ? null : alongDim(weight, 1, rank);

interface CrossEntropyArgs extends LossArgs {
  readonly label_smoothing: number;
}

function classCrossEntropy(args: CrossEntropyArgs): TensorBase {
  const { weight, ignore_index, reduction, label_smoothing } = args;
  checkLogits(args.self);
  checkTargets(args.self, args.target, weight);
  const { input, targets } = batched(args);
  if (input.numel() === 0) return runOp(nll_loss, args);
  const parts = normalizer(input);
  const squeezed = (tensor: TensorBase): TensorBase =>
    runOp(reshape, { self: tensor, shape: targets.shape });
  const losses = runOp(crossEntropyElements, {
    self: input,
    largest: squeezed(parts.largest),
    logTotal: squeezed(parts.logTotal),
    target: targets,
    ignore_index,
  });
  const hard = weightedReduction(losses, targets, args);
  if (label_smoothing <= 0) return hard;
  const sums = runOp(crossEntropySums, {
    self: input,
    ...parts,
    weight: perClass(weight, input.ndim),
  });
  const counted = runOp(ne, { self: targets, other: ignore_index });
  const soft = runOp(where, { condition: counted, self: sums, other: 0 });
  const share = label_smoothing / at(input.shape, 1);
  const smoothed = scaled(softReduction(soft, targets, { ...args, reduction }), share);
  return runOp(add, { self: scaled(hard, 1 - label_smoothing), other: smoothed });
}

const scaled = (tensor: TensorBase, factor: number): TensorBase =>
  runOp(mul, { self: tensor, other: factor });

/** The mean divides by the weights of the target classes, as for the unsmoothed loss. */
function softReduction(soft: TensorBase, targets: TensorBase, args: LossArgs): TensorBase {
  const { target, weight, ignore_index, reduction } = args;
  if (reduction === "none") return runOp(reshape, { self: soft, shape: target.shape });
  const total = runOp(sum, { self: soft });
  if (reduction === "sum") return total;
  const weights =
    weight === null ? null : runOp(classWeights, { self: weight, target: targets, ignore_index });
  return runOp(div, { self: total, other: totalWeight(targets, args, weights) });
}

function probabilityCrossEntropy(args: CrossEntropyArgs): TensorBase {
  const { self, target, weight, ignore_index, reduction, label_smoothing } = args;
  if (!target.dtype.is_floating_point) {
    throw new RuntimeError(
      `Expected floating point type for target with class probabilities, got ${target.dtype.scalarTypeName}`,
    );
  }
  if (ignore_index >= 0)
    throw new RuntimeError("ignore_index is not supported for floating point target");
  checkLogits(self);
  const rows = (tensor: TensorBase): TensorBase =>
    tensor.ndim > 1 ? tensor : runOp(reshape, { self: tensor, shape: [1, -1] });
  const input = rows(self);
  const classes = at(input.shape, 1);
  const sums = runOp(crossEntropySums, {
    self: input,
    ...normalizer(input),
    probability: rows(target),
    weight: perClass(weight, input.ndim),
    keep: 1 - label_smoothing,
    share: label_smoothing / classes,
  });
  if (reduction !== "none") return reduceLoss(sums, reduction);
  return self.ndim > 1 ? sums : runOp(reshape, { self: sums, shape: [] });
}

export const cross_entropy = defineOp({
  name: "cross_entropy",
  api: ["torch.nn.functional.cross_entropy"],
  checksData: true,
  args: { ...lossArgs, label_smoothing: arg.keyword(arg.withDefault(arg.number, 0)) },
  doc: {
    summary:
      "The cross entropy between the softmax of `input` and the target, class indices or probabilities; the mean, unless `reduction` says otherwise.",
    details:
      "Classes are dimension 1. `weight` has one number for each class; targets equal to `ignore_index` do not count; `label_smoothing` mixes the target with all classes alike.",
    example: "torch.nn.functional.cross_entropy(torch.tensor([[2, 1]]), torch.tensor([0n]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  wide: true,
  decomposition: (args) => {
    const { self, target, label_smoothing } = args;
    if (label_smoothing > 1) {
      throw new RuntimeError(
        `label_smoothing must be between 0.0 and 1.0. Got: ${label_smoothing}`,
      );
    }
    return sameShape(self.shape, target.shape)
      ? probabilityCrossEntropy(args)
      : classCrossEntropy(args);
  },
  reference: (args) =>
    sameShape(args.self.shape, args.target.shape)
      ? naiveProbabilityLoss(args, args.label_smoothing)
      : naiveClassLoss(args, { fromLogits: true, smoothing: args.label_smoothing }),
  samples: function* (make) {
    yield* classSamples(make);
    for (const sample of classSamples(make)) yield { ...sample, label_smoothing: 0.25 };
    const [low, high] = [0, 1];
    for (const reduction of ["mean", "sum", "none"] as const) {
      const target = make.tensor([3, 4], { low, high });
      yield { self: make.strided([3, 4]), target, reduction };
      const weight = make.tensor([4], { low: 0.5 });
      yield { self: make.tensor([3, 4]), target, weight, label_smoothing: 0.5, reduction };
    }
    yield { self: make.tensor([2, 3, 2]), target: make.strided([2, 3, 2], { low, high }) };
    yield { self: make.tensor([3]), target: make.tensor([3], { low, high }) };
  },
});

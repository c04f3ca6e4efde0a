/** What a class index picks: the steps of losses over classes. Class 1 of the output's dimensions is left out. */
import { at } from "../../core/shape.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import {
  type BoundsFailure,
  cast,
  checkedIndex,
  compare,
  constant,
  type Expression,
  negate,
  select,
  sub,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";

const outOfBounds: BoundsFailure = {
  error: "IndexError",
  message: "Target {index} is out of bounds.",
};

/** Operand 0 is the target; scalars: the number of classes, the index that is ignored. */
function targetOf({ load, scalar }: IndexedContext): { ignored: Expression; place: Expression } {
  const target = cast(load(0), "index");
  const ignored = compare("eq", target, scalar(1));
  const place = checkedIndex(select(ignored, 0, target), scalar(0), outOfBounds, { wraps: false });
  return { ignored, place };
}

/** The element of the chosen class at the current point. */
function chosen({ positions, gather }: IndexedContext, place: Expression): Expression {
  return gather([at(positions, 0), place, ...positions.slice(1)]);
}

function zeroIfIgnored(ignored: Expression, value: Expression): Expression {
  return select(ignored, constant(value.type, 0), value);
}

const classArgs = { target: arg.tensor, ignore_index: arg.int } as const;
const scalars = (classes: number, ignored: number) => [
  scalarValue("index", classes),
  scalarValue("index", ignored),
];

function negativeLogLikelihood(context: IndexedContext): Expression {
  const { ignored, place } = targetOf(context);
  return zeroIfIgnored(ignored, negate(chosen(context, place)));
}

/** Of logarithms of probabilities, [batch, classes, …]. */
export const pickedLosses = defineOp({
  name: "picked_losses",
  api: [],
  checksData: true,
  args: { self: arg.tensor, ...classArgs },
  doc: { summary: "Minus the element of each target's class; 0 where the target is ignored." },
  derivative: "pending",
  meta: ({ self, target }) => ({ dtype: self.dtype, shape: target.shape }),
  lowering: ({ self, target, ignore_index }) =>
    indexed(negativeLogLikelihood, {
      operands: [target],
      gathered: self,
      scalars: scalars(at(self.shape, 1), ignore_index),
    }),
  reference: null,
  samples: () => [],
});

/** -(x of the class - largest - log Σ exp(x - largest)). */
function crossEntropyOfClass(context: IndexedContext): Expression {
  const { ignored, place } = targetOf(context);
  const own = sub(chosen(context, place), context.load(1));
  return zeroIfIgnored(ignored, negate(sub(own, context.load(2))));
}

/** Of logits, [batch, classes, …], whose log-softmax is never stored. */
export const crossEntropyElements = defineOp({
  name: "cross_entropy_elements",
  api: [],
  checksData: true,
  args: { self: arg.tensor, largest: arg.tensor, logTotal: arg.tensor, ...classArgs },
  doc: { summary: "The cross entropy of each target's class; 0 where the target is ignored." },
  derivative: "pending",
  meta: ({ self, target }) => ({ dtype: self.dtype, shape: target.shape }),
  lowering: ({ self, largest, logTotal, target, ignore_index }) =>
    indexed(crossEntropyOfClass, {
      operands: [target, largest, logTotal],
      gathered: self,
      scalars: scalars(at(self.shape, 1), ignore_index),
    }),
  reference: null,
  samples: () => [],
});

function weightOfClass(context: IndexedContext): Expression {
  const { ignored, place } = targetOf(context);
  return zeroIfIgnored(ignored, context.gather([place]));
}

export const classWeights = defineOp({
  name: "class_weights",
  api: [],
  checksData: true,
  args: { self: arg.tensor, ...classArgs },
  doc: { summary: "The weight of each target's class; 0 where the target is ignored." },
  derivative: "pending",
  meta: ({ self, target }) => ({ dtype: self.dtype, shape: target.shape }),
  lowering: ({ self, target, ignore_index }) =>
    indexed(weightOfClass, {
      operands: [target],
      gathered: self,
      scalars: scalars(at(self.shape, 0), ignore_index),
    }),
  reference: null,
  samples: () => [],
});

const countsBody = ({ load, scalar }: IndexedContext): Expression =>
  cast(compare("ne", cast(load(0), "index"), scalar(0)), "float32");

export const countedTargets = defineOp({
  name: "counted_targets",
  api: [],
  args: { ...classArgs, dtype: arg.dtype },
  doc: { summary: "1 for each target, 0 where it is ignored." },
  derivative: "not-differentiable",
  meta: ({ target, dtype }) => ({
    dtype,
    shape: target.shape,
  }),
  lowering: ({ target, ignore_index }) =>
    indexed(countsBody, { operands: [target], scalars: [scalarValue("index", ignore_index)] }),
  reference: null,
  samples: () => [],
});

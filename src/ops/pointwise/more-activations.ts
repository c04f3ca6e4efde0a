/** Activations with limits and parameters, and gated ones. */
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { at, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import {
  add,
  compare,
  div,
  exp,
  type Expression,
  logicalAnd,
  mul,
  negate,
  select,
  sub,
  unary,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes, numberDTypes } from "../define-op.ts";
import { alongDim } from "../index/index-layout.ts";
import { elementAt, naive, naiveFill, naiveMap } from "../naive-array.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { softmax } from "../reduction/softmax.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { narrow } from "../view/select.ts";
import { neg, sub as minus } from "./arithmetic.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";
import { unarySamples } from "./pointwise-op.ts";
import { tanh } from "./trigonometric.ts";

// The constants of G. Klambauer et al., "Self-Normalizing Neural Networks", 2017.
const seluAlpha = 1.6732632423543772848170429916717;
const seluScale = 1.0507009873554804934193349852946;

const selfNormalizing = (x: Expression): Expression =>
  select(compare("gt", x, 0), mul(x, seluScale), mul(unary("expm1", x), seluScale * seluAlpha));

export const selu = defineOp({
  name: "selu",
  api: ["torch.nn.functional.selu", "torch.selu"],
  args: { self: arg.tensor },
  doc: {
    summary: "A scaled elu that keeps mean 0 and variance 1 from layer to layer.",
    example: "torch.nn.functional.selu(torch.tensor([-1, 2]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self }) => {
    onlyForFloats("elu_cpu")(self.dtype);
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self }) => pointwise(selfNormalizing, [self], self.dtype),
  reference: ({ self }) =>
    naiveMap([self], (x) => seluScale * (x > 0 ? x : seluAlpha * Math.expm1(x))),
  samples: (make) => unarySamples(make, {}),
});

const continuousUnit = (x: Expression, alpha: Expression, inverse: Expression): Expression =>
  select(compare("gt", x, 0), x, mul(alpha, unary("expm1", mul(x, inverse))));

export const celu = defineOp({
  name: "celu",
  api: ["torch.nn.functional.celu", "torch.celu"],
  args: { self: arg.tensor, alpha: arg.withDefault(arg.number, 1) },
  doc: {
    summary: "Each element, or alpha * (exp(x / alpha) - 1) if it is negative.",
    example: "torch.nn.functional.celu(torch.tensor([-1, 2]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self, alpha }) => {
    if (alpha === 0) throw new RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU");
    onlyForFloats("elu_cpu")(self.dtype);
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, alpha }) => pointwise(continuousUnit, [self, alpha, 1 / alpha], self.dtype),
  reference: ({ self, alpha }) =>
    naiveMap([self], (x) => (x > 0 ? x : alpha * Math.expm1(x / alpha))),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.tensor([3]), alpha: 2 };
  },
});

const limited = (x: Expression, low: Expression, high: Expression): Expression =>
  select(compare("lt", x, low), low, select(compare("gt", x, high), high, x));

export const hardtanh = defineOp({
  name: "hardtanh",
  api: ["torch.nn.functional.hardtanh"],
  args: {
    self: arg.tensor,
    min_val: arg.withDefault(arg.number, -1),
    max_val: arg.withDefault(arg.number, 1),
  },
  doc: {
    summary: "Each element limited to [`min_val`, `max_val`].",
    example: "torch.nn.functional.hardtanh(torch.tensor([-3, 0.5]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self, min_val, max_val }) => {
    if (min_val > max_val) throw new ValueError("min_val cannot be greater than max_val");
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, min_val, max_val }) =>
    pointwise(limited, [self, min_val, max_val], self.dtype),
  reference: ({ self, min_val, max_val }) =>
    naiveMap([self], (x) => Math.min(Math.max(x, min_val), max_val)),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.tensor([3]), min_val: -2, max_val: 3 };
  },
});

// Not "if larger": NaN stays NaN, as in PyTorch.
const replaced = (x: Expression, limit: Expression, value: Expression): Expression =>
  select(compare("le", x, limit), value, x);

export const threshold = defineOp({
  name: "threshold",
  api: ["torch.nn.functional.threshold", "torch.threshold"],
  args: { self: arg.tensor, threshold: arg.number, value: arg.number },
  doc: {
    summary: "Each element if it exceeds `threshold`, else `value`.",
    example: "torch.nn.functional.threshold(torch.tensor([1, 3]), 2, 0)",
  },
  derivative: "pending",
  dtypes: numberDTypes,
  meta: ({ self }) => pointwiseMeta([self], self.dtype),
  lowering: ({ self, threshold: limit, value }) =>
    pointwise(replaced, [self, limit, value], self.dtype),
  reference: ({ self, threshold: limit, value }) =>
    naiveMap([self], (x) => (x > limit ? x : value)),
  samples: function* (make) {
    for (const sample of unarySamples(make, {})) yield { ...sample, threshold: 1, value: 2 };
  },
});

const shrunkHard = (x: Expression, limit: Expression): Expression =>
  select(logicalAnd(compare("ge", x, negate(limit)), compare("le", x, limit)), 0, x);
const shrunkSoft = (x: Expression, limit: Expression): Expression =>
  select(
    compare("gt", x, limit),
    sub(x, limit),
    select(compare("lt", x, negate(limit)), add(x, limit), mul(x, 0)),
  );

export const hardshrink = defineOp({
  name: "hardshrink",
  api: ["torch.nn.functional.hardshrink", "torch.hardshrink", "Tensor.hardshrink"],
  args: { self: arg.tensor, lambd: arg.withDefault(arg.number, 0.5) },
  doc: {
    summary: "Each element, or 0 if it lies in [-`lambd`, `lambd`].",
    example: "torch.nn.functional.hardshrink(torch.tensor([0.3, 2]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self }) => {
    onlyForFloats("hardshrink_cpu")(self.dtype);
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, lambd }) => pointwise(shrunkHard, [self, lambd], self.dtype),
  reference: ({ self, lambd }) => naiveMap([self], (x) => (x >= -lambd && x <= lambd ? 0 : x)),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.tensor([3]), lambd: 2 };
  },
});

export const softshrink = defineOp({
  name: "softshrink",
  api: ["torch.nn.functional.softshrink"],
  args: { self: arg.tensor, lambd: arg.withDefault(arg.number, 0.5) },
  doc: {
    summary: "Each element moved towards 0 by `lambd`, and 0 if it was nearer.",
    example: "torch.nn.functional.softshrink(torch.tensor([0.3, 2]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self, lambd }) => {
    onlyForFloats("softshrink_check")(self.dtype);
    if (lambd < 0) {
      const largest = self.dtype.itemsize === 8 ? "1.79769e+308" : "3.40282e+38";
      throw new RuntimeError(
        `lambda must be in range [0, ${largest}] for input dtype ${self.dtype.scalarTypeName}, but found ${lambd}`,
      );
    }
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, lambd }) => pointwise(shrunkSoft, [self, lambd], self.dtype),
  reference: ({ self, lambd }) =>
    naiveMap([self], (x) => Math.sign(x) * Math.max(Math.abs(x) - lambd, 0)),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.tensor([3]), lambd: 2 };
  },
});

export const tanhshrink = defineOp({
  name: "tanhshrink",
  api: ["torch.nn.functional.tanhshrink"],
  args: { self: arg.tensor },
  doc: { summary: "x - tanh(x).", example: "torch.nn.functional.tanhshrink(torch.tensor([1]))" },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self }) => runOp(minus, { self, other: runOp(tanh, { self }) }),
  reference: ({ self }) => naiveMap([self], (x) => x - Math.tanh(x)),
  samples: (make) => unarySamples(make, {}),
});

export const softmin = defineOp({
  name: "softmin",
  api: ["torch.nn.functional.softmin"],
  args: { self: arg.tensor, dim: arg.dim, dtype: arg.optional(arg.dtype) },
  doc: {
    summary: "The softmax of -input.",
    example: "torch.nn.functional.softmin(torch.tensor([0, 1]), 0)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, dim, dtype }) =>
    runOp(softmax, { self: runOp(neg, { self }), dim, dtype }),
  reference: ({ self, dim }) => {
    const source = naive(self);
    const axis = wrapDim(dim, self.ndim);
    const size = self.shape[axis] ?? 1;
    return naiveFill(self.shape, (point) => {
      const row = Array.from({ length: size }, (_, place) =>
        Math.exp(
          -elementAt(
            source,
            point.map((own, other) => (other === axis ? place : own)),
          ),
        ),
      );
      return Math.exp(-elementAt(source, point)) / row.reduce((sum, x) => sum + x, 0);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), dim: 1 };
    yield { self: make.strided([2, 3]), dim: 0 };
  },
});

const gated = (x: Expression, gate: Expression): Expression =>
  mul(x, div(1, add(1, exp(negate(gate)))));

const gatedHalves = defineOp({
  name: "glu_halves",
  api: [],
  args: { self: arg.tensor, gate: arg.tensor },
  doc: { summary: "input * sigmoid(gate)." },
  derivative: "pending",
  meta: ({ self, gate }) => {
    onlyForFloats("glu_cpu")(self.dtype);
    return { dtype: self.dtype, shape: pointwiseMeta([self, gate], self.dtype).shape };
  },
  lowering: ({ self, gate }) => pointwise(gated, [self, gate], self.dtype),
  reference: null,
  samples: () => [],
});

export const glu = defineOp({
  name: "glu",
  api: ["torch.nn.functional.glu"],
  args: { self: arg.tensor, dim: arg.withDefault(arg.dim, -1) },
  doc: {
    summary: "The first half of a dimension times the sigmoid of the second half.",
    example: "torch.nn.functional.glu(torch.tensor([3, 0]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, dim }) => {
    if (self.ndim === 0)
      throw new RuntimeError("glu does not support scalars because halving size must be even");
    const axis = wrapDim(dim, self.ndim);
    const size = at(self.shape, axis);
    if (size % 2 !== 0) {
      throw new RuntimeError(
        `Halving dimension must be even, but dimension ${axis} is size ${size}`,
      );
    }
    const half = (start: number): TensorBase =>
      runOp(narrow, { self, dim: axis, start, length: size / 2 });
    return runOp(gatedHalves, { self: half(0), gate: half(size / 2) });
  },
  reference: ({ self, dim }) => {
    const source = naive(self);
    const axis = wrapDim(dim, self.ndim);
    const half = at(self.shape, axis) / 2;
    const shape = self.shape.map((size, other) => (other === axis ? half : size));
    return naiveFill(shape, (point) => {
      const gate = point.map((own, other) => (other === axis ? own + half : own));
      return elementAt(source, point) / (1 + Math.exp(-elementAt(source, gate)));
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 6]) };
    yield { self: make.strided([4, 3]), dim: 0 };
    yield { self: make.tensor([0, 2]) };
  },
});

const parametric = (x: Expression, weight: Expression): Expression =>
  select(compare("gt", x, 0), x, mul(weight, x));

const scaleNegative = defineOp({
  name: "prelu_kernel",
  api: [],
  args: { self: arg.tensor, weight: arg.tensor },
  doc: { summary: "input, times weight where it is negative." },
  derivative: "pending",
  meta: ({ self, weight }) => pointwiseMeta([self, weight], self.dtype),
  lowering: ({ self, weight }) => pointwise(parametric, [self, weight], self.dtype),
  reference: null,
  samples: () => [],
});

export const prelu = defineOp({
  name: "prelu",
  api: ["torch.nn.functional.prelu", "torch.prelu", "Tensor.prelu"],
  args: { self: arg.tensor, weight: arg.tensor },
  doc: {
    summary:
      "Each element, times `weight` if it is negative: one number, or one for each channel (dimension 1).",
    example: "torch.nn.functional.prelu(torch.tensor([-1, 2]), torch.tensor([0.25]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, weight }) => {
    if (self.dtype !== weight.dtype) {
      const name = (tensor: TensorBase): string => tensor.dtype.scalarTypeName;
      throw new RuntimeError(
        `prelu: Type promoting not supported. Got ${name(self)} and ${name(weight)}`,
      );
    }
    if (weight.ndim > 1)
      throw new RuntimeError(
        `prelu: Expected \`weight\` to be a scalar or 1D tensor, but got: ndim = ${weight.ndim}`,
      );
    const count = weight.numel();
    if (count === 1)
      return runOp(scaleNegative, { self, weight: runOp(reshape, { self: weight, shape: [] }) });
    const channels = self.ndim > 1 ? at(self.shape, 1) : 1;
    if (count !== channels) {
      throw new RuntimeError(
        `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${count} and channel size = ${channels}.`,
      );
    }
    return runOp(scaleNegative, { self, weight: alongDim(weight, 1, self.ndim) });
  },
  reference: ({ self, weight }) => {
    const [source, weights] = [naive(self), naive(weight).values];
    return naiveFill(self.shape, (point) => {
      const x = elementAt(source, point);
      return x > 0 ? x : x * (weights[weights.length === 1 ? 0 : (point[1] ?? 0)] ?? Number.NaN);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), weight: make.tensor([1]) };
    yield { self: make.strided([2, 3, 4]), weight: make.tensor([3]) };
    yield { self: make.tensor([]), weight: make.tensor([1]) };
    yield { self: make.tensor([3]), weight: make.tensor([]) };
  },
});

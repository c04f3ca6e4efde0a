/** Activation functions. */
import { RuntimeError } from "../../base/errors.ts";
import { bool, type DType } from "../../core/dtype.ts";
import { pointwise } from "../../loops/computation.ts";
import {
  add,
  cast,
  compare,
  div,
  exp,
  type Expression,
  maximum,
  minimum,
  mul,
  negate,
  select,
  sub,
  unary,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes, numberDTypes } from "../define-op.ts";
import { naiveMap } from "../naive-array.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { runOp } from "../run-op.ts";
import { add as plus, div as divide } from "./arithmetic.ts";
import { naiveErf } from "./naive-erf.ts";
import { abs as magnitude } from "./rounding.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";
import { unaryOp, unarySamples } from "./pointwise-op.ts";

/** PyTorch's complaint about bool tensors. */
function refuseBool(message: string): (dtype: DType) => void {
  return (dtype) => {
    if (dtype === bool) throw new RuntimeError(message);
  };
}

const sigmoidOf = (x: Expression): Expression => div(1, add(1, exp(negate(x))));
const naiveSigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const relu = unaryOp({
  name: "relu",
  api: ["torch.relu", "Tensor.relu", "Tensor.relu_", "torch.nn.functional.relu"],
  rule: "same",
  // Not a maximum: NaN and -0 pass, as in PyTorch.
  body: (x) => select(compare("lt", x, 0), 0, x),
  reference: (x) => Math.max(x, 0),
  doc: {
    summary: "Each element, or 0 if it is negative.",
    example: "torch.tensor([-1, 2]).relu()",
  },
  check: refuseBool("Boolean inputs not supported for relu"),
  derivative: "pending",
  dtypes: numberDTypes,
});

export const relu6 = unaryOp({
  name: "relu6",
  api: ["torch.nn.functional.relu6"],
  rule: "same",
  body: (x) => select(compare("lt", x, 0), 0, select(compare("gt", x, 6), 6, x)),
  reference: (x) => Math.min(Math.max(x, 0), 6),
  doc: {
    summary: "Each element limited to [0, 6].",
    example: "torch.nn.functional.relu6(torch.tensor([-1, 8]))",
  },
  check: refuseBool("Bool inputs not supported for hardtanh"),
  derivative: "pending",
  dtypes: numberDTypes,
  domain: { high: 9 },
});

export const sigmoid = unaryOp({
  name: "sigmoid",
  api: ["torch.sigmoid", "Tensor.sigmoid", "Tensor.sigmoid_", "torch.nn.functional.sigmoid"],
  rule: "float",
  body: sigmoidOf,
  reference: naiveSigmoid,
  doc: { summary: "1 / (1 + exp(-x)).", example: "torch.tensor([0]).sigmoid()" },
  derivative: "pending",
});

export const silu = unaryOp({
  name: "silu",
  api: ["torch.nn.functional.silu"],
  rule: "same",
  body: (x) => div(x, add(1, exp(negate(x)))),
  reference: (x) => x * naiveSigmoid(x),
  doc: {
    summary: "x * sigmoid(x), also called swish.",
    example: "torch.nn.functional.silu(torch.tensor([1]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  check: onlyForFloats("silu_cpu"),
});

/**
 * tanh(log(1 + e)) = n/(n + 2) with n = e·(e + 2), e = exp(x): 1 to within float64 from x = 20 on. In float64, as float32
 * would round six times.
 */
const mishOf = (x: Expression): Expression => {
  const wide = cast(x, "float64");
  const e = exp(minimum(wide, 20));
  const n = mul(e, add(e, 2));
  return cast(div(mul(wide, n), add(n, 2)), x.type);
};

export const mish = unaryOp({
  name: "mish",
  api: ["torch.nn.functional.mish"],
  rule: "same",
  body: mishOf,
  reference: (x) => x * Math.tanh(Math.log(1 + Math.exp(x))),
  doc: {
    summary: "x * tanh(softplus(x)).",
    example: "torch.nn.functional.mish(torch.tensor([1]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  check: onlyForFloats("mish_cpu"),
});

export const hardsigmoid = unaryOp({
  name: "hardsigmoid",
  api: ["torch.nn.functional.hardsigmoid"],
  rule: "same",
  body: (x) => div(minimum(maximum(add(x, 3), 0), 6), 6),
  reference: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
  doc: {
    summary: "A sigmoid of straight lines: (x + 3) / 6 limited to [0, 1].",
    example: "torch.nn.functional.hardsigmoid(torch.tensor([0]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  check: onlyForFloats("hardsigmoid_cpu"),
});

export const hardswish = unaryOp({
  name: "hardswish",
  api: ["torch.nn.functional.hardswish"],
  rule: "same",
  body: (x) => div(mul(x, minimum(maximum(add(x, 3), 0), 6)), 6),
  reference: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  doc: {
    summary: "x * hardsigmoid(x).",
    example: "torch.nn.functional.hardswish(torch.tensor([1]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  check: onlyForFloats("hardswish_cpu"),
});

export const logsigmoid = unaryOp({
  name: "logsigmoid",
  api: ["torch.nn.functional.logsigmoid"],
  rule: "same",
  body: (x) => sub(minimum(x, 0), unary("log1p", exp(negate(unary("abs", x))))),
  reference: (x) => Math.log(naiveSigmoid(x)),
  doc: {
    summary: "The logarithm of the sigmoid, without overflow.",
    example: "torch.nn.functional.logsigmoid(torch.tensor([0]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  check: onlyForFloats("log_sigmoid_cpu"),
});

export const softsign = defineOp({
  name: "softsign",
  api: ["torch.nn.functional.softsign"],
  args: { self: arg.tensor },
  doc: { summary: "x / (1 + |x|).", example: "torch.nn.functional.softsign(torch.tensor([1]))" },
  derivative: "pending",
  dtypes: numberDTypes,
  decomposition: ({ self }) =>
    runOp(divide, { self, other: runOp(plus, { self: runOp(magnitude, { self }), other: 1 }) }),
  reference: ({ self }) => naiveMap([self], (x = 0) => x / (1 + Math.abs(x))),
  samples: (make) => unarySamples(make, {}),
});

export const leaky_relu = defineOp({
  name: "leaky_relu",
  api: ["torch.nn.functional.leaky_relu"],
  args: { self: arg.tensor, negative_slope: arg.withDefault(arg.number, 0.01) },
  doc: {
    summary: "Each element, times `negative_slope` if it is negative.",
    example: "torch.nn.functional.leaky_relu(torch.tensor([-1, 2]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self }) => {
    onlyForFloats("leaky_relu_cpu")(self.dtype);
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, negative_slope }) => pointwise(leak, [self, negative_slope], self.dtype),
  reference: ({ self, negative_slope }) =>
    naiveMap([self], (x) => (x > 0 ? x : x * negative_slope)),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.tensor([3]), negative_slope: 0.5 };
  },
});

const leak = (x: Expression, slope: Expression): Expression =>
  select(compare("gt", x, 0), x, mul(x, slope));

export const elu = defineOp({
  name: "elu",
  api: ["torch.nn.functional.elu"],
  args: { self: arg.tensor, alpha: arg.withDefault(arg.number, 1) },
  doc: {
    summary: "Each element, or alpha * (exp(x) - 1) if it is negative.",
    example: "torch.nn.functional.elu(torch.tensor([-1, 2]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self }) => {
    onlyForFloats("elu_cpu")(self.dtype);
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, alpha }) => pointwise(exponentialUnit, [self, alpha], self.dtype),
  reference: ({ self, alpha }) => naiveMap([self], (x) => (x > 0 ? x : alpha * Math.expm1(x))),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.tensor([3]), alpha: 2 };
  },
});

const exponentialUnit = (x: Expression, alpha: Expression): Expression =>
  select(compare("gt", x, 0), x, mul(alpha, unary("expm1", x)));

export const softplus = defineOp({
  name: "softplus",
  api: ["torch.nn.functional.softplus"],
  args: {
    self: arg.tensor,
    beta: arg.withDefault(arg.number, 1),
    threshold: arg.withDefault(arg.number, 20),
  },
  doc: {
    summary: "log(1 + exp(beta * x)) / beta; x itself where beta * x exceeds `threshold`.",
    example: "torch.nn.functional.softplus(torch.tensor([0]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self }) => {
    onlyForFloats("softplus_cpu")(self.dtype);
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, beta, threshold }) =>
    pointwise(smoothRelu, [self, beta, threshold], self.dtype),
  reference: ({ self, beta, threshold }) =>
    naiveMap([self], (x) => (beta * x > threshold ? x : Math.log1p(Math.exp(beta * x)) / beta)),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.tensor([3]), beta: 2, threshold: 1 };
  },
});

const smoothRelu = (x: Expression, beta: Expression, threshold: Expression): Expression => {
  const scaled = mul(x, beta);
  return select(compare("gt", scaled, threshold), x, div(unary("log1p", exp(scaled)), beta));
};

const geluExact = (x: Expression): Expression => mul(x, unary("ndtr", x));
const geluTanh = (x: Expression): Expression => {
  const cubic = add(x, mul(0.044715, mul(x, mul(x, x))));
  return mul(mul(x, 0.5), add(1, unary("tanh", mul(Math.sqrt(2 / Math.PI), cubic))));
};

export const gelu = defineOp({
  name: "gelu",
  api: ["torch.nn.functional.gelu"],
  args: { self: arg.tensor, approximate: arg.withDefault(arg.choice("none", "tanh"), "none") },
  doc: {
    summary: "x times the normal distribution function of x, or its tanh approximation.",
    example: "torch.nn.functional.gelu(torch.tensor([1]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self }) => {
    onlyForFloats("GeluKernelImpl")(self.dtype);
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, approximate }) =>
    pointwise(approximate === "none" ? geluExact : geluTanh, [self], self.dtype),
  reference: ({ self, approximate }) =>
    naiveMap([self], (x) =>
      approximate === "none"
        ? (x * (1 + naiveErf(x / Math.SQRT2))) / 2
        : (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2,
    ),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.tensor([2, 3]), approximate: "tanh" };
  },
});

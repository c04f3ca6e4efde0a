/** Rounding, signs and parts of numbers. */
import { pointwise } from "../../loops/computation.ts";
import {
  arithmetic,
  compare,
  constant,
  div,
  type Expression,
  mul,
  sub,
  unary,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes, numberDTypes } from "../define-op.ts";
import { naiveMap } from "../naive-array.ts";
import { notForBool, notImplemented, onlyForFloats } from "../not-implemented.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";
import { binaryOp, unaryOp, unarySamples } from "./pointwise-op.ts";

export const floor = unaryOp({
  name: "floor",
  api: ["torch.floor", "Tensor.floor", "Tensor.floor_"],
  rule: "same",
  body: (x) => unary("floor", x),
  reference: (x) => Math.floor(x),
  doc: {
    summary: "The largest integer not above each element.",
    example: "torch.tensor([1.5, -1.5]).floor()",
  },
  check: notForBool("floor_vml_cpu"),
  derivative: "pending",
  dtypes: numberDTypes,
});

export const ceil = unaryOp({
  name: "ceil",
  api: ["torch.ceil", "Tensor.ceil", "Tensor.ceil_"],
  rule: "same",
  body: (x) => unary("ceil", x),
  reference: (x) => Math.ceil(x),
  doc: {
    summary: "The smallest integer not below each element.",
    example: "torch.tensor([1.5, -1.5]).ceil()",
  },
  check: notForBool("ceil_vml_cpu"),
  derivative: "pending",
  dtypes: numberDTypes,
});

export const trunc = unaryOp({
  name: "trunc",
  api: ["torch.trunc", "Tensor.trunc", "Tensor.trunc_"],
  rule: "same",
  body: (x) => unary("trunc", x),
  reference: (x) => Math.trunc(x),
  doc: {
    summary: "Each element without its fraction.",
    example: "torch.tensor([1.5, -1.5]).trunc()",
  },
  check: notForBool("trunc_vml_cpu"),
  derivative: "pending",
  dtypes: numberDTypes,
});

const roundBody = (x: Expression): Expression => unary("round", x);
const roundScaled = (x: Expression, scale: Expression): Expression =>
  div(unary("round", mul(x, scale)), scale);
const roundToTens = (x: Expression, scale: Expression): Expression =>
  mul(unary("round", div(x, scale)), scale);

export const round = defineOp({
  name: "round",
  api: ["torch.round", "Tensor.round", "Tensor.round_"],
  args: { self: arg.tensor, decimals: arg.keyword(arg.withDefault(arg.int, 0)) },
  doc: {
    summary:
      "The nearest integer, halves to the even one; with `decimals`, the nearest number of that many decimals.",
    example: "torch.tensor([0.5, 1.5, 2.5]).round()",
  },
  derivative: "pending",
  dtypes: numberDTypes,
  meta: ({ self, decimals }) => {
    notForBool("round_vml_cpu")(self.dtype);
    if (decimals !== 0 && !self.dtype.is_floating_point) {
      throw notImplemented("round_decimals_vec", self.dtype);
    }
    return pointwiseMeta([self], self.dtype);
  },
  lowering: ({ self, decimals }) => {
    if (decimals === 0) return pointwise(roundBody, [self], self.dtype);
    return pointwise(
      decimals > 0 ? roundScaled : roundToTens,
      [self, 10 ** Math.abs(decimals)],
      self.dtype,
    );
  },
  reference: ({ self, decimals }) =>
    naiveMap([self], (x) => {
      const scaled = x * 10 ** decimals;
      const floor = Math.floor(scaled);
      const nearest = scaled - floor === 0.5 ? 2 * Math.round(floor / 2) : Math.floor(scaled + 0.5);
      return nearest / 10 ** decimals;
    }),
  samples: function* (make) {
    yield* unarySamples(make, {});
    yield { self: make.of([5], [0.5, 1.5, 2.5, -0.5, -1.5]) };
    if (make.dtype.is_floating_point)
      yield { self: make.of([3], [1.234, -5.678, 0.051]), decimals: 2 };
  },
});

export const frac = unaryOp({
  name: "frac",
  api: ["torch.frac", "Tensor.frac", "Tensor.frac_"],
  rule: "same",
  body: (x) => sub(x, unary("trunc", x)),
  reference: (x) => x - Math.trunc(x),
  doc: {
    summary: "The fraction of each element, with its sign.",
    example: "torch.tensor([1.5, -1.25]).frac()",
  },
  check: onlyForFloats("frac_cpu"),
  derivative: "pending",
  dtypes: floatDTypes,
});

export const abs = unaryOp({
  name: "abs",
  api: ["torch.abs", "Tensor.abs", "Tensor.abs_"],
  rule: "same",
  body: (x) => unary("abs", x),
  reference: (x) => Math.abs(x),
  doc: { summary: "The absolute value.", example: "torch.tensor([1, -2]).abs()" },
  check: notForBool("abs_cpu"),
  derivative: "pending",
  dtypes: numberDTypes,
});

export const sign = unaryOp({
  name: "sign",
  api: ["torch.sign", "Tensor.sign", "Tensor.sign_"],
  rule: "same",
  body: (x) => unary("sign", x),
  reference: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  doc: {
    summary: "-1, 0 or 1 by the sign of each element.",
    example: "torch.tensor([3, -2, 0]).sign()",
  },
  derivative: "pending",
  dtypes: numberDTypes,
});

export const signbit = unaryOp({
  name: "signbit",
  api: ["torch.signbit", "Tensor.signbit"],
  rule: "bool",
  body: (x) =>
    x.type === "float32" || x.type === "float64"
      ? compare("lt", arithmetic("copysign", constant(x.type, 1), x), 0)
      : compare("lt", x, 0),
  reference: (x) => (x < 0 || Object.is(x, -0) ? 1 : 0),
  doc: {
    summary: "Whether the sign bit is set; true for -0.",
    example: "torch.tensor([1, -2]).signbit()",
  },
  derivative: "not-differentiable",
});

export const copysign = binaryOp({
  name: "copysign",
  api: ["torch.copysign", "Tensor.copysign", "Tensor.copysign_"],
  rule: "float",
  body: (x, y) => arithmetic("copysign", x, y),
  reference: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
  doc: {
    summary: "The magnitude of `input` with the sign of `other`.",
    example: "torch.tensor([1, 2]).copysign(-1)",
  },
  derivative: "pending",
});

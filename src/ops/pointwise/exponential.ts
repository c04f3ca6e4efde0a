/** Exponentials, logarithms, roots and powers. */
import { type DType } from "../../core/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { resultType } from "../../core/promotion.ts";
import { isScalar } from "../../core/scalar.ts";
import { pointwise } from "../../loops/computation.ts";
import { arithmetic, div, type Expression, mul, unary } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { copyBody } from "../data/clone.ts";
import { naiveMap } from "../naive-array.ts";
import { notForBool } from "../not-implemented.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";
import { unaryOp, unarySamples } from "./pointwise-op.ts";

export const exp = unaryOp({
  name: "exp",
  api: ["torch.exp", "Tensor.exp", "Tensor.exp_"],
  rule: "float",
  body: (x) => unary("exp", x),
  reference: (x) => Math.exp(x),
  doc: { summary: "e to the power of each element.", example: "torch.tensor([0, 1]).exp()" },
  derivative: "pending",
});

export const exp2 = unaryOp({
  name: "exp2",
  api: ["torch.exp2", "Tensor.exp2", "Tensor.exp2_"],
  rule: "float",
  body: (x) => unary("exp2", x),
  reference: (x) => 2 ** x,
  doc: { summary: "2 to the power of each element.", example: "torch.tensor([0, 3]).exp2()" },
  derivative: "pending",
});

export const expm1 = unaryOp({
  name: "expm1",
  api: ["torch.expm1", "Tensor.expm1", "Tensor.expm1_"],
  rule: "float",
  body: (x) => unary("expm1", x),
  reference: (x) => Math.expm1(x),
  doc: {
    summary: "e to the power of each element, minus 1, exact near 0.",
    example: "torch.tensor([0, 1]).expm1()",
  },
  derivative: "pending",
});

export const log = unaryOp({
  name: "log",
  api: ["torch.log", "Tensor.log", "Tensor.log_"],
  rule: "float",
  body: (x) => unary("log", x),
  reference: (x) => Math.log(x),
  doc: { summary: "The natural logarithm.", example: "torch.tensor([1, 2]).log()" },
  derivative: "pending",
  domain: { low: 0 },
});

export const log1p = unaryOp({
  name: "log1p",
  api: ["torch.log1p", "Tensor.log1p", "Tensor.log1p_"],
  rule: "float",
  body: (x) => unary("log1p", x),
  reference: (x) => Math.log1p(x),
  doc: {
    summary: "The natural logarithm of 1 plus each element, exact near 0.",
    example: "torch.tensor([0, 1]).log1p()",
  },
  derivative: "pending",
  domain: { low: 0 },
});

export const log2 = unaryOp({
  name: "log2",
  api: ["torch.log2", "Tensor.log2", "Tensor.log2_"],
  rule: "float",
  body: (x) => unary("log2", x),
  reference: (x) => Math.log2(x),
  doc: { summary: "The logarithm to base 2.", example: "torch.tensor([1, 8]).log2()" },
  derivative: "pending",
  domain: { low: 0 },
});

export const log10 = unaryOp({
  name: "log10",
  api: ["torch.log10", "Tensor.log10", "Tensor.log10_"],
  rule: "float",
  body: (x) => unary("log10", x),
  reference: (x) => Math.log10(x),
  doc: { summary: "The logarithm to base 10.", example: "torch.tensor([1, 100]).log10()" },
  derivative: "pending",
  domain: { low: 0 },
});

export const sqrt = unaryOp({
  name: "sqrt",
  api: ["torch.sqrt", "Tensor.sqrt", "Tensor.sqrt_"],
  rule: "float",
  body: (x) => unary("sqrt", x),
  reference: (x) => Math.sqrt(x),
  doc: {
    summary: "The square root; NaN for negative numbers.",
    example: "torch.tensor([4, 9]).sqrt()",
  },
  derivative: "pending",
  domain: { low: 0 },
});

export const rsqrt = unaryOp({
  name: "rsqrt",
  api: ["torch.rsqrt", "Tensor.rsqrt", "Tensor.rsqrt_"],
  rule: "float",
  body: (x) => div(1, unary("sqrt", x)),
  reference: (x) => 1 / Math.sqrt(x),
  doc: { summary: "1 divided by the square root.", example: "torch.tensor([4, 16]).rsqrt()" },
  derivative: "pending",
  domain: { low: 0 },
});

const squared = (x: Expression): Expression => mul(x, x);

export const square = defineOp({
  name: "square",
  api: ["torch.square", "Tensor.square", "Tensor.square_"],
  args: { self: arg.tensor },
  doc: {
    summary: "Each element times itself; int64 for bool.",
    example: "torch.tensor([2, -3]).square()",
  },
  derivative: "pending",
  meta: ({ self }) => pointwiseMeta([self], resultType([self, 2])),
  lowering: ({ self }) => pointwise(squared, [self], resultType([self, 2])),
  reference: ({ self }) => naiveMap([self], (x) => x * x),
  samples: (make) => unarySamples(make, {}),
});

export const reciprocal = unaryOp({
  name: "reciprocal",
  api: ["torch.reciprocal", "Tensor.reciprocal", "Tensor.reciprocal_"],
  rule: "float",
  body: (x) => div(1, x),
  reference: (x) => 1 / x,
  doc: { summary: "1 divided by each element.", example: "torch.tensor([2, 4]).reciprocal()" },
  derivative: "pending",
});

const root = (x: Expression): Expression => unary("sqrt", x);
const inverseRoot = (x: Expression): Expression => div(1, unary("sqrt", x));
const power = (x: Expression, y: Expression): Expression => arithmetic("pow", x, y);

export const pow = defineOp({
  name: "pow",
  api: ["torch.pow", "Tensor.pow", "Tensor.pow_"],
  args: { self: arg.operand, exponent: arg.operand },
  doc: { summary: "`input` to the power of `exponent`.", example: "torch.tensor([2, 3]).pow(2)" },
  derivative: "pending",
  dtypes: numberDTypes,
  meta: ({ self, exponent }) => {
    const dtype = resultType([self, exponent]);
    checkExponent(dtype, exponent);
    return pointwiseMeta([self, exponent], dtype);
  },
  lowering: ({ self, exponent }) => {
    const dtype = resultType([self, exponent]);
    if (exponent === 2) return pointwise(squared, [self], dtype);
    // PyTorch takes roots for these exponents, which differ for -0 and -Infinity.
    if (exponent === 0.5) return pointwise(root, [self], dtype);
    if (exponent === -0.5) return pointwise(inverseRoot, [self], dtype);
    // The only power of bools with a kernel: to the first.
    if (exponent === true) return pointwise(copyBody, [self], dtype);
    return pointwise(power, [self, exponent], dtype);
  },
  reference: ({ self, exponent }) => naiveMap([self, exponent], (x, y) => x ** y),
  samples: function* (make) {
    yield {
      self: make.tensor([2, 3], { low: 1 }),
      exponent: make.tensor([3], { low: 0, high: 3 }),
    };
    yield { self: make.tensor([2, 3]), exponent: 2 };
    yield { self: make.strided([2, 3]), exponent: 3 };
    yield { self: make.tensor([2, 3], { low: 1 }), exponent: 0.5 };
    yield { self: 2, exponent: make.tensor([3], { low: 0, high: 3 }) };
    yield { self: make.tensor([0]), exponent: make.tensor([1]) };
  },
});

function checkExponent(dtype: DType, exponent: unknown): void {
  if (exponent !== true) notForBool("pow")(dtype);
  if (!dtype.is_floating_point && isScalar(exponent) && Number(exponent) < 0) {
    throw new RuntimeError("Integers to negative integer powers are not allowed.");
  }
}

/** Addition, subtraction, multiplication, division and their relatives. */
import { RuntimeError } from "../../base/errors.ts";
import { type DType, dtypes } from "../../core/dtype.ts";
import { floatResultType, type Operand, resultType } from "../../core/promotion.ts";
import { isScalar } from "../../core/scalar.ts";
import { pointwise } from "../../loops/computation.ts";
import {
  add as plus,
  arithmetic,
  type Expression,
  mul as times,
  sub as minus,
  unary,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naiveMap } from "../naive-array.ts";
import { notForBool } from "../not-implemented.ts";
import { runOp } from "../run-op.ts";
import { binaryOp, binarySamples, unaryOp } from "./pointwise-op.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";

const addScaled = (x: Expression, y: Expression, alpha: Expression): Expression =>
  plus(x, times(alpha, y));
const subtractScaled = (x: Expression, y: Expression, alpha: Expression): Expression =>
  minus(x, times(alpha, y));
const addition = (x: Expression, y: Expression): Expression => plus(x, y);
const subtraction = (x: Expression, y: Expression): Expression => minus(x, y);

function checkAlpha(dtype: DType, alpha: unknown): void {
  if (dtype.category === "bool" && typeof alpha !== "boolean" && alpha !== 1) {
    throw new RuntimeError("Boolean alpha only supported for Boolean results.");
  }
  if (!dtype.is_floating_point && typeof alpha === "number" && !Number.isInteger(alpha)) {
    throw new RuntimeError(
      "For integral input tensors, argument alpha must not be a floating point number.",
    );
  }
}

export const add = defineOp({
  name: "add",
  api: ["torch.add", "Tensor.add", "Tensor.add_"],
  args: {
    self: arg.operand,
    other: arg.operand,
    alpha: arg.keyword(arg.withDefault(arg.scalar, 1)),
  },
  doc: {
    summary: "Adds `other`, scaled by `alpha`, to `input`.",
    example: "torch.tensor([1, 2]).add(10)",
  },
  derivative: "pending",
  meta: ({ self, other, alpha }) => {
    const dtype = resultType([self, other]);
    checkAlpha(dtype, alpha);
    return pointwiseMeta([self, other], dtype);
  },
  lowering: ({ self, other, alpha }) =>
    alpha === 1 || alpha === true
      ? pointwise(addition, [self, other], resultType([self, other]))
      : pointwise(addScaled, [self, other, alpha], resultType([self, other])),
  reference: ({ self, other, alpha }) => naiveMap([self, other], (x, y) => x + Number(alpha) * y),
  samples: function* (make) {
    yield* binarySamples(make, {}, {}, [2, -1]);
    if (make.dtype.category !== "bool")
      yield { self: make.tensor([2, 3]), other: make.tensor([3]), alpha: 2 };
    yield { self: 3, other: make.tensor([2]) };
  },
});

function checkSubtract(operands: readonly Operand[]): void {
  const isBool = (operand: Operand): boolean =>
    isScalar(operand) ? typeof operand === "boolean" : operand.dtype.category === "bool";
  if (operands.every(isBool)) {
    throw new RuntimeError(
      "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
    );
  }
  if (operands.some(isBool)) {
    throw new RuntimeError(
      "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
    );
  }
}

export const sub = defineOp({
  name: "sub",
  api: ["torch.sub", "Tensor.sub", "Tensor.sub_"],
  args: {
    self: arg.operand,
    other: arg.operand,
    alpha: arg.keyword(arg.withDefault(arg.scalar, 1)),
  },
  doc: {
    summary: "Subtracts `other`, scaled by `alpha`, from `input`.",
    example: "torch.tensor([1, 2]).sub(1)",
  },
  derivative: "pending",
  dtypes: numberDTypes,
  meta: ({ self, other, alpha }) => {
    checkSubtract([self, other]);
    const dtype = resultType([self, other]);
    checkAlpha(dtype, alpha);
    return pointwiseMeta([self, other], dtype);
  },
  lowering: ({ self, other, alpha }) =>
    alpha === 1
      ? pointwise(subtraction, [self, other], resultType([self, other]))
      : pointwise(subtractScaled, [self, other, alpha], resultType([self, other])),
  reference: ({ self, other, alpha }) => naiveMap([self, other], (x, y) => x - Number(alpha) * y),
  samples: function* (make) {
    yield* binarySamples(make, {}, {}, [2, -1]);
    yield { self: make.tensor([2, 3]), other: make.tensor([3]), alpha: 2 };
  },
});

export const mul = binaryOp({
  name: "mul",
  api: ["torch.mul", "Tensor.mul", "Tensor.mul_"],
  rule: "same",
  body: (x, y) => times(x, y),
  reference: (x, y) => x * y,
  doc: { summary: "Multiplies `input` by `other`.", example: "torch.tensor([1, 2]).mul(10)" },
  derivative: "pending",
  keepsNumbers: true,
  scalars: [2, -3],
});

const trueDivision = (x: Expression, y: Expression): Expression => arithmetic("div", x, y);
const truncatedDivision = (x: Expression, y: Expression): Expression =>
  arithmetic("quotient", x, y);
const floorDivision = (x: Expression, y: Expression): Expression => arithmetic("floorDivide", x, y);

export const div = defineOp({
  name: "div",
  api: ["torch.div", "Tensor.div", "Tensor.div_"],
  args: {
    self: arg.operand,
    other: arg.operand,
    rounding_mode: arg.optional(arg.choice("trunc", "floor")),
  },
  doc: {
    summary: "Divides `input` by `other`.",
    details:
      'Without `rounding_mode` integers give floats; `"trunc"` and `"floor"` round and keep integers.',
    example: 'torch.tensor([5, -5]).div(2, { rounding_mode: "floor" })',
  },
  derivative: "pending",
  meta: ({ self, other, rounding_mode }) =>
    pointwiseMeta(
      [self, other],
      rounding_mode === null ? floatResultType([self, other]) : resultType([self, other]),
    ),
  lowering: ({ self, other, rounding_mode }) => {
    const dtype =
      rounding_mode === null ? floatResultType([self, other]) : resultType([self, other]);
    // Floats of 16 bits are divided in float32, and by numbers that are not rounded to them.
    return pointwise(
      rounding_mode === null
        ? trueDivision
        : rounding_mode === "floor"
          ? floorDivision
          : truncatedDivision,
      [self, other],
      dtypes[dtype.computeName],
    );
  },
  reference: ({ self, other, rounding_mode }) =>
    naiveMap([self, other], (x, y) => {
      if (rounding_mode === "floor") return Math.floor(x / y);
      return rounding_mode === "trunc" ? Math.trunc(x / y) : x / y;
    }),
  samples: function* (make) {
    yield* binarySamples(make, {}, { low: 1 }, [2]);
    if (make.dtype.category === "bool") return;
    yield {
      self: make.tensor([3, 4]),
      other: make.tensor([4], { low: 1 }),
      rounding_mode: "floor",
    };
    yield {
      self: make.tensor([3, 4]),
      other: make.tensor([4], { low: 1 }),
      rounding_mode: "trunc",
    };
  },
});

export const floorDivide = binaryOp({
  name: "floor_divide",
  api: ["torch.floor_divide", "Tensor.floor_divide", "Tensor.floor_divide_"],
  checksData: true,
  rule: "same",
  body: floorDivision,
  reference: (x, y) => Math.floor(x / y),
  doc: { summary: "Divides and rounds down.", example: "torch.tensor([5, -5]).floor_divide(2)" },
  check: notForBool("div_floor_cpu"),
  derivative: "not-differentiable",
  dtypes: numberDTypes,
  otherDomain: { low: 1 },
  keepsNumbers: true,
});

export const remainder = binaryOp({
  name: "remainder",
  api: ["torch.remainder", "Tensor.remainder", "Tensor.remainder_"],
  checksData: true,
  rule: "same",
  body: (x, y) => arithmetic("remainder", x, y),
  reference: (x, y) => x - y * Math.floor(x / y),
  doc: {
    summary:
      "The remainder of a division that rounds down: it has the sign of the divisor, unlike JavaScript's `%`.",
    example: "torch.tensor([-3, 3]).remainder(2)",
  },
  check: notForBool("remainder_cpu"),
  derivative: "pending",
  dtypes: numberDTypes,
  otherDomain: { low: 1 },
  scalars: [3],
});

export const fmod = binaryOp({
  name: "fmod",
  api: ["torch.fmod", "Tensor.fmod", "Tensor.fmod_"],
  checksData: true,
  rule: "same",
  body: (x, y) => arithmetic("fmod", x, y),
  reference: (x, y) => x - y * Math.trunc(x / y),
  doc: {
    summary: "The remainder of a division that rounds to zero: it has the sign of the dividend.",
    example: "torch.tensor([-3, 3]).fmod(2)",
  },
  check: notForBool("fmod_cpu"),
  derivative: "pending",
  dtypes: numberDTypes,
  otherDomain: { low: 1 },
  scalars: [3],
});

export const neg = unaryOp({
  name: "neg",
  api: ["torch.neg", "Tensor.neg", "Tensor.neg_"],
  rule: "same",
  body: (x) => unary("neg", x),
  reference: (x) => -x,
  doc: { summary: "The negative of each element.", example: "torch.tensor([1, -2]).neg()" },
  derivative: "pending",
  dtypes: numberDTypes,
  check: (dtype) => {
    if (dtype.category === "bool") {
      throw new RuntimeError(
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
      );
    }
  },
});

/** `other - self`, for lowerings that read better that way round. */
export const rsub = defineOp({
  name: "rsub",
  api: ["torch.rsub"],
  args: {
    self: arg.operand,
    other: arg.operand,
    alpha: arg.keyword(arg.withDefault(arg.scalar, 1)),
  },
  doc: {
    summary: "Subtracts `input`, scaled by `alpha`, from `other`.",
    example: "torch.rsub(torch.tensor([1, 2]), 10)",
  },
  derivative: "pending",
  dtypes: numberDTypes,
  decomposition: ({ self, other, alpha }) => runOp(sub, { self: other, other: self, alpha }),
  reference: ({ self, other, alpha }) => naiveMap([self, other], (x, y) => y - Number(alpha) * x),
  samples: (make) => binarySamples(make, {}, {}, [2]),
});

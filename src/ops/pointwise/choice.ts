/** Choosing between values: where, clamp, minimum, maximum, masked_fill, and small combinations. */
import { RuntimeError } from "../../base/errors.ts";
import { bool, type DType, dtypes } from "../../core/dtype.ts";
import { type Operand, resultType } from "../../core/promotion.ts";
import { isScalar, type Scalar } from "../../core/scalar.ts";
import { broadcastShapes } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { type PointBody, type Pointwise, pointwise } from "../../loops/computation.ts";
import {
  add,
  compare,
  div,
  type Expression,
  maximum as larger,
  minimum as smaller,
  mul,
  select,
  sub,
  unary,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes, numberDTypes } from "../define-op.ts";
import { naiveMap } from "../naive-array.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";

const choose = (condition: Expression, x: Expression, y: Expression): Expression =>
  select(condition, x, y);

function checkCondition(condition: TensorBase): void {
  if (condition.dtype !== bool && condition.dtype.name !== "uint8") {
    throw new RuntimeError(
      `where expected condition to be a boolean tensor, but got a tensor with dtype ${condition.dtype.scalarTypeName}`,
    );
  }
}

export const where = defineOp({
  name: "where.self",
  api: ["torch.where", "Tensor.where"],
  args: { condition: arg.tensor, self: arg.operand, other: arg.operand },
  doc: {
    summary: "Elements of `input` where `condition` holds, else of `other`.",
    example: "torch.where(torch.tensor([true, false]), torch.tensor([1, 2]), 0)",
  },
  derivative: "pending",
  meta: ({ condition, self, other }) => {
    checkCondition(condition);
    return pointwiseMeta([condition, self, other], resultType([self, other]));
  },
  lowering: ({ condition, self, other }) => {
    const dtype = resultType([self, other]);
    return pointwise(choose, [condition, self, other], [bool, dtype, dtype]);
  },
  reference: ({ condition, self, other }) =>
    naiveMap([condition, self, other], (holds, x, y) => ((holds ?? 0) !== 0 ? (x ?? 0) : (y ?? 0))),
  samples: function* (make) {
    yield {
      condition: make.tensor([2, 3], { dtype: bool }),
      self: make.tensor([2, 3]),
      other: make.tensor([2, 3]),
    };
    yield {
      condition: make.tensor([2, 1], { dtype: bool }),
      self: make.tensor([3]),
      other: make.tensor([]),
    };
    yield {
      condition: make.strided([2, 3], { dtype: bool }),
      self: make.strided([2, 3]),
      other: 1,
    };
    yield { condition: make.tensor([0], { dtype: bool }), self: 0, other: make.tensor([0]) };
    yield { condition: make.tensor([], { dtype: bool }), self: 1.5, other: 2 };
  },
});

function checkMask(mask: TensorBase, value: Operand): void {
  if (mask.dtype !== bool) {
    throw new RuntimeError(
      `masked_fill_ only supports boolean masks, but got mask with dtype ${cppNames[mask.dtype.name] ?? mask.dtype.cppName}`,
    );
  }
  if (!isScalar(value) && value.ndim > 0) {
    throw new RuntimeError(
      `masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.ndim} dimension(s).`,
    );
  }
}

/** C++ names that PyTorch's message prints and that differ from those of other messages. */
const cppNames: Readonly<Record<string, string>> = { int64: "long int", uint8: "unsigned char" };

const fillMasked = (self: Expression, mask: Expression, value: Expression): Expression =>
  select(mask, value, self);

export const masked_fill = defineOp({
  name: "masked_fill",
  api: ["torch.masked_fill", "Tensor.masked_fill", "Tensor.masked_fill_"],
  args: { self: arg.tensor, mask: arg.tensor, value: arg.operand },
  doc: {
    summary: "`value` where `mask` holds, elsewhere `input`.",
    example: "torch.ones(2).masked_fill(torch.tensor([true, false]), 5)",
  },
  derivative: "pending",
  meta: ({ self, mask, value }) => {
    checkMask(mask, value);
    // The mask first, as PyTorch's message on sizes that do not fit names them.
    // The result is contiguous whatever the layout of the input.
    return { dtype: self.dtype, shape: broadcastShapes(mask.shape, self.shape) };
  },
  lowering: ({ self, mask, value }) =>
    pointwise(fillMasked, [self, mask, value], [self.dtype, bool, self.dtype]),
  reference: ({ self, mask, value }) =>
    naiveMap([self, mask, value], (x, holds, y) => (holds !== 0 ? (y ?? 0) : (x ?? 0))),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), mask: make.tensor([2, 3], { dtype: bool }), value: 1 };
    yield {
      self: make.strided([2, 3]),
      mask: make.tensor([3], { dtype: bool }),
      value: make.tensor([]),
    };
    yield { self: make.tensor([3]), mask: make.tensor([2, 1], { dtype: bool }), value: 0 };
    yield { self: make.tensor([0]), mask: make.tensor([0], { dtype: bool }), value: 1 };
  },
});

const smallerBody = (x: Expression, y: Expression): Expression => smaller(x, y);

export const minimum = defineOp({
  name: "minimum",
  api: ["torch.minimum", "Tensor.minimum", "torch.min", "Tensor.min"],
  args: { self: arg.tensor, other: arg.tensor },
  doc: {
    summary: "The smaller element of the two; NaN if either is.",
    example: "torch.minimum(torch.tensor([1, 5]), torch.tensor([3, 2]))",
  },
  derivative: "pending",
  meta: ({ self, other }) => pointwiseMeta([self, other], resultType([self, other])),
  lowering: ({ self, other }) => pointwise(smallerBody, [self, other], resultType([self, other])),
  reference: ({ self, other }) => naiveMap([self, other], (x = 0, y = 0) => Math.min(x, y)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), other: make.tensor([3]) };
    yield { self: make.strided([2, 3]), other: make.tensor([2, 1]) };
    yield { self: make.tensor([]), other: make.tensor([]) };
    yield { self: make.tensor([0]), other: make.tensor([1]) };
    if (make.dtype.is_floating_point)
      yield { self: make.of([2], [NaN, 1]), other: make.of([2], [1, NaN]) };
  },
});

const largerBody = (x: Expression, y: Expression): Expression => larger(x, y);

export const maximum = defineOp({
  name: "maximum",
  api: ["torch.maximum", "Tensor.maximum", "torch.max", "Tensor.max"],
  args: { self: arg.tensor, other: arg.tensor },
  doc: {
    summary: "The larger element of the two; NaN if either is.",
    example: "torch.maximum(torch.tensor([1, 5]), torch.tensor([3, 2]))",
  },
  derivative: "pending",
  meta: ({ self, other }) => pointwiseMeta([self, other], resultType([self, other])),
  lowering: ({ self, other }) => pointwise(largerBody, [self, other], resultType([self, other])),
  reference: ({ self, other }) => naiveMap([self, other], (x = 0, y = 0) => Math.max(x, y)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), other: make.tensor([3]) };
    yield { self: make.strided([2, 3]), other: make.tensor([2, 1]) };
    yield { self: make.tensor([]), other: make.tensor([]) };
    yield { self: make.tensor([0]), other: make.tensor([1]) };
    if (make.dtype.is_floating_point)
      yield { self: make.of([2], [NaN, 1]), other: make.of([2], [1, NaN]) };
  },
});

type Limit = TensorBase | Scalar | null;

/** Limits given as numbers do not turn an integer tensor into floats' default but promote by value, as in PyTorch. */
function clampDType(self: TensorBase, min: Limit, max: Limit): DType {
  if (min === null && max === null)
    throw new RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None");
  return resultType([self, ...[min, max].filter((limit) => limit !== null)]);
}

const clampBoth = (x: Expression, min: Expression, max: Expression): Expression =>
  smaller(larger(x, min), max);
const clampBelow = (x: Expression, min: Expression): Expression => larger(x, min);
const clampAbove = (x: Expression, max: Expression): Expression => smaller(x, max);

export const clamp = defineOp({
  name: "clamp",
  api: ["torch.clamp", "Tensor.clamp", "Tensor.clamp_"],
  args: { self: arg.tensor, min: arg.optional(arg.operand), max: arg.optional(arg.operand) },
  doc: {
    summary: "Limits each element to [min, max]; either may be left out. NaN stays NaN.",
    example: "torch.tensor([-2, 5]).clamp(0, 3)",
  },
  derivative: "pending",
  dtypes: numberDTypes,
  meta: ({ self, min, max }) => {
    const dtype = clampDType(self, min, max);
    return pointwiseMeta([self, ...[min, max].filter((limit) => limit !== null)], dtype);
  },
  lowering: ({ self, min, max }) => {
    const dtype = clampDType(self, min, max);
    if (min === null) return pointwise(clampAbove, [self, max ?? 0], dtype);
    return max === null
      ? pointwise(clampBelow, [self, min], dtype)
      : pointwise(clampBoth, [self, min, max], dtype);
  },
  reference: ({ self, min, max }) =>
    naiveMap([self, min ?? -Infinity, max ?? Infinity], (x = 0, low = 0, high = 0) =>
      Math.min(Math.max(x, low), high),
    ),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), min: 1, max: 2 };
    yield { self: make.strided([2, 3]), min: 1 };
    yield { self: make.tensor([2, 3]), max: 2 };
    yield {
      self: make.tensor([2, 3]),
      min: make.tensor([3], { low: 0, high: 1 }),
      max: make.tensor([2, 1], { low: 2 }),
    };
    yield { self: make.tensor([]), min: 1 };
    yield { self: make.tensor([0]), max: 1 };
    yield { self: make.tensor([4]), min: 0.5 };
  },
});

const interpolate = (start: Expression, end: Expression, weight: Expression): Expression => {
  const difference = sub(end, start);
  return select(
    compare("lt", unary("abs", weight), 0.5),
    add(start, mul(weight, difference)),
    sub(end, mul(difference, sub(1, weight))),
  );
};

export const lerp = defineOp({
  name: "lerp",
  api: ["torch.lerp", "Tensor.lerp", "Tensor.lerp_"],
  args: { self: arg.tensor, end: arg.tensor, weight: arg.operand },
  doc: {
    summary: "`input + weight * (end - input)`.",
    example: "torch.lerp(torch.tensor([0]), torch.tensor([10]), 0.3)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self, end, weight }) => {
    if (self.dtype !== end.dtype)
      throw new RuntimeError(
        `expected dtype ${self.dtype.cppName} for \`end\` but got dtype ${end.dtype.cppName}`,
      );
    return pointwiseMeta([self, end, weight], self.dtype);
  },
  lowering: ({ self, end, weight }) =>
    pointwise(interpolate, [self, end, weight], dtypes[self.dtype.computeName]),
  reference: ({ self, end, weight }) =>
    naiveMap([self, end, weight], (x = 0, y = 0, w = 0) => x + w * (y - x)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), end: make.tensor([3]), weight: 0.25 };
    yield {
      self: make.strided([2, 3]),
      end: make.tensor([2, 3]),
      weight: make.tensor([2, 1], { low: 0, high: 1 }),
    };
  },
});

const addProduct = (
  self: Expression,
  x: Expression,
  y: Expression,
  value: Expression,
): Expression => add(self, mul(mul(value, x), y));
const addQuotient = (
  self: Expression,
  x: Expression,
  y: Expression,
  value: Expression,
): Expression => add(self, div(mul(value, x), y));

interface ProductArgs {
  readonly self: TensorBase;
  readonly tensor1: TensorBase;
  readonly tensor2: TensorBase;
  readonly value: Scalar;
}

/** `value` keeps the precision of float32 beside floats of 16 bits. */
function productOf(body: PointBody, { self, tensor1, tensor2, value }: ProductArgs): Pointwise {
  const { computeName } = resultType([self, tensor1, tensor2]);
  return pointwise(body, [self, tensor1, tensor2, value], dtypes[computeName]);
}

export const addcmul = defineOp({
  name: "addcmul",
  api: ["torch.addcmul", "Tensor.addcmul", "Tensor.addcmul_"],
  args: {
    self: arg.tensor,
    tensor1: arg.tensor,
    tensor2: arg.tensor,
    value: arg.keyword(arg.withDefault(arg.scalar, 1)),
  },
  doc: {
    summary: "`input + value * tensor1 * tensor2`.",
    example: "torch.addcmul(torch.ones(1), torch.tensor([2]), torch.tensor([3]))",
  },
  derivative: "pending",
  dtypes: numberDTypes,
  meta: ({ self, tensor1, tensor2 }) =>
    pointwiseMeta([self, tensor1, tensor2], resultType([self, tensor1, tensor2])),
  lowering: (args) => productOf(addProduct, args),
  reference: ({ self, tensor1, tensor2, value }) =>
    naiveMap([self, tensor1, tensor2], (s = 0, x = 0, y = 0) => s + Number(value) * x * y),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), tensor1: make.tensor([3]), tensor2: make.tensor([2, 1]) };
    yield {
      self: make.strided([2, 3]),
      tensor1: make.tensor([2, 3]),
      tensor2: make.tensor([2, 3]),
      value: 2,
    };
  },
});

export const addcdiv = defineOp({
  name: "addcdiv",
  api: ["torch.addcdiv", "Tensor.addcdiv", "Tensor.addcdiv_"],
  args: {
    self: arg.tensor,
    tensor1: arg.tensor,
    tensor2: arg.tensor,
    value: arg.keyword(arg.withDefault(arg.scalar, 1)),
  },
  doc: {
    summary: "`input + value * tensor1 / tensor2`.",
    example: "torch.addcdiv(torch.ones(1), torch.tensor([3]), torch.tensor([2]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ self, tensor1, tensor2 }) => {
    const dtype = resultType([self, tensor1, tensor2]);
    if (!dtype.is_floating_point) {
      throw new RuntimeError(
        "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.",
      );
    }
    return pointwiseMeta([self, tensor1, tensor2], dtype);
  },
  lowering: (args) => productOf(addQuotient, args),
  reference: ({ self, tensor1, tensor2, value }) =>
    naiveMap([self, tensor1, tensor2], (s = 0, x = 0, y = 0) => s + (Number(value) * x) / y),
  samples: function* (make) {
    yield {
      self: make.tensor([2, 3]),
      tensor1: make.tensor([3]),
      tensor2: make.tensor([2, 1], { low: 1 }),
    };
    yield {
      self: make.strided([2, 3]),
      tensor1: make.tensor([2, 3]),
      tensor2: make.tensor([2, 3], { low: 1 }),
      value: 2,
    };
  },
});

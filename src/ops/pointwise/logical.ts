/** Logical and bitwise operations. */
import { bool, type DType } from "../../core/dtype.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import {
  arithmetic,
  type ArithmeticOperation,
  type Expression,
  logicalNot as not,
  unary,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, integerDTypes } from "../define-op.ts";
import type { Op } from "../op-record.ts";
import { naiveMap } from "../naive-array.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";
import { notImplemented } from "../not-implemented.ts";
import { type BinaryOp, binaryOp, unaryOp } from "./pointwise-op.ts";

const both = (x: Expression, y: Expression): Expression => arithmetic("bitwiseAnd", x, y);
const either = (x: Expression, y: Expression): Expression => arithmetic("bitwiseOr", x, y);
const onlyOne = (x: Expression, y: Expression): Expression => arithmetic("bitwiseXor", x, y);

/** Logic looks at whether elements are zero, whatever their dtype. */
function logicalOp(
  name: string,
  body: (x: Expression, y: Expression) => Expression,
  reference: (x: boolean, y: boolean) => boolean,
  summary: string,
): Op<{ readonly self: typeof arg.tensor; readonly other: typeof arg.tensor }, TensorBase> {
  return defineOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`, `Tensor.${name}_`],
    args: { self: arg.tensor, other: arg.tensor },
    doc: { summary, example: `torch.tensor([0, 1]).${name}(torch.tensor([1, 1]))` },
    derivative: "not-differentiable",
    meta: ({ self, other }) => pointwiseMeta([self, other], bool),
    lowering: ({ self, other }) => pointwise(body, [self, other], bool),
    reference: ({ self, other }) =>
      naiveMap([self, other], (x, y) => Number(reference(x !== 0, y !== 0))),
    samples: function* (make) {
      yield {
        self: make.tensor([2, 3], { low: 0, high: 1 }),
        other: make.tensor([3], { low: 0, high: 1 }),
      };
      yield {
        self: make.strided([2, 3], { low: 0, high: 1 }),
        other: make.strided([2, 3], { low: 0, high: 1 }),
      };
      yield { self: make.tensor([]), other: make.tensor([2, 1]) };
      yield { self: make.tensor([0, 3]), other: make.tensor([3]) };
    },
  });
}

export const logical_and = logicalOp(
  "logical_and",
  both,
  (x, y) => x && y,
  "Where both are not zero.",
);
export const logical_or = logicalOp(
  "logical_or",
  either,
  (x, y) => x || y,
  "Where at least one is not zero.",
);
export const logical_xor = logicalOp(
  "logical_xor",
  onlyOne,
  (x, y) => x !== y,
  "Where exactly one is not zero.",
);

export const logical_not = unaryOp({
  name: "logical_not",
  api: ["torch.logical_not", "Tensor.logical_not", "Tensor.logical_not_"],
  rule: "bool",
  body: (x) => not(x),
  reference: (x) => Number(x === 0),
  doc: { summary: "Where the elements are zero.", example: "torch.tensor([0, 1]).logical_not()" },
  derivative: "not-differentiable",
  domain: { low: 0, high: 1 },
});

function refuseFloats(name: string): (dtype: DType) => void {
  return (dtype) => {
    if (dtype.is_floating_point) throw notImplemented(`${name}_cpu`, dtype);
  };
}

function bitwiseOp(
  name: string,
  operation: ArithmeticOperation,
  reference: (x: number, y: number) => number,
  summary: string,
): BinaryOp {
  return binaryOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`, `Tensor.${name}_`],
    rule: "same",
    body: (x, y) => arithmetic(operation, x, y),
    reference,
    doc: { summary, example: `torch.tensor([6n, 5n]).${name}(3)` },
    derivative: "not-differentiable",
    dtypes: integerDTypes,
    check: refuseFloats(name),
    scalars: [],
  });
}

export const bitwise_and = bitwiseOp(
  "bitwise_and",
  "bitwiseAnd",
  (x, y) => x & y,
  "Bits set in both; logical and for bool.",
);
export const bitwise_or = bitwiseOp(
  "bitwise_or",
  "bitwiseOr",
  (x, y) => x | y,
  "Bits set in at least one; logical or for bool.",
);
export const bitwise_xor = bitwiseOp(
  "bitwise_xor",
  "bitwiseXor",
  (x, y) => x ^ y,
  "Bits set in exactly one; logical xor for bool.",
);

export const bitwise_not = unaryOp({
  name: "bitwise_not",
  api: ["torch.bitwise_not", "Tensor.bitwise_not", "Tensor.bitwise_not_"],
  rule: "same",
  body: (x) => unary("bitwiseNot", x),
  reference: (x, dtype) => (dtype === bool ? 1 - x : ~x),
  doc: {
    summary: "All bits inverted; logical not for bool.",
    example: "torch.tensor([0n, 5n]).bitwise_not()",
  },
  derivative: "not-differentiable",
  dtypes: integerDTypes,
  check: refuseFloats("bitwise_not"),
});

function shiftOp(
  name: string,
  operation: ArithmeticOperation,
  reference: (x: number, y: number) => number,
  summary: string,
): BinaryOp {
  return binaryOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`, `Tensor.${name}_`],
    rule: "same",
    body: (x, y) => arithmetic(operation, x, y),
    reference,
    doc: { summary, example: `torch.tensor([1n, 4n]).${name}(1)` },
    derivative: "not-differentiable",
    dtypes: integerDTypes.filter((dtype) => dtype !== bool),
    check: (dtype) => {
      if (dtype.category !== "integer")
        throw notImplemented(operation === "shiftLeft" ? "lshift_cpu" : "rshift_cpu", dtype);
    },
    otherDomain: { low: 0, high: 3 },
    scalars: [1],
  });
}

export const bitwise_left_shift = shiftOp(
  "bitwise_left_shift",
  "shiftLeft",
  (x, y) => x * 2 ** y,
  "Shifts bits to the left.",
);
export const bitwise_right_shift = shiftOp(
  "bitwise_right_shift",
  "shiftRight",
  (x, y) => Math.floor(x / 2 ** y),
  "Shifts bits to the right, keeping the sign.",
);

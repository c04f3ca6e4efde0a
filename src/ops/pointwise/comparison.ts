/** Comparisons: the operands meet in their common dtype, the result is bool. */
import { compare } from "../../loops/expression.ts";
import { binaryOp } from "./pointwise-op.ts";

export const eq = binaryOp({
  name: "eq",
  api: ["torch.eq", "Tensor.eq", "Tensor.eq_"],
  rule: "bool",
  body: (x, y) => compare("eq", x, y),
  reference: (x, y) => Number(x === y),
  doc: {
    summary: "Where the elements of `input` and `other` are equal.",
    example: "torch.tensor([1, 2, 3]).eq(2)",
  },
  derivative: "not-differentiable",
  domain: { high: 2 },
  scalars: [1, 0.5],
});

export const ne = binaryOp({
  name: "ne",
  api: ["torch.ne", "Tensor.ne", "Tensor.ne_"],
  rule: "bool",
  body: (x, y) => compare("ne", x, y),
  reference: (x, y) => Number(x !== y),
  doc: {
    summary: "Where the elements of `input` and `other` differ.",
    example: "torch.tensor([1, 2, 3]).ne(2)",
  },
  derivative: "not-differentiable",
  domain: { high: 2 },
  scalars: [1, 0.5],
});

export const lt = binaryOp({
  name: "lt",
  api: ["torch.lt", "Tensor.lt", "Tensor.lt_"],
  rule: "bool",
  body: (x, y) => compare("lt", x, y),
  reference: (x, y) => Number(x < y),
  doc: {
    summary: "Where the elements of `input` are less than those of `other`.",
    example: "torch.tensor([1, 2, 3]).lt(2)",
  },
  derivative: "not-differentiable",
  domain: { high: 2 },
  scalars: [1, 0.5],
});

export const le = binaryOp({
  name: "le",
  api: ["torch.le", "Tensor.le", "Tensor.le_"],
  rule: "bool",
  body: (x, y) => compare("le", x, y),
  reference: (x, y) => Number(x <= y),
  doc: {
    summary: "Where the elements of `input` are at most those of `other`.",
    example: "torch.tensor([1, 2, 3]).le(2)",
  },
  derivative: "not-differentiable",
  domain: { high: 2 },
  scalars: [1, 0.5],
});

export const gt = binaryOp({
  name: "gt",
  api: ["torch.gt", "Tensor.gt", "Tensor.gt_"],
  rule: "bool",
  body: (x, y) => compare("gt", x, y),
  reference: (x, y) => Number(x > y),
  doc: {
    summary: "Where the elements of `input` are greater than those of `other`.",
    example: "torch.tensor([1, 2, 3]).gt(2)",
  },
  derivative: "not-differentiable",
  domain: { high: 2 },
  scalars: [1, 0.5],
});

export const ge = binaryOp({
  name: "ge",
  api: ["torch.ge", "Tensor.ge", "Tensor.ge_"],
  rule: "bool",
  body: (x, y) => compare("ge", x, y),
  reference: (x, y) => Number(x >= y),
  doc: {
    summary: "Where the elements of `input` are at least those of `other`.",
    example: "torch.tensor([1, 2, 3]).ge(2)",
  },
  derivative: "not-differentiable",
  domain: { high: 2 },
  scalars: [1, 0.5],
});

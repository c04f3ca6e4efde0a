/** Trigonometric and hyperbolic functions. */
import { arithmetic, unary } from "../../loops/expression.ts";
import { binaryOp, unaryOp } from "./pointwise-op.ts";

export const sin = unaryOp({
  name: "sin",
  api: ["torch.sin", "Tensor.sin", "Tensor.sin_"],
  rule: "float",
  body: (x) => unary("sin", x),
  reference: (x) => Math.sin(x),
  doc: { summary: "The sine.", example: "torch.tensor([0, 1]).sin()" },
  derivative: "pending",
});

export const cos = unaryOp({
  name: "cos",
  api: ["torch.cos", "Tensor.cos", "Tensor.cos_"],
  rule: "float",
  body: (x) => unary("cos", x),
  reference: (x) => Math.cos(x),
  doc: { summary: "The cosine.", example: "torch.tensor([0, 1]).cos()" },
  derivative: "pending",
});

export const tan = unaryOp({
  name: "tan",
  api: ["torch.tan", "Tensor.tan", "Tensor.tan_"],
  rule: "float",
  body: (x) => unary("tan", x),
  reference: (x) => Math.tan(x),
  doc: { summary: "The tangent.", example: "torch.tensor([0, 1]).tan()" },
  derivative: "pending",
});

export const asin = unaryOp({
  name: "asin",
  api: ["torch.asin", "Tensor.asin", "Tensor.asin_"],
  rule: "float",
  body: (x) => unary("asin", x),
  reference: (x) => Math.asin(x),
  doc: { summary: "The inverse sine.", example: "torch.tensor([0, 1]).asin()" },
  derivative: "pending",
  domain: { low: 0, high: 1 },
});

export const acos = unaryOp({
  name: "acos",
  api: ["torch.acos", "Tensor.acos", "Tensor.acos_"],
  rule: "float",
  body: (x) => unary("acos", x),
  reference: (x) => Math.acos(x),
  doc: { summary: "The inverse cosine.", example: "torch.tensor([0, 1]).acos()" },
  derivative: "pending",
  domain: { low: 0, high: 1 },
});

export const atan = unaryOp({
  name: "atan",
  api: ["torch.atan", "Tensor.atan", "Tensor.atan_"],
  rule: "float",
  body: (x) => unary("atan", x),
  reference: (x) => Math.atan(x),
  doc: { summary: "The inverse tangent.", example: "torch.tensor([0, 1]).atan()" },
  derivative: "pending",
});

export const sinh = unaryOp({
  name: "sinh",
  api: ["torch.sinh", "Tensor.sinh", "Tensor.sinh_"],
  rule: "float",
  body: (x) => unary("sinh", x),
  reference: (x) => Math.sinh(x),
  doc: { summary: "The hyperbolic sine.", example: "torch.tensor([0, 1]).sinh()" },
  derivative: "pending",
});

export const cosh = unaryOp({
  name: "cosh",
  api: ["torch.cosh", "Tensor.cosh", "Tensor.cosh_"],
  rule: "float",
  body: (x) => unary("cosh", x),
  reference: (x) => Math.cosh(x),
  doc: { summary: "The hyperbolic cosine.", example: "torch.tensor([0, 1]).cosh()" },
  derivative: "pending",
});

export const tanh = unaryOp({
  name: "tanh",
  api: ["torch.tanh", "Tensor.tanh", "Tensor.tanh_"],
  rule: "float",
  body: (x) => unary("tanh", x),
  reference: (x) => Math.tanh(x),
  doc: { summary: "The hyperbolic tangent.", example: "torch.tensor([0, 1]).tanh()" },
  derivative: "pending",
});

export const asinh = unaryOp({
  name: "asinh",
  api: ["torch.asinh", "Tensor.asinh", "Tensor.asinh_"],
  rule: "float",
  body: (x) => unary("asinh", x),
  reference: (x) => Math.asinh(x),
  doc: { summary: "The inverse hyperbolic sine.", example: "torch.tensor([0, 1]).asinh()" },
  derivative: "pending",
});

export const acosh = unaryOp({
  name: "acosh",
  api: ["torch.acosh", "Tensor.acosh", "Tensor.acosh_"],
  rule: "float",
  body: (x) => unary("acosh", x),
  reference: (x) => Math.acosh(x),
  doc: { summary: "The inverse hyperbolic cosine.", example: "torch.tensor([0, 1]).acosh()" },
  derivative: "pending",
  domain: { low: 1 },
});

export const atanh = unaryOp({
  name: "atanh",
  api: ["torch.atanh", "Tensor.atanh", "Tensor.atanh_"],
  rule: "float",
  body: (x) => unary("atanh", x),
  reference: (x) => Math.atanh(x),
  doc: { summary: "The inverse hyperbolic tangent.", example: "torch.tensor([0, 1]).atanh()" },
  derivative: "pending",
  domain: { low: 0, high: 1 },
});

export const atan2 = binaryOp({
  name: "atan2",
  api: ["torch.atan2", "Tensor.atan2", "Tensor.atan2_"],
  rule: "float",
  body: (x, y) => arithmetic("atan2", x, y),
  reference: (x, y) => Math.atan2(x, y),
  doc: {
    summary: "The angle of the point (`other`, `input`), in all four quadrants.",
    example: "torch.tensor([1]).atan2(torch.tensor([-1]))",
  },
  tensorsOnly: true,
  derivative: "pending",
});

export const hypot = binaryOp({
  name: "hypot",
  api: ["torch.hypot", "Tensor.hypot", "Tensor.hypot_"],
  rule: "float",
  body: (x, y) => arithmetic("hypot", x, y),
  reference: (x, y) => Math.sqrt(x * x + y * y),
  doc: {
    summary: "The length of the hypotenuse.",
    example: "torch.tensor([3]).hypot(torch.tensor([4]))",
  },
  tensorsOnly: true,
  derivative: "pending",
});

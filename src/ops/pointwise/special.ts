/** Error functions and relatives of the gamma function. */
import { unary } from "../../loops/expression.ts";
import { floatDTypes } from "../define-op.ts";
import { unaryOp } from "./pointwise-op.ts";
import { naiveDigamma, naiveErf, naiveErfinv, naiveLgamma } from "./naive-erf.ts";

export const erf = unaryOp({
  name: "erf",
  api: ["torch.erf", "Tensor.erf", "Tensor.erf_"],
  rule: "float",
  body: (x) => unary("erf", x),
  reference: naiveErf,
  doc: { summary: "The error function.", example: "torch.tensor([0, 1]).erf()" },
  derivative: "pending",
});

export const erfc = unaryOp({
  name: "erfc",
  api: ["torch.erfc", "Tensor.erfc", "Tensor.erfc_"],
  rule: "float",
  body: (x) => unary("erfc", x),
  reference: (x) => 1 - naiveErf(x),
  doc: {
    summary: "1 minus the error function, exact for large arguments.",
    example: "torch.tensor([0, 1]).erfc()",
  },
  derivative: "pending",
  domain: { low: 0, high: 2 },
});

export const erfinv = unaryOp({
  name: "erfinv",
  api: ["torch.erfinv", "Tensor.erfinv", "Tensor.erfinv_"],
  rule: "float",
  body: (x) => unary("erfinv", x),
  reference: naiveErfinv,
  doc: {
    summary: "The inverse of the error function.",
    example: "torch.tensor([0, 0.5]).erfinv()",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  domain: { low: -0.9, high: 0.9 },
});

export const lgamma = unaryOp({
  name: "lgamma",
  api: ["torch.lgamma", "Tensor.lgamma", "Tensor.lgamma_"],
  rule: "float",
  body: (x) => unary("lgamma", x),
  reference: naiveLgamma,
  doc: {
    summary: "The logarithm of the absolute value of the gamma function.",
    example: "torch.tensor([1, 5]).lgamma()",
  },
  derivative: "pending",
  domain: { low: 1, high: 4 },
});

export const digamma = unaryOp({
  name: "digamma",
  api: ["torch.digamma", "Tensor.digamma", "Tensor.digamma_"],
  rule: "float",
  body: (x) => unary("digamma", x),
  reference: naiveDigamma,
  doc: { summary: "The derivative of `lgamma`.", example: "torch.tensor([1, 5]).digamma()" },
  derivative: "pending",
  domain: { low: 1, high: 4 },
});

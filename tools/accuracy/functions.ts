/** Every transcendental function of the library: what it is exactly, and how far from that float32 results may be. */
import * as torch from "../../src/index.ts";
import {
  digamma,
  erf,
  erfc,
  erfinv,
  lgamma,
  power,
} from "../../src/loops/javascript/special-functions.ts";

type Tensor = torch.Tensor;

export interface FunctionFacts {
  /** The call as PyTorch writes it: special values are recorded by evaluating it there. */
  readonly call: string;
  readonly compute: (x: Tensor) => Tensor;
  /** In float64, whose own error is far below the last place of a float32. */
  readonly exact: (x: number) => number;
  /** The largest error, in units of the last place of the exact result. */
  readonly ulps: number;
  /** An error up to this one is not counted: intermediate results that are subnormal or cancel are exact to so much only. */
  readonly absolute?: (x: number) => number;
  /** What the documentation says beside the number. */
  readonly note?: string;
  /** Zeros, poles and ends of ranges: every number in their neighbourhood is measured. */
  readonly near: readonly number[];
}

const nn = torch.nn.functional;
const ndtr = (x: number): number => 0.5 * erfc(-x * Math.SQRT1_2);
const sigmoid = (x: number): number => (x < -40 ? Math.exp(x) : 1 / (1 + Math.exp(-x)));
const softplus = (x: number): number => (x > 20 ? x : Math.log1p(Math.exp(x)));
const selu = { scale: 1.0507009873554804934193349852946, alpha: 1.6732632423543772848170429916717 };
const geluTanhGate = (x: number): number =>
  1 / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const endless = (x: number, otherwise: number): number => (x === -Infinity ? NaN : otherwise);

/** Where exp becomes 0, subnormal and infinite. */
const rangeOfExp = [-103.97208, -87.33655, 88.72284] as const;

export const functions: readonly FunctionFacts[] = [
  { call: "torch.exp(x)", compute: (x) => x.exp(), exact: Math.exp, ulps: 2, near: rangeOfExp },
  {
    call: "torch.exp2(x)",
    compute: (x) => x.exp2(),
    exact: (x) => 2 ** x,
    ulps: 2,
    near: [-150, -126, 128],
  },
  {
    call: "torch.expm1(x)",
    compute: (x) => x.expm1(),
    exact: Math.expm1,
    ulps: 2,
    near: [-17.3, -0.34657359, 0.34657359, 88.72284],
  },
  {
    call: "torch.log(x)",
    compute: (x) => x.log(),
    exact: Math.log,
    ulps: 2,
    near: [1, 0.70710677, 1.4142135],
  },
  {
    call: "torch.log1p(x)",
    compute: (x) => x.log1p(),
    exact: Math.log1p,
    ulps: 2,
    near: [-1, -0.2928932, 0.41421357, 1e-7],
  },
  {
    call: "torch.log2(x)",
    compute: (x) => x.log2(),
    exact: Math.log2,
    ulps: 2,
    near: [1, 0.70710677, 1.4142135],
  },
  {
    call: "torch.log10(x)",
    compute: (x) => x.log10(),
    exact: Math.log10,
    ulps: 2,
    near: [1, 0.70710677, 1.4142135],
  },
  { call: "torch.sqrt(x)", compute: (x) => x.sqrt(), exact: Math.sqrt, ulps: 0.5, near: [1] },
  {
    call: "torch.rsqrt(x)",
    compute: (x) => x.rsqrt(),
    exact: (x) => 1 / Math.sqrt(x),
    ulps: 2,
    near: [1],
  },
  {
    call: "torch.reciprocal(x)",
    compute: (x) => x.reciprocal(),
    exact: (x) => 1 / x,
    ulps: 0.5,
    near: [1, 2 ** -128, 2 ** 127],
  },
  {
    call: "torch.sin(x)",
    compute: (x) => x.sin(),
    exact: Math.sin,
    ulps: 2,
    near: [Math.PI, 2 * Math.PI, 1e6, 355],
  },
  {
    call: "torch.cos(x)",
    compute: (x) => x.cos(),
    exact: Math.cos,
    ulps: 2,
    near: [Math.PI / 2, 1e6, 355 / 2],
  },
  {
    call: "torch.tan(x)",
    compute: (x) => x.tan(),
    exact: Math.tan,
    ulps: 2,
    near: [Math.PI / 2, Math.PI, 1e6],
  },
  {
    call: "torch.asin(x)",
    compute: (x) => x.asin(),
    exact: Math.asin,
    ulps: 2,
    near: [-1, 0.5, 1],
  },
  {
    call: "torch.acos(x)",
    compute: (x) => x.acos(),
    exact: Math.acos,
    ulps: 2,
    near: [-1, 0.5, 1],
  },
  {
    call: "torch.atan(x)",
    compute: (x) => x.atan(),
    exact: Math.atan,
    ulps: 2,
    near: [0.66, 2.4142137],
  },
  {
    call: "torch.sinh(x)",
    compute: (x) => x.sinh(),
    exact: Math.sinh,
    ulps: 2,
    near: [-89.41599, 89.41599],
  },
  {
    call: "torch.cosh(x)",
    compute: (x) => x.cosh(),
    exact: Math.cosh,
    ulps: 2,
    near: [-89.41599, 89.41599],
  },
  {
    call: "torch.tanh(x)",
    compute: (x) => x.tanh(),
    exact: Math.tanh,
    ulps: 2,
    near: [0.625, 9.01],
  },
  {
    call: "torch.asinh(x)",
    compute: (x) => x.asinh(),
    exact: Math.asinh,
    ulps: 2,
    near: [2 ** 28],
  },
  {
    call: "torch.acosh(x)",
    compute: (x) => x.acosh(),
    exact: Math.acosh,
    ulps: 2,
    near: [1, 2 ** 28],
  },
  { call: "torch.atanh(x)", compute: (x) => x.atanh(), exact: Math.atanh, ulps: 2, near: [-1, 1] },
  { call: "torch.erf(x)", compute: (x) => x.erf(), exact: erf, ulps: 2, near: [0.927734375, 3.9] },
  {
    call: "torch.erfc(x)",
    compute: (x) => x.erfc(),
    exact: erfc,
    ulps: 2,
    near: [0.46875, 4, 9.19, 10.06],
  },
  { call: "torch.erfinv(x)", compute: (x) => x.erfinv(), exact: erfinv, ulps: 2, near: [-1, 1] },
  {
    call: "torch.lgamma(x)",
    compute: (x) => x.lgamma(),
    exact: lgamma,
    ulps: 2,
    near: [-2.4570248, -2.7476826, -3.1435809, -3.9552944, -1, -2, 0.5, 1, 2],
  },
  {
    call: "torch.digamma(x)",
    compute: (x) => x.digamma(),
    exact: digamma,
    ulps: 2,
    near: [-0.504083, -1.5734985, -2.6107206, -1, -2, 1.4616321, 10],
  },
  {
    call: "torch.sigmoid(x)",
    note: "below 2^-126 as PyTorch: 0 where exp(-x) overflows",
    absolute: () => 2 ** -126,
    compute: (x) => x.sigmoid(),
    exact: sigmoid,
    ulps: 2,
    near: rangeOfExp,
  },
  {
    call: "torch.nn.functional.silu(x)",
    note: "0 where exp(-x) overflows, as in PyTorch",
    absolute: () => 2 ** -119,
    compute: (x) => nn.silu(x),
    exact: (x) => endless(x, x * sigmoid(x)),
    ulps: 2,
    near: rangeOfExp,
  },
  {
    call: "torch.nn.functional.mish(x)",
    absolute: () => 2 ** -142,
    compute: (x) => nn.mish(x),
    exact: (x) => endless(x, x * Math.tanh(Math.log1p(Math.exp(x)))),
    ulps: 2,
    near: rangeOfExp,
  },
  {
    call: "torch.nn.functional.logsigmoid(x)",
    compute: (x) => nn.logsigmoid(x),
    exact: (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
    ulps: 2,
    near: rangeOfExp,
  },
  {
    call: "torch.nn.functional.softplus(x)",
    compute: (x) => nn.softplus(x),
    exact: softplus,
    ulps: 2,
    near: [...rangeOfExp, 20],
  },
  {
    call: "torch.nn.functional.elu(x)",
    compute: (x) => nn.elu(x),
    exact: (x) => (x > 0 ? x : Math.expm1(x)),
    ulps: 2,
    near: [-17.3],
  },
  {
    call: "torch.nn.functional.selu(x)",
    compute: (x) => nn.selu(x),
    exact: (x) => selu.scale * (x > 0 ? x : selu.alpha * Math.expm1(x)),
    ulps: 2,
    near: [-17.3],
  },
  {
    call: "torch.nn.functional.celu(x)",
    compute: (x) => nn.celu(x),
    exact: (x) => (x > 0 ? x : Math.expm1(x)),
    ulps: 2,
    near: [-17.3],
  },
  {
    call: "torch.nn.functional.gelu(x)",
    note: "negative arguments: within 9·10^-7 (PyTorch: 4·10^-7), as 1 + erf cancels; 2.7 with relaxed SIMD",
    compute: (x) => nn.gelu(x),
    exact: (x) => endless(x, x * ndtr(x)),
    ulps: 3.5,
    absolute: (x) => (x < 0 ? 9e-7 : 0),
    near: [-5.45, -5, 2.5, 3.95, 5.45],
  },
  {
    call: "torch.nn.functional.gelu(x, approximate='tanh')",
    note: "negative arguments: within 8·10^-8 (PyTorch: 3·10^-7)",
    compute: (x) => nn.gelu(x, { approximate: "tanh" }),
    exact: (x) => endless(x, x * geluTanhGate(x)),
    ulps: 2.5,
    absolute: (x) => (x < 0 ? 8e-8 : 0),
    near: [-10, -5, 2.5, 5.6],
  },
  {
    call: "torch.pow(x, 3.7)",
    compute: (x) => x.pow(3.7),
    exact: (x) => power(x, Math.fround(3.7)),
    ulps: 2,
    near: [1],
  },
  {
    call: "torch.pow(x, -0.3)",
    compute: (x) => x.pow(-0.3),
    exact: (x) => power(x, Math.fround(-0.3)),
    ulps: 2,
    near: [1],
  },
  {
    call: "torch.pow(1.01, x)",
    compute: (x) => torch.pow(1.01, x),
    exact: (x) => power(Math.fround(1.01), x),
    ulps: 2,
    near: [1],
  },
];

/** Which mathematical functions have vector code, and in which precision. */
import type { FunctionBesideOne } from "../../beside-one.ts";
import type { UnaryOperation } from "../../expression.ts";
import type { ProgramBuilder, Value } from "../program.ts";
import { acos64, asin64, atan64 } from "./arctangent.ts";
import { erf32, ndtr32, onePlusErf32 } from "./error-function.ts";
import {
  exp2of32,
  exp2of64,
  exp32,
  exp64,
  expm1of32,
  expm1of64,
  expOfNegative32,
  onePlusExp32,
} from "./exponential.ts";
import {
  acosh64,
  asinh64,
  atanh64,
  cosh64,
  onePlusTanh32,
  sinh64,
  tanh32,
  tanh64,
} from "./hyperbolic.ts";
import { cos32, sin32, tan32 } from "./trigonometric.ts";
import {
  log10of32,
  log10of64,
  log1pOf32,
  log1pOf64,
  log2of32,
  log2of64,
  log32,
  log64,
} from "./logarithm.ts";

type FloatFunction = (b: ProgramBuilder, x: Value) => Value;

export interface FloatFunctionCode {
  /** Null: computed in float64 and rounded. */
  readonly f32: FloatFunction | null;
  /** Null: not by WebAssembly. */
  readonly f64: FloatFunction | null;
}

export const floatFunctions: Readonly<Partial<Record<UnaryOperation, FloatFunctionCode>>> = {
  exp: { f32: exp32, f64: exp64 },
  expOfNegative: { f32: expOfNegative32, f64: exp64 },
  exp2: { f32: exp2of32, f64: exp2of64 },
  expm1: { f32: expm1of32, f64: expm1of64 },
  log: { f32: log32, f64: log64 },
  log1p: { f32: log1pOf32, f64: log1pOf64 },
  log2: { f32: log2of32, f64: log2of64 },
  log10: { f32: log10of32, f64: log10of64 },
  sinh: { f32: null, f64: sinh64 },
  cosh: { f32: null, f64: cosh64 },
  tanh: { f32: tanh32, f64: tanh64 },
  asinh: { f32: null, f64: asinh64 },
  acosh: { f32: null, f64: acosh64 },
  atanh: { f32: null, f64: atanh64 },
  atan: { f32: null, f64: atan64 },
  asin: { f32: null, f64: asin64 },
  acos: { f32: null, f64: acos64 },
  sin: { f32: sin32, f64: null },
  cos: { f32: cos32, f64: null },
  tan: { f32: tan32, f64: null },
  erf: { f32: erf32, f64: null },
  ndtr: { f32: ndtr32, f64: null },
};

/** 1 + f(x) of float32. */
export const onePlus: Readonly<Record<FunctionBesideOne, FloatFunction>> = {
  exp: onePlusExp32,
  erf: onePlusErf32,
  tanh: onePlusTanh32,
};

/** PyTorch's complaints about arguments of random functions. */
import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import type { DType, DTypeName } from "../../core/dtype.ts";
import { bfloat16Words, float16Words, type WordFormat } from "../../core/word-format.ts";
import { formatShape, type Shape } from "../../core/shape.ts";

export function checkSize(size: Shape): void {
  const negative = size.find((length) => length < 0);
  if (negative === undefined) return;
  throw new RuntimeError(
    `Trying to create tensor with negative dimension ${negative}: ${formatShape(size)}`,
  );
}

/** `kernel` is the name PyTorch gives to what is missing. */
export function checkFloat(kernel: string, dtype: DType): void {
  if (dtype.is_floating_point) return;
  throw new NotImplementedError(`"${kernel}" not implemented for '${dtype.scalarTypeName}'`);
}

export function checkStd(std: number): void {
  if (std >= 0) return;
  throw new RuntimeError(`normal expects std >= 0.0, but found std ${std}`);
}

export function checkUniform(from: number, to: number): void {
  if (from <= to) return;
  throw new RuntimeError(
    `uniform_ expects to return a [from, to) range, but found from=${from} > to=${to}`,
  );
}

export function checkProbability(probability: number): void {
  if (probability >= 0 && probability <= 1) return;
  throw new RuntimeError(`bernoulli_ expects p to be in [0, 1], but got p=${probability}`);
}

const rangeOf = ({ largest }: WordFormat): { readonly low: number; readonly high: number } => ({
  low: -largest,
  high: largest,
});

const ranges = {
  float32: { low: -(2 ** 128), high: 2 ** 128, typeName: "float" },
  float16: { ...rangeOf(float16Words), typeName: "c10::Half" },
  bfloat16: { ...rangeOf(bfloat16Words), typeName: "c10::BFloat16" },
  float64: { low: -Infinity, high: Infinity, typeName: "double" },
  int64: { low: -(2 ** 63), high: 2 ** 63, typeName: "long" },
  int32: { low: -(2 ** 31), high: 2 ** 31 - 1, typeName: "int" },
  uint8: { low: 0, high: 255, typeName: "unsigned char" },
  bool: { low: 0, high: 1, typeName: "bool" },
} as const satisfies Record<
  DTypeName,
  { readonly low: number; readonly high: number; readonly typeName: string }
>;

/** Integers from `from` to `to` - 1 must exist in the dtype. */
export function checkIntegerRange(from: number, to: number, dtype: DType): void {
  if (from >= to) {
    throw new RuntimeError(
      `random_ expects 'from' to be less than 'to', but got from=${from} >= to=${to}`,
    );
  }
  const { low, high, typeName } = ranges[dtype.name];
  if (from < low || from > high) throw new RuntimeError(`from is out of bounds for ${typeName}`);
  if (to - 1 < low || to - 1 > high)
    throw new RuntimeError(`to - 1 is out of bounds for ${typeName}`);
}

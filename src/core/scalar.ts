/** JavaScript numbers, bigints and booleans as operands of tensor operations. */
import { RuntimeError } from "../base/errors.ts";
import { get_default_dtype } from "./default-dtype.ts";
import { bool, type DType, type DTypeName, int64 } from "./dtype.ts";
import { RuntimeScalar } from "./runtime-scalar.ts";

export type Scalar = number | bigint | boolean;

export function isScalar(value: unknown): value is Scalar {
  return (
    typeof value === "number" ||
    typeof value === "bigint" ||
    typeof value === "boolean" ||
    value instanceof RuntimeScalar
  );
}

/** A number that is known only when a recorded graph runs; see `RuntimeScalar`. */
const isUnknown = (value: unknown): value is RuntimeScalar => value instanceof RuntimeScalar;

/** The dtype a scalar stands for when it meets tensors: its value decides, since JavaScript has one number type. */
export function scalarDType(value: Scalar): DType {
  if (typeof value === "boolean") return bool;
  if (isUnknown(value)) return value.dtype;
  if (typeof value === "bigint" || Number.isInteger(value)) return int64;
  return get_default_dtype();
}

/** The range a scalar must fit in; unsigned types take negative numbers, which wrap, as in PyTorch. */
const integerLimits: Readonly<
  Partial<Record<DTypeName, { readonly low: bigint; readonly high: bigint }>>
> = {
  int64: { low: -(2n ** 63n), high: 2n ** 63n - 1n },
  int32: { low: -(2n ** 31n), high: 2n ** 31n - 1n },
  uint8: { low: -255n, high: 255n },
};

/** A scalar as a value of `dtype`, in the form kernels and typed arrays take: bigint for int64, else number. */
export function convertScalar(value: Scalar, dtype: DType): number | bigint {
  if (isUnknown(value)) return value.as(dtype);
  if (dtype.category === "float") {
    const wide = Number(value);
    if (dtype.words !== null) return dtype.words.decode(dtype.words.encode(wide));
    return dtype.name === "float32" ? Math.fround(wide) : wide;
  }
  if (dtype.category === "bool") return Number.isNaN(value) || Boolean(value) ? 1 : 0;
  const limits = integerLimits[dtype.name];
  const whole = toBigInt(value);
  if (whole === null || limits === undefined || whole < limits.low || whole > limits.high) {
    throw new RuntimeError(`value cannot be converted to type ${dtype.cppName} without overflow`);
  }
  if (dtype.name === "int64") return whole;
  return dtype.name === "uint8" ? Number(BigInt.asUintN(8, whole)) : Number(whole);
}

/** Whether `convertScalar` takes the value. */
export function isConvertible(value: number | bigint, dtype: DType): boolean {
  const limits = integerLimits[dtype.name];
  if (limits === undefined) return true;
  const whole = toBigInt(value);
  return whole !== null && whole >= limits.low && whole <= limits.high;
}

function toBigInt(value: Scalar): bigint | null {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
}

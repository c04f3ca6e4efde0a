/** Which dtype results from operands of several: PyTorch's three classes of priority. */
import { get_default_dtype } from "./default-dtype.ts";
import { type DType, type DTypeName, float32 } from "./dtype.ts";
import { isScalar, type Scalar, scalarDType } from "./scalar.ts";
import type { TensorBase } from "./tensor.ts";

/** Each holds the values of those before it, as far as PyTorch is concerned; the floats of 16 bits not each other's. */
const order: readonly DTypeName[] = [
  "bool",
  "uint8",
  "int32",
  "int64",
  "float16",
  "bfloat16",
  "float32",
  "float64",
];

/** The smallest dtype that holds the values of both. */
export function promoteTypes(a: DType, b: DType): DType {
  if (a === b) return a;
  if (a.words !== null && b.words !== null) return float32;
  return order.indexOf(a.name) < order.indexOf(b.name) ? b : a;
}

export type Operand = TensorBase | Scalar;

/**
 * The dtype an arithmetic operation computes in. Tensors with dimensions decide; a 0-d tensor or a number counts only
 * when it is of a higher category (bool < integer < float).
 */
export function resultType(operands: readonly Operand[]): DType {
  let dimensioned: DType | null = null;
  let zeroDim: DType | null = null;
  let wrapped: DType | null = null;
  for (const operand of operands) {
    if (isScalar(operand)) wrapped = join(wrapped, scalarDType(operand));
    else if (operand.ndim === 0) zeroDim = join(zeroDim, operand.dtype);
    else dimensioned = join(dimensioned, operand.dtype);
  }
  return higher(dimensioned, higher(zeroDim, wrapped)) ?? get_default_dtype();
}

function join(a: DType | null, b: DType): DType {
  return a === null ? b : promoteTypes(a, b);
}

/** `first` has priority over `second` unless `second` is of a higher category. */
function higher(first: DType | null, second: DType | null): DType | null {
  if (first === null || second === null) return first ?? second;
  if (first.category === "float") return first;
  if (first.category === "bool" || second.category === "float") return promoteTypes(first, second);
  return first;
}

/** `resultType` for functions such as `sin` and `div` that give floats for integers. */
export function floatResultType(operands: readonly Operand[]): DType {
  const dtype = resultType(operands);
  return dtype.is_floating_point ? dtype : get_default_dtype();
}

/** Whether values of `from` may be written in place to a tensor of dtype `to`: never down a category. */
export function canCast(from: DType, to: DType): boolean {
  if (from.category === "float") return to.category === "float";
  return from.category === "bool" || to.category !== "bool";
}

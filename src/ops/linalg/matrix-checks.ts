/** PyTorch's complaints about operands of matrix products. */
import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { bool, type DType, type DTypeName } from "../../core/dtype.ts";
import { at, formatShape, numelOf } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";

/** What checks look at. */
export type MatrixMeta = Pick<TensorBase, "shape" | "dtype" | "ndim">;

// The C++ type names that these messages print.
const typeNames = {
  float32: "float",
  float64: "double",
  float16: "c10::Half",
  bfloat16: "c10::BFloat16",
  int64: "long int",
  int32: "int",
  uint8: "unsigned char",
  bool: "bool",
} as const satisfies Record<DTypeName, string>;

export function typeNameOf(dtype: DType): string {
  return typeNames[dtype.name];
}

export function checkMatrixProduct(left: MatrixMeta, right: MatrixMeta): void {
  checkInnerSizes(left, right);
  checkProductTypes(left, right);
}

export function checkInnerSizes(left: MatrixMeta, right: MatrixMeta): void {
  if (at(left.shape, 1) === at(right.shape, 0)) return;
  throw new RuntimeError(
    `mat1 and mat2 shapes cannot be multiplied (${left.shape.join("x")} and ${right.shape.join("x")})`,
  );
}

function checkProductTypes(left: MatrixMeta, right: MatrixMeta): void {
  if (left.dtype !== right.dtype) {
    throw new RuntimeError(
      `expected m1 and m2 to have the same dtype, but got: ${typeNameOf(left.dtype)} != ${typeNameOf(right.dtype)}`,
    );
  }
  checkImplemented("addmm_impl_cpu_", left.dtype);
}

export function checkImplemented(kernel: string, dtype: DType): void {
  if (dtype === bool)
    throw new NotImplementedError(`"${kernel}" not implemented for '${dtype.scalarTypeName}'`);
}

export function checkBatchProduct(left: MatrixMeta, right: MatrixMeta): void {
  if (left.ndim !== 3) throw new RuntimeError("batch1 must be a 3D tensor");
  if (right.ndim !== 3) throw new RuntimeError("batch2 must be a 3D tensor");
  const expected = [at(left.shape, 0), at(left.shape, 2)];
  const given = right.shape.slice(0, 2);
  if (expected.join() !== given.join()) {
    throw new RuntimeError(
      `Expected size for first two dimensions of batch2 tensor to be: ${formatShape(expected)} but got: ${formatShape(given)}.`,
    );
  }
  checkBatchTypes(left, right);
}

export function checkBatchTypes(left: MatrixMeta, right: MatrixMeta): void {
  if (left.dtype !== right.dtype) {
    throw new RuntimeError(
      `expected scalar type ${left.dtype.scalarTypeName} but found ${right.dtype.scalarTypeName}`,
    );
  }
  checkImplemented("bmm", left.dtype);
}

/** What `mv` and `addmv` check; the message names the tensor the product is added to. */
export function checkMatrixVector(input: MatrixMeta, mat: MatrixMeta, vec: MatrixMeta): void {
  if (mat.ndim !== 2 || vec.ndim !== 1 || input.ndim > 1) {
    throw new RuntimeError(
      `vector + matrix @ vector expected, got ${input.ndim}, ${mat.ndim}, ${vec.ndim}`,
    );
  }
  const rows = at(mat.shape, 0);
  const size = numelOf(input.shape);
  if (at(mat.shape, 1) !== at(vec.shape, 0) || (size !== rows && size !== 1)) {
    throw new RuntimeError(
      `size mismatch, got input (${size}), mat (${mat.shape.join("x")}), vec (${at(vec.shape, 0)})`,
    );
  }
  if (mat.dtype !== vec.dtype || input.dtype !== mat.dtype) {
    throw new RuntimeError(
      `addmv input tensors must have the same dtype, but got ${[input, mat, vec]
        .map((tensor) => tensor.dtype.scalarTypeName)
        .join(", ")
        .replace(/, (\w+)$/, ", and $1")}`,
    );
  }
  checkImplemented("addmv_impl_cpu", mat.dtype);
}

/** What `dot` checks. */
export function checkDot(left: MatrixMeta, right: MatrixMeta): void {
  if (left.ndim !== 1 || right.ndim !== 1)
    throw new RuntimeError(`1D tensors expected, but got ${left.ndim}D and ${right.ndim}D tensors`);
  if (left.dtype !== right.dtype) {
    throw new RuntimeError(
      `dot : expected both vectors to have same dtype, but found ${left.dtype.scalarTypeName} and ${right.dtype.scalarTypeName}`,
    );
  }
  const [length, other] = [at(left.shape, 0), at(right.shape, 0)];
  if (length !== other) {
    throw new RuntimeError(
      `inconsistent tensor size, expected tensor ${formatShape(left.shape)} and src ${formatShape(right.shape)} to have the same number of elements, but got ${length} and ${other} elements respectively`,
    );
  }
  checkImplemented("dot", left.dtype);
}

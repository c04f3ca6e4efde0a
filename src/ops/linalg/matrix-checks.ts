/** PyTorch's complaints about operands of matrix products. */
import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { bool, type DType, type DTypeName } from "../../core/dtype.ts";
import { at, formatShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";

// The C++ type names that these messages print.
const typeNames = {
  float32: "float",
  float64: "double",
  int64: "long int",
  int32: "int",
  uint8: "unsigned char",
  bool: "bool",
} as const satisfies Record<DTypeName, string>;

export function typeNameOf(dtype: DType): string {
  return typeNames[dtype.name];
}

export function checkMatrixProduct(left: TensorBase, right: TensorBase): void {
  checkInnerSizes(left, right);
  checkProductTypes(left, right);
}

export function checkInnerSizes(left: TensorBase, right: TensorBase): void {
  if (at(left.shape, 1) === at(right.shape, 0)) return;
  throw new RuntimeError(
    `mat1 and mat2 shapes cannot be multiplied (${left.shape.join("x")} and ${right.shape.join("x")})`,
  );
}

function checkProductTypes(left: TensorBase, right: TensorBase): void {
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

export function checkBatchProduct(left: TensorBase, right: TensorBase): void {
  if (left.ndim !== 3) throw new RuntimeError("batch1 must be a 3D tensor");
  if (right.ndim !== 3) throw new RuntimeError("batch2 must be a 3D tensor");
  const expected = [at(left.shape, 0), at(left.shape, 2)];
  const given = right.shape.slice(0, 2);
  if (expected.join() !== given.join()) {
    throw new RuntimeError(
      `Expected size for first two dimensions of batch2 tensor to be: ${formatShape(expected)} but got: ${formatShape(given)}.`,
    );
  }
  if (left.dtype !== right.dtype) {
    throw new RuntimeError(
      `expected scalar type ${left.dtype.scalarTypeName} but found ${right.dtype.scalarTypeName}`,
    );
  }
  checkImplemented("bmm", left.dtype);
}

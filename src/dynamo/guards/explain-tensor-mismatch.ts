import { isTensor } from "../../core/tensor.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import { metaOfValue } from "./meta-of-value.ts";

/** PyTorch's wording for the first piece of tensor metadata that differs (torch/csrc/dynamo/guards.cpp, TensorCheck). */
export function explainTensorMismatch(
  name: string,
  expected: TensorMeta,
  actual: unknown,
  dynamicDims: ReadonlySet<number> = new Set(),
): string {
  const meta = metaOfValue(actual);
  if (meta === undefined)
    return `expected type of '${name}' to be a tensor, actual ${isTensor(actual) ? "disposed tensor" : typeof actual}`;
  if (meta.dtype !== expected.dtype) {
    return `tensor '${name}' dtype mismatch. expected ${expected.dtype.scalarTypeName}, actual ${meta.dtype.scalarTypeName}`;
  }
  if (meta.device !== expected.device) {
    return `tensor '${name}' device mismatch. expected ${expected.device}, actual ${meta.device}`;
  }
  if (meta.requires_grad !== expected.requires_grad) {
    return `tensor '${name}' requires_grad mismatch. expected requires_grad=${expected.requires_grad ? 1 : 0}`;
  }
  if (meta.shape.length !== expected.shape.length) {
    return `tensor '${name}' rank mismatch. expected ${expected.shape.length}, actual ${meta.shape.length}`;
  }
  for (const [dim, size] of expected.shape.entries()) {
    if (meta.shape[dim] !== size && !dynamicDims.has(dim)) {
      return `tensor '${name}' size mismatch at index ${dim}. expected ${size}, actual ${meta.shape[dim]}`;
    }
  }
  for (const [dim, stride] of expected.strides.entries()) {
    if (meta.strides[dim] !== stride && dynamicDims.size === 0) {
      return `tensor '${name}' stride mismatch at index ${dim}. expected ${stride}, actual ${meta.strides[dim]}`;
    }
  }
  return `tensor '${name}' metadata mismatch`;
}

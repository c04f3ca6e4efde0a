import type { TensorMeta } from "../../core/tensor-meta.ts";

/**
 * Whether metadata differs from what is expected at most in the sizes of dynamic dimensions, and in strides.
 * Hot path of guards (bench: dispatch).
 */
export function matchesDynamic(
  actual: TensorMeta | undefined,
  expected: TensorMeta,
  dims: readonly number[],
): boolean {
  if (actual === expected) return true;
  if (
    actual === undefined ||
    actual.dtype !== expected.dtype ||
    actual.device !== expected.device ||
    actual.requires_grad !== expected.requires_grad ||
    actual.shape.length !== expected.shape.length
  )
    return false;
  for (let dim = 0; dim < expected.shape.length; dim++)
    if (actual.shape[dim] !== expected.shape[dim] && !dims.includes(dim)) return false;
  return true;
}

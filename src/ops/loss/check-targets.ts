import { IndexError, RuntimeError, ValueError } from "../../base/errors.ts";
import { int64, uint8 } from "../../core/dtype.ts";
import { formatShape, sameShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";

function checkWeight(weight: TensorBase | null, classes: number, input: TensorBase): void {
  if (weight === null) return;
  if (weight.ndim !== 1 || weight.numel() !== classes) {
    throw new RuntimeError(
      `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${formatShape(weight.shape)}`,
    );
  }
  if (weight.dtype === input.dtype) return;
  throw new RuntimeError(
    `expected scalar type ${input.dtype.scalarTypeName} but found ${weight.dtype.scalarTypeName}`,
  );
}

function checkSpatialTargets(input: TensorBase, target: TensorBase): void {
  if (input.ndim === 4 && target.ndim !== 3) {
    throw new RuntimeError(
      `only batches of spatial targets supported (3D tensors) but got targets of dimension: ${target.ndim}`,
    );
  }
  const expected = input.shape.filter((_, axis) => axis !== 1);
  if (sameShape(expected, target.shape)) return;
  throw new RuntimeError(
    input.ndim === 4
      ? `size mismatch (got input: ${formatShape(input.shape)} , target: ${formatShape(target.shape)}`
      : `Expected target size ${formatShape(expected)}, got ${formatShape(target.shape)}`,
  );
}

/** Class indices: one for each example, or for each place of each example. */
export function checkTargets(
  input: TensorBase,
  target: TensorBase,
  weight: TensorBase | null,
): void {
  if (input.ndim < 1) throw new ValueError(`Expected 1 or more dimensions (got ${input.ndim})`);
  if (input.ndim !== 1 && target.ndim === 0) throw new IndexError("tuple index out of range");
  if (input.ndim !== 1 && input.shape[0] !== target.shape[0]) {
    throw new ValueError(
      `Expected input batch_size (${input.shape[0]}) to match target batch_size (${target.shape[0]}).`,
    );
  }
  if (input.ndim > 2) checkSpatialTargets(input, target);
  else if (target.ndim > 1)
    throw new RuntimeError("0D or 1D target tensor expected, multi-target not supported");
  else if (input.ndim === 1 && target.numel() !== 1)
    throw new RuntimeError(
      `size mismatch (got input: ${formatShape(input.shape)}, target: ${formatShape(target.shape)})`,
    );
  checkWeight(weight, input.shape[input.ndim === 1 ? 0 : 1] ?? 0, input);
  if (target.dtype === int64 || target.dtype === uint8) return;
  throw new RuntimeError(
    `expected target dtype to be Long or Byte, but got ${target.dtype.scalarTypeName}`,
  );
}

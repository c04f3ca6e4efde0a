import { RuntimeError, ValueError } from "../../base/errors.ts";
import { float32 } from "../../core/dtype.ts";
import { numelOf, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";

/** Weights and biases have the dtype of the input. */
export function checkParameterDType(self: TensorBase, parameter: TensorBase | null): void {
  if (parameter === null || parameter.dtype === self.dtype) return;
  throw new RuntimeError(
    `mixed dtype (CPU): expect parameter to have scalar type of ${self.dtype.scalarTypeName}`,
  );
}

/** Those of channels may also be float32 beside an input of 16 bits. */
export function checkChannelDType(self: TensorBase, vector: TensorBase | null): void {
  if (self.dtype.itemsize > 2 || vector?.dtype !== float32) checkParameterDType(self, vector);
}

/** A vector with one element for each channel. */
export function checkChannelVector(
  name: string,
  vector: TensorBase | null,
  channels: number,
): void {
  if (vector === null || vector.numel() === channels) return;
  throw new RuntimeError(`${name} should contain ${channels} elements not ${vector.numel()}`);
}

/** Statistics of one value say nothing. */
export function checkValuesPerChannel(shown: string, size: Shape): void {
  if ((size[0] ?? 1) * numelOf(size.slice(2)) !== 1) return;
  throw new ValueError(
    `Expected more than 1 value per channel when training, got input size ${shown}`,
  );
}

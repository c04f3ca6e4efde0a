/** Arguments of convolutions in one form. */
import { RuntimeError } from "../../base/errors.ts";
import { formatShape } from "../../core/shape.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import type { ConvolutionTensors } from "./convolution-checks.ts";

/** One number for each dimension. */
export function perDimension(
  name: string,
  value: number | readonly number[],
  dimensions: number,
): readonly number[] {
  const values = typeof value === "number" ? [value] : value;
  if (values.length === dimensions) return values;
  const [only] = values;
  if (only !== undefined && values.length === 1)
    return Array.from({ length: dimensions }, () => only);
  throw new RuntimeError(
    `expected ${name} to be a single integer value or a list of ${dimensions} values to match the convolution dimensions, but got ${name}=${formatShape(values)}`,
  );
}

export interface Batched extends ConvolutionTensors {
  readonly isBatched: boolean;
}

/** The input with a batch dimension, and whether it had one. */
export function batched(
  { input, weight, bias }: ConvolutionTensors,
  name: string,
  dimensions: number,
): Batched {
  const isBatched = input.ndim === dimensions + 2;
  if (!isBatched && input.ndim !== dimensions + 1) {
    throw new RuntimeError(
      `Expected ${dimensions + 1}D (unbatched) or ${dimensions + 2}D (batched) input to ${name}, but got input of size: ${formatShape(input.shape)}`,
    );
  }
  return {
    input: isBatched ? input : runOp(reshape, { self: input, shape: [1, ...input.shape] }),
    weight,
    bias,
    isBatched,
  };
}

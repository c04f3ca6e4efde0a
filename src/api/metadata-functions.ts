/** Functions of `torch` that ask about dtypes, shapes and tensors without computing with data. */
import { RuntimeError } from "../base/errors.ts";
import type { DType } from "../core/dtype.ts";
import { canCast, type Operand, promoteTypes, resultType } from "../core/promotion.ts";
import { at, formatShape } from "../core/shape.ts";
import { isTensor } from "../core/tensor.ts";
import type { Tensor } from "./tensor.ts";

/** Whether a value is a tensor. */
export function is_tensor(value: unknown): value is Tensor {
  return isTensor(value);
}

/** Whether a tensor's dtype is a floating point one. */
export function is_floating_point(input: Tensor): boolean {
  return input.dtype.is_floating_point;
}

/** The number of elements. */
export function numel(input: Tensor): number {
  return input.numel();
}

/** The dtype an arithmetic operation on two operands gives. */
export function result_type(tensor1: Operand, tensor2: Operand): DType {
  return resultType([tensor1, tensor2]);
}

/** The smallest dtype that holds the values of both. */
export function promote_types(type1: DType, type2: DType): DType {
  return promoteTypes(type1, type2);
}

/** Whether values of `from` may be stored in a tensor of dtype `to` in place. */
export function can_cast(from: DType, to: DType): boolean {
  return canCast(from, to);
}

/** The shape that tensors of the given shapes broadcast to. */
export function broadcast_shapes(...shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  shapes.forEach((shape, position) => {
    for (let fromEnd = 1; fromEnd <= shape.length; fromEnd++) {
      const size = at(shape, shape.length - fromEnd);
      const known = at(result, rank - fromEnd);
      if (size === 1 || size === known) continue;
      if (known !== 1) {
        throw new RuntimeError(
          `Attempting to broadcast a dimension of length ${size} at ${-fromEnd}! Mismatching argument at index ${position} had ${formatTuple(shape)}; but expected shape should be broadcastable to ${formatShape(result)}`,
        );
      }
      result[rank - fromEnd] = size;
    }
  });
  return Object.freeze(result);
}

/** A shape as Python writes a tuple. */
function formatTuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${at(shape, 0)},)` : `(${shape.join(", ")})`;
}

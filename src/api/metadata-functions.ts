/** Functions of `torch` that ask about dtypes, shapes and tensors without computing with data. */
import type { DType } from "../core/dtype.ts";
import { canCast, type Operand, promoteTypes, resultType } from "../core/promotion.ts";
import { broadcastShapes } from "../core/shape.ts";
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
  const shape = shapes.reduce<readonly number[]>(
    (joined, each) => broadcastShapes(joined, each),
    [],
  );
  // A copy: the shape may be one the caller gave.
  return Object.freeze(shape.slice());
}

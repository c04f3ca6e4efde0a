/** Writes and reads of the same memory: what PyTorch refuses, and what is made safe by a copy. */
import { RuntimeError } from "../base/errors.ts";
import { copyStored } from "../core/elements.ts";
import { adoptArray } from "../core/make-tensor.ts";
import { isNonOverlappingAndDense, numelOf, sameShape } from "../core/shape.ts";
import { isTensor, stateOf, type TensorBase, type TensorState } from "../core/tensor.ts";
import type { AnyArgs, OpRecord } from "./op-record.ts";

/** Refuses to write to a tensor that shows one element in several places, such as an expanded one. */
export function checkWritable(self: TensorBase): void {
  const { shape, strides } = stateOf(self);
  if (numelOf(shape) === 0) return; // strides of an empty tensor mean nothing
  for (let axis = 0; axis < shape.length; axis++) {
    if ((shape[axis] ?? 0) > 1 && strides[axis] === 0) {
      throw new RuntimeError(
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
      );
    }
  }
}

/** The same arguments, with inputs that share memory with `self` in another arrangement copied or refused. */
export function withoutOverlap(self: TensorBase, op: OpRecord, args: AnyArgs): AnyArgs {
  const own = stateOf(self);
  const replaced: Record<string, unknown> = {};
  for (const name of op.tensorArgs) {
    const value = args[name];
    if (value === self || !isTensor(value)) continue;
    const other = stateOf(value);
    if (other.storage !== own.storage || isSameView(own, other) || !rangesMeet(own, other))
      continue;
    if (isDense(own) && isDense(other)) {
      throw new RuntimeError(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.",
      );
    }
    replaced[name] = adoptArray(copyStored(value), other.shape, other.dtype);
  }
  return { ...args, ...replaced };
}

function isSameView(a: TensorState, b: TensorState): boolean {
  return a.offset === b.offset && sameShape(a.shape, b.shape) && sameShape(a.strides, b.strides);
}

function isDense(state: TensorState): boolean {
  return isNonOverlappingAndDense(state.shape, state.strides);
}

function rangesMeet(a: TensorState, b: TensorState): boolean {
  return (
    numelOf(a.shape) > 0 &&
    numelOf(b.shape) > 0 &&
    a.offset <= lastPosition(b) &&
    b.offset <= lastPosition(a)
  );
}

function lastPosition({ offset, shape, strides }: TensorState): number {
  return shape.reduce((last, size, axis) => last + (size - 1) * (strides[axis] ?? 0), offset);
}

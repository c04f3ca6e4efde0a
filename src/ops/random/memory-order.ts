import { InternalError } from "../../base/errors.ts";
import { forEachPosition } from "../../core/elements.ts";
import { aliasOf } from "../../core/make-tensor.ts";
import { at, numelOf } from "../../core/shape.ts";
import { prepareRandomKernels } from "../../core/random/kernels/random-kernels.ts";
import {
  allocateValues,
  arrayOver,
  type Storage,
  type TypedArray,
  valuesOf,
} from "../../core/storage.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { kernelMemory } from "../../runtime/kernel-memory.ts";

/**
 * The dimensions from the largest stride to the smallest: PyTorch draws random numbers for a tensor in
 * the order of its memory, not of its indices.
 */
export function memoryOrder(tensor: TensorBase): readonly number[] {
  const { strides } = stateOf(tensor);
  return strides
    .map((_, axis) => axis)
    .sort((left, right) => at(strides, right) - at(strides, left) || left - right);
}

/** A view with the dimensions in another order. */
export function reorderedView(tensor: TensorBase, axes: readonly number[]): TensorBase {
  const { shape, strides, offset } = stateOf(tensor);
  return aliasOf(tensor, {
    shape: axes.map((axis) => at(shape, axis)),
    strides: axes.map((axis) => at(strides, axis)),
    offset,
  });
}

/** Fewer elements do not pay for the kernels. */
const fewestForKernels = 128;

/** Fills a tensor's elements in the order of its memory; `fill` gets them as one contiguous array. */
export function fillInMemoryOrder(tensor: TensorBase, fill: (elements: TypedArray) => void): void {
  const { shape, offset } = stateOf(tensor);
  const count = numelOf(shape);
  if (count >= fewestForKernels) prepareRandomKernels();
  const { words } = tensor.dtype;
  if (tensor.is_contiguous() && words === null) {
    fill(currentElements(stateOf(tensor).storage).subarray(offset, offset + count));
    return;
  }
  const elements = allocateValues(tensor.dtype, count);
  fill(elements);
  const { array } = stateOf(tensor).storage;
  let next = 0;
  forEachPosition(stateOf(reorderedView(tensor, memoryOrder(tensor))), (position) => {
    const value = elements[next++] ?? 0;
    array[position] = words === null ? value : words.encode(Number(value));
  });
}

/** The elements, over the buffer that the kernel memory has now if they lie there: growth gives it another. */
function currentElements(storage: Storage): TypedArray {
  if (storage.home !== "memory") return valuesOf(storage.array);
  const { buffer } = kernelMemory();
  return valuesOf(arrayOver(storage.dtype, buffer, storage.address(), storage.length));
}

/** The elements of a tensor whose dtype was checked to be a float. */
export function floatElements(elements: TypedArray): Float32Array | Float64Array {
  if (elements instanceof Float32Array || elements instanceof Float64Array) return elements;
  throw new InternalError("a random float was about to be drawn into an integer tensor");
}

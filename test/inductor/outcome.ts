/** What a run of a graph shows to its caller. */
import { copyElements } from "../../src/core/elements.ts";
import { fakeTensor, metaOf } from "../../src/core/fake-tensor.ts";
import { constructTensor } from "../../src/core/make-tensor.ts";
import { Storage } from "../../src/core/storage.ts";
import { isTensor, stateOf, type TensorBase } from "../../src/core/tensor.ts";
import { manual_seed } from "../../src/api/random.ts";

export interface Outcome {
  readonly error: unknown;
  /** Of each tensor: its dtype, its layout and which storage and tensor it is. */
  readonly tensors: readonly (readonly unknown[])[];
  readonly values: readonly (readonly (number | bigint)[])[];
  readonly versions: readonly number[];
}

/** Copies of the inputs with their layout; tensors of one storage stay tensors of one storage. */
export function copied(inputs: readonly unknown[]): unknown[] {
  const storages = new Map<Storage, Storage>();
  return inputs.map((input) => {
    if (!isTensor(input)) return input;
    const { storage, dtype, shape, strides, offset } = stateOf(input);
    const copy = storages.get(storage) ?? Storage.adopt(dtype, storage.array.slice());
    storages.set(storage, copy);
    return constructTensor(copy, dtype, { shape, strides, offset }, null);
  });
}

/** All that a caller can see of a run: results, inputs afterwards, versions, sharing, and errors. */
export function outcome(
  run: (...inputs: readonly unknown[]) => unknown,
  inputs: readonly unknown[],
): Outcome {
  manual_seed(1);
  const given = copied(inputs);
  let results: unknown;
  try {
    results = run(...given);
  } catch (error) {
    results = String(error);
  }
  const tensors = [results, given].flat().filter(isTensor);
  const storages = [...new Set(tensors.map((tensor) => stateOf(tensor).storage))];
  const show = (tensor: TensorBase): readonly unknown[] => {
    const { dtype, shape, strides, offset, storage } = stateOf(tensor);
    return [dtype.name, shape, strides, offset, storages.indexOf(storage), tensors.indexOf(tensor)];
  };
  return {
    error: Array.isArray(results) ? null : results,
    tensors: tensors.map(show),
    values: tensors.map((tensor) => Array.from<number | bigint>(copyElements(tensor))),
    versions: storages.map((storage) => storage.version),
  };
}

/** What a graph is compiled for. */
export const fake = (value: unknown): unknown =>
  isTensor(value) ? fakeTensor(metaOf(value)) : value;

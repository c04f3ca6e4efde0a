import { describe, expect, test } from "vitest";
import { copyElements } from "../../src/core/elements.ts";
import { fakeTensor, metaOf } from "../../src/core/fake-tensor.ts";
import { constructTensor } from "../../src/core/make-tensor.ts";
import { Storage } from "../../src/core/storage.ts";
import { isTensor, stateOf, type TensorBase } from "../../src/core/tensor.ts";
import { manual_seed } from "../../src/api/random.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import { inductor } from "../../src/inductor/inductor.ts";
import { opTable } from "../../src/ops/op-table.ts";
import { samplesOf } from "../ops/check-record.ts";
import { graphOfOp, publicCalls } from "./graph-of-op.ts";

/** Copies of the inputs with their layout; tensors of one storage stay tensors of one storage. */
function copied(inputs: readonly unknown[]): unknown[] {
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
function outcome(
  run: (...inputs: readonly unknown[]) => unknown,
  inputs: readonly unknown[],
): unknown {
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
  const show = (tensor: TensorBase): unknown => {
    const { dtype, shape, strides, offset, storage } = stateOf(tensor);
    return [dtype.name, shape, strides, offset, storages.indexOf(storage), tensors.indexOf(tensor)];
  };
  return {
    error: Array.isArray(results) ? null : results,
    tensors: tensors.map(show),
    values: tensors.map((tensor) => Array.from<unknown>(copyElements(tensor))),
    versions: storages.map((storage) => storage.version),
  };
}

const fake = (value: unknown): unknown => (isTensor(value) ? fakeTensor(metaOf(value)) : value);

/** Null: one tensor, or an error. */
function outputCount(module: GraphModule, inputs: readonly unknown[]): number | null {
  try {
    const [result] = module(...copied(inputs)) as readonly unknown[]; // as `graphOfOp` made it
    return Array.isArray(result) ? result.length : null;
  } catch {
    return null;
  }
}

describe.each(opTable.map((op) => [op.name, op] as const))("%s", (_, op) => {
  for (const symbolicNumbers of [false, true]) {
    test(`compiled as eager${symbolicNumbers ? ", with numbers as inputs" : ""}`, () => {
      for (const call of publicCalls(op)) {
        for (const { label, args } of samplesOf(op)) {
          if (call.entry.isMethod && !isTensor(args["self"])) continue; // no method of a number
          const whole = graphOfOp(call, args, { outputCount: null, symbolicNumbers });
          const count = outputCount(whole.module, whole.inputs);
          const { module, inputs } = graphOfOp(call, args, { outputCount: count, symbolicNumbers });
          const compiled = inductor(module, inputs.map(fake));
          expect(outcome(compiled, inputs), label).toEqual(outcome(module, inputs));
        }
      }
    });
  }
});

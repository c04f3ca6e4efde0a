/** Tensors from data. */
import { adoptArray } from "../../core/make-tensor.ts";
import { isFakeMode } from "../../core/fake-mode.ts";
import { arrayOf } from "../../core/elements.ts";
import { allocateArray } from "../../core/storage.ts";
import { isTensor } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naive } from "../naive-array.ts";
import { arrayDType, isNumericArray, measureData, writeData } from "../nested-data.ts";
import { runOp } from "../run-op.ts";
import { toDType } from "../data/to.ts";
import { factoryArgs } from "./factory-args.ts";

export const tensor = defineOp({
  name: "tensor",
  api: ["torch.tensor"],
  args: { data: arg.data, ...factoryArgs },
  doc: {
    summary: "A tensor with a copy of nested arrays, a typed array or a number.",
    details:
      "Dtypes: numbers give the default float dtype (whole or not), booleans bool, bigints int64, a typed array its own dtype.",
    example: "torch.tensor([[1, 2], [3, 4]])",
  },
  derivative: "not-differentiable",
  meta: ({ data, dtype }) => {
    const measured = measureData(data);
    return { shape: measured.shape, dtype: dtype ?? measured.dtype };
  },
  routine: ({ data }, [output]) => {
    if (output !== undefined) writeData(data, output.dtype, arrayOf(output));
  },
  reference: ({ data }) =>
    isTensor(data)
      ? naive(data)
      : { shape: measureData(data).shape, values: flat(data).map(Number) },
  samples: function* (make) {
    yield {
      data: [
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      dtype: make.dtype,
    };
    yield { data: 1, dtype: make.dtype };
    yield { data: [] };
    yield { data: [true, false] };
    yield { data: new Int32Array([1, -2]) };
    yield { data: [[1n, 2n]] };
  },
});

function flat(data: unknown): unknown[] {
  if (Array.isArray(data)) return data.flatMap(flat);
  return isNumericArray(data) ? Array.from<unknown>(data) : [data];
}

export const as_tensor = defineOp({
  name: "as_tensor",
  api: ["torch.as_tensor"],
  args: { data: arg.data, dtype: arg.optional(arg.dtype), device: arg.optional(arg.device) },
  doc: {
    summary:
      "A tensor of the data: without a copy if it is a tensor or a typed array of the right dtype.",
    details: "Aliasing: a typed array and the tensor made from it share memory.",
    example: "torch.as_tensor(new Float32Array([1, 2]))",
  },
  derivative: "not-differentiable",
  decomposition: ({ data, dtype }) => {
    if (isTensor(data)) return dtype === null ? data : runOp(toDType, { self: data, dtype });
    if (isNumericArray(data) && !isFakeMode()) {
      const own = arrayDType(data);
      // Only the arrays that tensors are stored in can be shared; Int8Array and the like are copied.
      const shareable = data.constructor === allocateArray(own, 0).constructor;
      if (shareable && (dtype === null || dtype === own))
        return adoptArray(data as never, [data.length], own); // the line above checked its class
    }
    return runOp(tensor, { data, dtype });
  },
  reference: ({ data }) => ({ shape: measureData(data).shape, values: flat(data).map(Number) }),
  samples: function* (make) {
    yield { data: new Float32Array([1, 2]) };
    yield { data: [1, 0], dtype: make.dtype };
    yield { data: new Int16Array([3]) };
  },
});

export const scalar_tensor = defineOp({
  name: "scalar_tensor",
  api: ["torch.scalar_tensor"],
  args: { s: arg.scalar, ...factoryArgs },
  doc: { summary: "A 0-d tensor of a number.", example: "torch.scalar_tensor(3)" },
  derivative: "not-differentiable",
  decomposition: ({ s, ...options }) => runOp(tensor, { data: s, ...options }),
  reference: ({ s }) => ({ shape: [], values: [Number(s)] }),
  samples: function* (make) {
    yield { s: 1, dtype: make.dtype };
  },
});

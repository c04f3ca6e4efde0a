/** Tensors from data. */
import { ValueError } from "../../base/errors.ts";
import { float32 } from "../../core/dtype.ts";
import { shareArray, emptyTensor } from "../../core/make-tensor.ts";
import { isFakeMode } from "../../core/fake-mode.ts";
import { writeElements } from "../../core/elements.ts";
import { allocateArray, arrayOver } from "../../core/storage.ts";
import { isTensor } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naive } from "../naive-array.ts";
import { arrayDType, isNumericArray, measureData, writeData } from "../nested-data.ts";
import { leaveToRuntime } from "../recorder.ts";
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
    if (output !== undefined)
      writeElements(output, (values) => writeData(data, output.dtype, values));
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
    if (isNumericArray(data)) leaveToRuntime();
    if (isNumericArray(data) && !isFakeMode()) {
      const own = arrayDType(data);
      // Only the arrays that tensors are stored in can be shared; Int8Array and the like are copied.
      const shareable = data.constructor === allocateArray(own, 0).constructor;
      if (shareable && (dtype === null || dtype === own))
        return shareArray(data as never, [data.length], own); // the line above checked its class
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

export const frombuffer = defineOp({
  name: "frombuffer",
  api: ["torch.frombuffer"],
  args: {
    buffer: arg.buffer,
    dtype: arg.dtype,
    count: arg.keyword(arg.withDefault(arg.int, -1)),
    offset: arg.keyword(arg.withDefault(arg.int, 0)),
    requires_grad: arg.withDefault(arg.bool, false),
  },
  doc: {
    summary:
      "A 1-d tensor over the memory of an ArrayBuffer, from byte `offset`; all of it, or `count` elements.",
    details:
      "Aliasing: shares memory with the buffer. `offset` must be a multiple of the element size.",
    example: "torch.frombuffer(new Float32Array([1, 2]).buffer, { dtype: torch.float32 })",
  },
  derivative: "not-differentiable",
  decomposition: ({ buffer, dtype, count, offset, requires_grad }) => {
    const available = buffer.byteLength - offset;
    if (offset < 0 || available <= 0) {
      throw new ValueError(
        `offset (${offset} bytes) must be non-negative and no greater than buffer length (${buffer.byteLength} bytes) minus 1`,
      );
    }
    if (offset % dtype.itemsize !== 0) {
      throw new ValueError(
        `offset (${offset} bytes) must be a multiple of the element size (${dtype.itemsize})`,
      );
    }
    if (count === 0 || count < -1)
      throw new ValueError(
        `both buffer length (${buffer.byteLength}) and count (${count}) must not be 0`,
      );
    if (count === -1 && available % dtype.itemsize !== 0) {
      throw new ValueError(
        `buffer length (${available} bytes) after offset (${offset} bytes) must be a multiple of element size (${dtype.itemsize})`,
      );
    }
    const length = count === -1 ? available / dtype.itemsize : count;
    if (length * dtype.itemsize > available) {
      throw new ValueError(
        `requested buffer length (${count} * ${dtype.itemsize} bytes) after offset (${offset} bytes) must not be greater than actual buffer length (${buffer.byteLength} bytes)`,
      );
    }
    leaveToRuntime();
    const result = isFakeMode()
      ? emptyTensor([length], dtype)
      : shareArray(arrayOver(dtype, buffer, offset, length), [length], dtype);
    result.requires_grad = requires_grad;
    return result;
  },
  reference: ({ buffer, offset }) => {
    const values = Array.from(new Float32Array(buffer, offset));
    return { shape: [values.length], values };
  },
  dtypes: [float32],
  samples: function* () {
    yield { buffer: new Float32Array([1, 2, 3]).buffer, dtype: float32 };
    yield { buffer: new Float32Array([1, 2, 3]).buffer, dtype: float32, offset: 4 };
  },
});

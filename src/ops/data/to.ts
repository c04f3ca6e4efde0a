/** Conversions between dtypes. */
import {
  bfloat16,
  bool,
  type DType,
  dtypes,
  float16,
  float32,
  float64,
  int32,
  int64,
  uint8,
} from "../../core/dtype.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naive, type NaiveArray } from "../naive-array.ts";
import type { Op } from "../op-record.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { clone, copyBody } from "./clone.ts";

/** A converted copy, even to the same dtype. */
export const toCopy = defineOp({
  name: "to_copy",
  api: [],
  args: { self: arg.tensor, dtype: arg.dtype },
  doc: { summary: "A copy in another dtype." },
  derivative: "pending",
  meta: ({ self, dtype }) => pointwiseMeta([self], dtype),
  lowering: ({ self }) => pointwise(copyBody, [self], self.dtype),
  reference: ({ self, dtype }) => naiveConvert(self, dtype),
  samples: conversionSamples,
});

function* conversionSamples(make: SampleMaker): Generator<{ self: TensorBase; dtype: DType }> {
  for (const dtype of Object.values(dtypes)) {
    yield { self: make.tensor([2, 3], { low: 0 }), dtype };
    yield { self: make.strided([3, 2], { low: 0 }), dtype };
    yield { self: make.tensor([], { low: 0 }), dtype };
  }
}

function naiveConvert(self: TensorBase, dtype: DType): NaiveArray {
  const { shape, values } = naive(self);
  const convert = (value: number): number => {
    if (dtype.category === "bool") return value === 0 ? 0 : 1;
    return dtype.category === "integer" ? Math.trunc(value) : value;
  };
  return { shape, values: values.map(convert) };
}

function converted(self: TensorBase, dtype: DType, copy: boolean): TensorBase {
  if (self.dtype !== dtype) return runOp(toCopy, { self, dtype });
  return copy ? runOp(clone, { self }) : self;
}

export const toDType = defineOp({
  name: "to.dtype",
  api: ["Tensor.to"],
  args: {
    self: arg.tensor,
    dtype: arg.positional(arg.dtype),
    copy: arg.withDefault(arg.bool, false),
  },
  doc: {
    summary: "The tensor in another dtype; itself if it has that dtype and `copy` is false.",
    example: "torch.ones(2).to(torch.int64)",
  },
  derivative: "pending",
  decomposition: ({ self, dtype, copy }) => converted(self, dtype, copy),
  reference: ({ self, dtype }) => naiveConvert(self, dtype),
  samples: conversionSamples,
});

export const toDevice = defineOp({
  name: "to.device",
  api: ["Tensor.to"],
  args: {
    self: arg.tensor,
    device: arg.positional(arg.device),
    dtype: arg.positional(arg.optional(arg.dtype)),
    copy: arg.withDefault(arg.bool, false),
  },
  doc: {
    summary: "The tensor on a device (there is only the CPU), converted if `dtype` is given.",
  },
  derivative: "pending",
  decomposition: ({ self, dtype, copy }) => converted(self, dtype ?? self.dtype, copy),
  reference: null,
  samples: () => [],
});

export const toOther = defineOp({
  name: "to.other",
  api: ["Tensor.to"],
  args: { self: arg.tensor, other: arg.tensor, copy: arg.withDefault(arg.bool, false) },
  doc: { summary: "The tensor in the dtype of `other`." },
  derivative: "pending",
  decomposition: ({ self, other, copy }) => converted(self, other.dtype, copy),
  reference: ({ self, other }) => naiveConvert(self, other.dtype),
  samples: function* (make) {
    yield { self: make.tensor([2, 3], { low: 0 }), other: make.tensor([1], { dtype: int32 }) };
  },
});

export const type_as = defineOp({
  name: "type_as",
  api: ["Tensor.type_as"],
  args: { self: arg.tensor, other: arg.tensor },
  doc: {
    summary: "The tensor in the dtype of `other`.",
    example: "torch.ones(2).type_as(torch.arange(2))",
  },
  derivative: "pending",
  decomposition: ({ self, other }) => converted(self, other.dtype, false),
  reference: ({ self, other }) => naiveConvert(self, other.dtype),
  samples: function* (make) {
    yield { self: make.tensor([2, 3], { low: 0 }), other: make.tensor([1], { dtype: int32 }) };
  },
});

function conversionMethod(
  name: string,
  dtype: DType,
): Op<{ readonly self: typeof arg.tensor }, TensorBase> {
  return defineOp({
    name,
    api: [`Tensor.${name}`],
    args: { self: arg.tensor },
    doc: {
      summary: `The tensor as ${dtype.name}; itself if it is.`,
      example: `torch.zeros(2).${name}()`,
    },
    derivative: dtype.is_floating_point ? "pending" : "not-differentiable",
    decomposition: ({ self }) => converted(self, dtype, false),
    reference: ({ self }) => naiveConvert(self, dtype),
    samples: function* (make) {
      yield { self: make.tensor([2, 3], { low: 0 }) };
      yield { self: make.tensor([], { low: 0 }) };
    },
  });
}

export const float = conversionMethod("float", float32);
export const half = conversionMethod("half", float16);
export const bfloat16Method = conversionMethod("bfloat16", bfloat16);
export const double = conversionMethod("double", float64);
export const long = conversionMethod("long", int64);
export const int = conversionMethod("int", int32);
export const byte = conversionMethod("byte", uint8);
export const boolean = conversionMethod("bool", bool);

export const onCpu = defineOp({
  name: "cpu",
  api: ["Tensor.cpu"],
  args: { self: arg.tensor },
  doc: { summary: "The tensor on the CPU, where it is: itself.", example: "torch.ones(2).cpu()" },
  derivative: "pending",
  decomposition: ({ self }) => self,
  reference: ({ self }) => naive(self),
  samples: function* (make) {
    yield { self: make.tensor([2]) };
  },
});

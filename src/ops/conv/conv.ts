/** Convolutions over one, two and three dimensions. */
import { RuntimeError } from "../../base/errors.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg, type ArgsInput, type RequiredArg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import type { NaiveArray } from "../naive-array.ts";
import type { Op } from "../op-record.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { pad } from "../shape/pad.ts";
import { reshape } from "../view/reshape.ts";
import {
  checkConvolution,
  type ConvolutionGeometry,
  type ConvolutionTensors,
} from "./convolution-checks.ts";
import { batched, perDimension } from "./convolution-arguments.ts";
import { naiveConvolution } from "./naive-convolution.ts";
import { validConvolution } from "./valid-convolution.ts";

/** Zeros on each side: a number for each dimension, none (`valid`), or as many as keep the size (`same`). */
const paddingArg: RequiredArg<string | number | readonly number[]> = {
  kind: "sizes",
  type: 'number | readonly number[] | "same" | "valid"',
  expected: "int, tuple of ints or str",
  parse: (value) => (typeof value === "string" ? value : arg.intOrInts.parse(value)),
  fallback: undefined,
  keywordOnly: false,
  spread: false,
};

const schema = {
  input: arg.tensor,
  weight: arg.tensor,
  bias: arg.optional(arg.tensor),
  stride: arg.withDefault(arg.intOrInts, 1),
  padding: arg.withDefault(paddingArg, 0),
  dilation: arg.withDefault(arg.intOrInts, 1),
  groups: arg.withDefault(arg.int, 1),
} as const;

interface Options {
  readonly stride: number | readonly number[];
  readonly padding: string | number | readonly number[];
  readonly dilation: number | readonly number[];
  readonly groups: number;
}

function geometryOf(
  weight: TensorBase,
  { stride, padding, dilation, groups }: Options,
  dimensions: number,
): ConvolutionGeometry {
  const strides = perDimension("stride", stride, dimensions);
  const dilations = perDimension("dilation", dilation, dimensions);
  return {
    stride: strides,
    dilation: dilations,
    padding: paddingOf(weight, padding, { stride: strides, dilation: dilations }),
    groups,
  };
}

function paddingOf(
  weight: TensorBase,
  padding: Options["padding"],
  { stride, dilation }: Pick<ConvolutionGeometry, "stride" | "dilation">,
): readonly (readonly [number, number])[] {
  if (padding === "valid") return stride.map(() => [0, 0]);
  if (padding === "same") {
    if (stride.some((step) => step !== 1))
      throw new RuntimeError("padding='same' is not supported for strided convolutions");
    return dilation.map((step, axis) => {
      const total = step * ((weight.shape[axis + 2] ?? 1) - 1);
      // Where the number is odd, the end gets one more.
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    });
  }
  if (typeof padding === "string") throw new RuntimeError(`Invalid padding string: '${padding}'`);
  return perDimension("padding", padding, stride.length).map((count) => [count, count]);
}

function convolve(tensors: ConvolutionTensors, options: Options, name: string): TensorBase {
  const dimensions = Number(name.slice(4, 5));
  const { input, weight, bias, isBatched } = batched(tensors, name, dimensions);
  const geometry = geometryOf(weight, options, dimensions);
  checkConvolution({ input, weight, bias }, geometry);
  const { stride, dilation, padding, groups } = geometry;
  const isPadded = padding.some(([before, after]) => before + after > 0);
  const padded = isPadded ? runOp(pad, { self: input, pad: padding.toReversed().flat() }) : input;
  const result = runOp(validConvolution, { input: padded, weight, bias, stride, dilation, groups });
  return isBatched ? result : runOp(reshape, { self: result, shape: result.shape.slice(1) });
}

function naiveResult(tensors: ConvolutionTensors, options: Options, name: string): NaiveArray {
  const dimensions = Number(name.slice(4, 5));
  const { isBatched, ...own } = batched(tensors, name, dimensions);
  const result = naiveConvolution(own, geometryOf(own.weight, options, dimensions));
  return isBatched ? result : { shape: result.shape.slice(1), values: result.values };
}

type Samples = (make: SampleMaker) => Iterable<ArgsInput<typeof schema>>;

function convolutionOp(
  name: "conv1d" | "conv2d" | "conv3d",
  facts: { readonly summary: string; readonly example: string; readonly samples: Samples },
): Op<typeof schema, TensorBase> {
  return defineOp({
    name,
    api: [`torch.nn.functional.${name}`, `torch.${name}`],
    args: schema,
    dtypes: floatDTypes,
    doc: {
      summary: facts.summary,
      details:
        "Shape: input (N, C, …) or (C, …), weight (out, C / groups, …), bias (out). `padding` is a number of zeros for each side, or same or valid.",
      example: facts.example,
    },
    decomposition: ({ input, weight, bias, ...options }) =>
      convolve({ input, weight, bias }, options, name),
    reference: ({ input, weight, bias, ...options }) =>
      naiveResult({ input, weight, bias }, options, name),
    derivative: "pending",
    samples: facts.samples,
  });
}

export const conv1d = convolutionOp("conv1d", {
  summary: "Slides a window of weights over the last dimension of the input.",
  example: "torch.nn.functional.conv1d(torch.ones(1, 1, 4), torch.ones(1, 1, 3))",
  samples: function* (make) {
    const [input, weight] = [make.tensor([2, 3, 8]), make.tensor([4, 3, 3])];
    yield { input, weight };
    yield { input, weight, bias: make.tensor([4]), stride: 2, padding: 1 };
    yield { input, weight, padding: "same", dilation: [2] };
    yield { input: make.tensor([3, 8]), weight: make.strided([4, 3, 2]), padding: "same" };
    yield { input: make.tensor([0, 3, 8]), weight };
  },
});

export const conv2d = convolutionOp("conv2d", {
  summary: "Slides a window of weights over the last two dimensions of the input.",
  example: "torch.nn.functional.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))",
  samples: function* (make) {
    const input = make.tensor([2, 4, 6, 7]);
    yield { input, weight: make.tensor([3, 4, 3, 3]), bias: make.tensor([3]), padding: 1 };
    yield { input, weight: make.tensor([6, 2, 3, 2]), groups: 2, stride: [2, 1], padding: [0, 1] };
    yield { input, weight: make.tensor([4, 1, 3, 3]), groups: 4, padding: "same", dilation: 2 };
    yield { input: make.strided([2, 4, 6, 7]), weight: make.strided([5, 4, 1, 1]) };
    yield { input: make.tensor([4, 5, 5]), weight: make.tensor([2, 4, 5, 5]), padding: "valid" };
    yield { input: make.tensor([0, 4, 5, 5]), weight: make.tensor([2, 4, 2, 2]) };
  },
});

export const conv3d = convolutionOp("conv3d", {
  summary: "Slides a window of weights over the last three dimensions of the input.",
  example: "torch.nn.functional.conv3d(torch.ones(1, 1, 2, 2, 2), torch.ones(1, 1, 2, 2, 2))",
  samples: function* (make) {
    const input = make.tensor([1, 2, 3, 4, 5]);
    yield { input, weight: make.tensor([2, 2, 2, 3, 2]), padding: [1, 1, 0], stride: [1, 2, 1] };
  },
});

/** Transposed convolutions over one, two and three dimensions: each element of the input spreads a window of weights. */
import { RuntimeError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg, type ArgsInput } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import type { Op } from "../op-record.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { constantPad } from "../shape/pad.ts";
import { flip } from "../shape/roll.ts";
import { permute } from "../view/permute.ts";
import { reshape } from "../view/reshape.ts";
import { batched, perDimension } from "./convolution-arguments.ts";
import { checkTransposed, type ConvolutionTensors } from "./convolution-checks.ts";
import { validConvolution } from "./valid-convolution.ts";

const schema = {
  input: arg.tensor,
  weight: arg.tensor,
  bias: arg.optional(arg.tensor),
  stride: arg.withDefault(arg.intOrInts, 1),
  padding: arg.withDefault(arg.intOrInts, 0),
  output_padding: arg.withDefault(arg.intOrInts, 0),
  groups: arg.withDefault(arg.int, 1),
  dilation: arg.withDefault(arg.intOrInts, 1),
} as const;

interface Options {
  readonly stride: number | readonly number[];
  readonly padding: number | readonly number[];
  readonly output_padding: number | readonly number[];
  readonly groups: number;
  readonly dilation: number | readonly number[];
}

/** One number for each spatial dimension. */
interface Geometry {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

function geometryOf(options: Options, dimensions: number): Geometry {
  const each = (name: keyof Options): readonly number[] =>
    perDimension(name, options[name], dimensions);
  return {
    stride: each("stride"),
    padding: each("padding"),
    outputPadding: each("output_padding"),
    dilation: each("dilation"),
    groups: options.groups,
  };
}

function outputSizes(input: TensorBase, weight: TensorBase, geometry: Geometry): readonly number[] {
  const { stride, padding, outputPadding, dilation } = geometry;
  const sizes = stride.map((step, axis) => {
    const window = at(dilation, axis) * (at(weight.shape, axis + 2) - 1) + 1;
    const spread = (at(input.shape, axis + 2) - 1) * step;
    return spread - 2 * at(padding, axis) + window + at(outputPadding, axis);
  });
  if (sizes.some((size) => size <= 0)) {
    const given = `Given input size per channel: (${input.shape.slice(2).join(" x ")}). `;
    throw new RuntimeError(
      `${given}Calculated output size per channel: (${sizes.join(" x ")}). Output size is too small`,
    );
  }
  return sizes;
}

/** Elements of the last dimensions with `stride - 1` zeros between neighbours. */
function spreadOut(input: TensorBase, stride: readonly number[]): TensorBase {
  if (stride.every((step) => step === 1)) return input;
  const [images = 0, channels = 0, ...sizes] = input.shape;
  const apart = runOp(reshape, {
    self: input,
    shape: [images, channels, ...sizes.flatMap((size) => [size, 1])],
  });
  const filled = runOp(constantPad, {
    self: apart,
    pad: stride.toReversed().flatMap((step) => [0, step - 1, 0, 0]),
  });
  return runOp(reshape, {
    self: filled,
    shape: [images, channels, ...sizes.map((size, axis) => size * at(stride, axis))],
  });
}

/** The weights of the convolution that does the same: turned around, with input and output channels exchanged. */
function turnedWeight(weight: TensorBase, groups: number): TensorBase {
  const [inChannels = 0, perGroup = 0, ...window] = weight.shape;
  const axes = window.map((_, axis) => axis + 2);
  const turned = runOp(flip, { self: weight, dims: axes });
  const grouped = runOp(reshape, {
    self: turned,
    shape: [groups, inChannels / groups, perGroup, ...window],
  });
  const exchanged = runOp(permute, {
    self: grouped,
    dims: [0, 2, 1, ...axes.map((axis) => axis + 1)],
  });
  return runOp(reshape, {
    self: exchanged,
    shape: [groups * perGroup, inChannels / groups, ...window],
  });
}

/**
 * A convolution with steps of 1 over the input with zeros between its elements and around it. What is cut off at the
 * edges is a negative amount of zeros.
 */
function convolveTransposed(
  tensors: ConvolutionTensors,
  options: Options,
  name: string,
): TensorBase {
  const dimensions = dimensionsOf(name);
  const { input, weight, bias, isBatched } = batched(tensors, name, dimensions);
  const geometry = geometryOf(options, dimensions);
  checkTransposed({ input, weight, bias }, geometry);
  const sizes = outputSizes(input, weight, geometry);
  const { stride, padding, dilation, groups } = geometry;
  const spread = spreadOut(input, stride);
  const pad = sizes.flatMap((size, axis) => {
    const window = at(dilation, axis) * (at(weight.shape, axis + 2) - 1);
    const before = window - at(padding, axis);
    return [before, size + window - at(spread.shape, axis + 2) - before];
  });
  const padded = runOp(constantPad, { self: spread, pad: lastFirst(pad) });
  const result = runOp(validConvolution, {
    input: padded,
    weight: turnedWeight(weight, groups),
    bias,
    stride: stride.map(() => 1),
    dilation,
    groups,
  });
  return isBatched ? result : runOp(reshape, { self: result, shape: result.shape.slice(1) });
}

/** Pairs in the order that `pad` takes them. */
function lastFirst(pairs: readonly number[]): readonly number[] {
  return Array.from({ length: pairs.length / 2 }, (_, axis) => axis)
    .toReversed()
    .flatMap((axis) => pairs.slice(2 * axis, 2 * axis + 2));
}

function dimensionsOf(name: string): number {
  return Number(name.at(-2));
}

function naiveTransposed(tensors: ConvolutionTensors, options: Options, name: string): NaiveArray {
  const dimensions = dimensionsOf(name);
  const { input, weight, bias, isBatched } = batched(tensors, name, dimensions);
  const geometry = geometryOf(options, dimensions);
  const { stride, padding, dilation, groups } = geometry;
  const [source, factors] = [naive(input), naive(weight)];
  const added = bias === null ? null : naive(bias);
  const [inChannels = 0, perGroup = 0, ...window] = weight.shape;
  const sizes = outputSizes(input, weight, geometry);
  const shape = [at(input.shape, 0), perGroup * groups, ...sizes];
  const { values } = naiveFill(shape, ([image = 0, out = 0, ...place]) => {
    const group = Math.floor(out / perGroup);
    let sum = added === null ? 0 : at(added.values, out);
    for (const [channel = 0, ...offset] of coordinatesOf([inChannels / groups, ...window])) {
      const from = place.map(
        (index, axis) =>
          (index + at(padding, axis) - at(offset, axis) * at(dilation, axis)) / at(stride, axis),
      );
      const own = group * (inChannels / groups) + channel;
      const isInside = from.every(
        (index, axis) => Number.isInteger(index) && index >= 0 && index < at(input.shape, axis + 2),
      );
      if (isInside)
        sum +=
          elementAt(source, [image, own, ...from]) *
          elementAt(factors, [own, out - group * perGroup, ...offset]);
    }
    return sum;
  });
  return { shape: isBatched ? shape : shape.slice(1), values };
}

type Samples = (make: SampleMaker) => Iterable<ArgsInput<typeof schema>>;

function transposedOp(
  name: "conv_transpose1d" | "conv_transpose2d" | "conv_transpose3d",
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
        "Shape: input (N, C, …) or (C, …), weight (C, out / groups, …), bias (out). `padding` is cut off each side, `output_padding` added to the end.",
      example: facts.example,
    },
    wide: true,
    decomposition: ({ input, weight, bias, ...options }) =>
      convolveTransposed({ input, weight, bias }, options, name),
    reference: ({ input, weight, bias, ...options }) =>
      naiveTransposed({ input, weight, bias }, options, name),
    derivative: "pending",
    samples: facts.samples,
  });
}

export const conv_transpose1d = transposedOp("conv_transpose1d", {
  summary: "Adds up a window of weights times each element of the last dimension.",
  example: "torch.nn.functional.conv_transpose1d(torch.ones(1, 1, 4), torch.ones(1, 1, 3))",
  samples: function* (make) {
    const [input, weight] = [make.tensor([2, 4, 5]), make.tensor([4, 3, 3])];
    yield { input, weight };
    yield { input, weight, bias: make.tensor([3]), stride: 2, padding: 1, output_padding: 1 };
    yield { input: make.tensor([4, 5]), weight: make.strided([4, 3, 2]), padding: 2, stride: [3] };
    yield { input, weight: make.tensor([4, 2, 3]), groups: 2, dilation: 2, stride: 2 };
    yield { input: make.tensor([0, 4, 5]), weight };
  },
});

export const conv_transpose2d = transposedOp("conv_transpose2d", {
  summary: "Adds up a window of weights times each element of the last two dimensions.",
  example: "torch.nn.functional.conv_transpose2d(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2))",
  samples: function* (make) {
    const input = make.tensor([2, 4, 3, 5]);
    yield { input, weight: make.tensor([4, 3, 2, 3]), bias: make.tensor([3]), padding: 1 };
    yield {
      input,
      weight: make.tensor([4, 1, 3, 2]),
      groups: 2,
      stride: [2, 3],
      padding: [0, 1],
      output_padding: [1, 2],
    };
    yield { input: make.strided([4, 3, 5]), weight: make.strided([4, 5, 1, 1]), stride: 2 };
    yield { input, weight: make.tensor([4, 2, 3, 3]), dilation: [1, 2], padding: [2, 0] };
  },
});

export const conv_transpose3d = transposedOp("conv_transpose3d", {
  summary: "Adds up a window of weights times each element of the last three dimensions.",
  example:
    "torch.nn.functional.conv_transpose3d(torch.ones(1, 1, 1, 1, 1), torch.ones(1, 1, 2, 2, 2))",
  samples: function* (make) {
    const input = make.tensor([1, 2, 2, 3, 2]);
    yield { input, weight: make.tensor([2, 2, 2, 3, 2]), padding: [1, 1, 0], stride: [2, 1, 2] };
  },
});

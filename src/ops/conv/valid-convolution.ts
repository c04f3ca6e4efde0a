import { at } from "../../core/shape.ts";
import { aliasOf } from "../../core/make-tensor.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import type { Contraction } from "../../loops/computation.ts";
import { add, type Expression } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { naiveConvolution } from "./naive-convolution.ts";

const plusBias = (sum: Expression, bias: Expression): Expression => add(sum, bias);

function spatialSizes(
  input: TensorBase,
  weight: TensorBase,
  stride: readonly number[],
  dilation: readonly number[],
): number[] {
  return stride.map((step, axis) => {
    const window = at(dilation, axis) * (at(weight.shape, axis + 2) - 1) + 1;
    return Math.max(0, Math.floor((at(input.shape, axis + 2) - window) / step) + 1);
  });
}

/** Bias for each channel of the output. */
function perChannel(bias: TensorBase, spatial: number): TensorBase {
  const { strides, offset } = stateOf(bias);
  const ones = Array.from({ length: spatial }, () => 1);
  return aliasOf(bias, {
    shape: [...bias.shape, ...ones],
    strides: [...strides, ...ones],
    offset,
  });
}

/**
 * A convolution without padding. Each element of the output is a sum over channels and window of input times weight: a
 * contraction whose right factor is the input, with strides by which windows overlap. Nothing is unfolded.
 */
export const validConvolution = defineOp({
  name: "convolution.valid",
  api: [],
  args: {
    input: arg.tensor,
    weight: arg.tensor,
    bias: arg.optional(arg.tensor),
    stride: arg.ints,
    dilation: arg.ints,
    groups: arg.int,
  },
  dtypes: floatDTypes,
  doc: { summary: "A convolution of checked arguments, without padding." },
  meta: ({ input, weight, stride, dilation }) => ({
    dtype: input.dtype,
    shape: [
      ...input.shape.slice(0, 1),
      ...weight.shape.slice(0, 1),
      ...spatialSizes(input, weight, stride, dilation),
    ],
  }),
  lowering: ({ input, weight, bias, stride, dilation, groups }): Contraction => {
    const [batchStep = 0, channelStep = 0, ...spaceSteps] = stateOf(input).strides;
    const [outStep = 0, ...windowSteps] = stateOf(weight).strides;
    const [outChannels = 0, groupChannels = 0, ...window] = weight.shape;
    const outPerGroup = outChannels / groups;
    const columns = spatialSizes(input, weight, stride, dilation);
    const none = columns.map(() => 0);
    return {
      kind: "contraction",
      axes: {
        batch: [at(input.shape, 0), groups],
        rows: [outPerGroup],
        columns,
        inner: [groupChannels, ...window],
      },
      left: {
        tensor: weight,
        strides: [0, outPerGroup * outStep, outStep, ...none, ...windowSteps],
      },
      right: {
        tensor: input,
        strides: [
          batchStep,
          groupChannels * channelStep,
          0,
          ...spaceSteps.map((step, axis) => step * at(stride, axis)),
          channelStep,
          ...spaceSteps.map((step, axis) => step * at(dilation, axis)),
        ],
      },
      epilogue:
        bias === null
          ? null
          : {
              body: plusBias,
              operands: [perChannel(bias, columns.length)],
              computeType: input.dtype,
            },
    };
  },
  reference: ({ input, weight, bias, stride, dilation, groups }) =>
    naiveConvolution(
      { input, weight, bias },
      { stride, dilation, groups, padding: stride.map(() => [0, 0] as const) },
    ),
  derivative: "pending",
  samples: function* (make) {
    yield {
      input: make.tensor([2, 3, 7]),
      weight: make.tensor([4, 3, 2]),
      bias: make.tensor([4]),
      stride: [2],
      dilation: [3],
      groups: 1,
    };
    yield {
      input: make.strided([2, 4, 5, 6]),
      weight: make.strided([6, 2, 2, 3]),
      stride: [1, 2],
      dilation: [2, 1],
      groups: 2,
    };
    yield {
      input: make.tensor([1, 2, 3, 4, 5]),
      weight: make.tensor([2, 1, 2, 2, 2]),
      stride: [1, 1, 1],
      dilation: [1, 1, 1],
      groups: 2,
    };
  },
});

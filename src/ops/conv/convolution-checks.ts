/** PyTorch's complaints about the arguments of convolutions. */
import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { at, formatShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { typeNameOf } from "../linalg/matrix-checks.ts";

/** One number for each spatial dimension. */
export interface ConvolutionGeometry {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros added before and after. */
  readonly padding: readonly (readonly [number, number])[];
  readonly groups: number;
}

export interface ConvolutionTensors {
  /** With a batch dimension. */
  readonly input: TensorBase;
  readonly weight: TensorBase;
  readonly bias: TensorBase | null;
}

export function checkConvolution(
  { input, weight, bias }: ConvolutionTensors,
  { stride, dilation, padding, groups }: ConvolutionGeometry,
): void {
  checkNumbers({ input, weight, bias }, { stride, dilation, padding: padding.flat(), groups });
  checkSizes({ input, weight, bias }, groups);
  checkWindow(input, weight, { dilation, padding });
  checkFloat(input);
}

/** The complaints about a transposed convolution, whose weight has the channels of the input first. */
export function checkTransposed(
  { input, weight, bias }: ConvolutionTensors,
  geometry: {
    readonly stride: readonly number[];
    readonly dilation: readonly number[];
    readonly padding: readonly number[];
    readonly outputPadding: readonly number[];
    readonly groups: number;
  },
): void {
  checkNumbers({ input, weight, bias }, geometry);
  const { groups, stride, dilation, outputPadding } = geometry;
  checkDimensions(input, weight);
  const [channels = 0, perGroup = 0] = weight.shape;
  const given = `Given transposed=1, weight of size ${formatShape(weight.shape)}, expected`;
  if (channels % groups !== 0) {
    throw new RuntimeError(
      `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size [${formatShape(weight.shape)}] instead`,
    );
  }
  if (at(input.shape, 1) !== channels) {
    throw new RuntimeError(
      `${given} input${formatShape(input.shape)} to have ${channels} channels, but got ${at(input.shape, 1)} channels instead`,
    );
  }
  if (bias !== null && (bias.ndim !== 1 || at(bias.shape, 0) !== perGroup * groups)) {
    throw new RuntimeError(
      `${given} bias to be 1-dimensional with ${perGroup * groups} elements, but got bias of size ${formatShape(bias.shape)} instead`,
    );
  }
  const isTooLarge = outputPadding.some(
    (count, axis) => count >= at(stride, axis) && count >= at(dilation, axis),
  );
  if (isTooLarge || outputPadding.some((count) => count < 0)) {
    throw new RuntimeError(
      `output padding must be smaller than either stride or dilation, but got output_padding=${formatShape(outputPadding)}, stride=${formatShape(stride)}, dilation=${formatShape(dilation)}`,
    );
  }
  checkFloat(input);
}

function checkNumbers(
  { input, weight, bias }: ConvolutionTensors,
  {
    stride,
    dilation,
    padding,
    groups,
  }: {
    readonly stride: readonly number[];
    readonly dilation: readonly number[];
    readonly padding: readonly number[];
    readonly groups: number;
  },
): void {
  const types = [input, weight, bias].map((tensor) => tensor && typeNameOf(tensor.dtype));
  for (const [place, name] of [
    [1, "weight"],
    [2, "bias"],
  ] as const) {
    const type = types[place];
    if (type !== null && type !== types[0]) {
      throw new RuntimeError(
        `Input type (${types[0]}) and ${name} type (${type}) should be the same`,
      );
    }
  }
  if (groups <= 0) throw new RuntimeError("non-positive groups is not supported");
  if (padding.some((count) => count < 0))
    throw new RuntimeError("negative padding is not supported");
  if (stride.some((step) => step <= 0))
    throw new RuntimeError("non-positive stride is not supported");
  if (dilation.some((step) => step <= 0))
    throw new RuntimeError("dilation should be greater than zero");
}

function checkFloat(input: TensorBase): void {
  if (!input.dtype.is_floating_point) {
    throw new NotImplementedError(
      `"slow_conv2d_cpu" not implemented for '${input.dtype.scalarTypeName}'`,
    );
  }
}

function checkDimensions(input: TensorBase, weight: TensorBase): void {
  if (weight.ndim !== input.ndim) {
    throw new RuntimeError(
      `Expected ${weight.ndim}-dimensional input for ${weight.ndim}-dimensional weight ${formatShape(weight.shape)}, but got ${input.ndim}-dimensional input of size ${formatShape(input.shape)} instead`,
    );
  }
}

function checkSizes({ input, weight, bias }: ConvolutionTensors, groups: number): void {
  checkDimensions(input, weight);
  const given = `Given groups=${groups}, `;
  const [outChannels = 0, groupChannels = 0] = weight.shape;
  const gotWeight = `but got weight of size ${formatShape(weight.shape)} instead`;
  if (outChannels < groups)
    throw new RuntimeError(
      `${given}expected weight to be at least ${groups} at dimension 0, ${gotWeight}`,
    );
  if (outChannels % groups !== 0) {
    throw new RuntimeError(
      `${given}expected weight to be divisible by ${groups} at dimension 0, ${gotWeight}`,
    );
  }
  if (at(input.shape, 1) !== groupChannels * groups) {
    throw new RuntimeError(
      `${given}weight of size ${formatShape(weight.shape)}, expected input${formatShape(input.shape)} to have ${groupChannels * groups} channels, but got ${at(input.shape, 1)} channels instead`,
    );
  }
  if (bias !== null && (bias.ndim !== 1 || at(bias.shape, 0) !== outChannels)) {
    throw new RuntimeError(
      `Given weight of size ${formatShape(weight.shape)}, expected bias to be 1-dimensional with ${outChannels} elements, but got bias of size ${formatShape(bias.shape)} instead`,
    );
  }
}

/** The window must fit the padded input, unless there is nothing to compute. */
function checkWindow(
  input: TensorBase,
  weight: TensorBase,
  { dilation, padding }: Pick<ConvolutionGeometry, "dilation" | "padding">,
): void {
  const padded = padding.map(([before, after], axis) => at(input.shape, axis + 2) + before + after);
  const window = dilation.map((step, axis) => step * (at(weight.shape, axis + 2) - 1) + 1);
  if (window.every((size, axis) => size <= at(padded, axis))) return;
  throw new RuntimeError(
    `Calculated padded input size per channel: (${padded.join(" x ")}). Kernel size: (${window.join(" x ")}). Kernel size can't be greater than actual input size`,
  );
}

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
  if (padding.flat().some((count) => count < 0))
    throw new RuntimeError("negative padding is not supported");
  if (stride.some((step) => step <= 0))
    throw new RuntimeError("non-positive stride is not supported");
  if (dilation.some((step) => step <= 0))
    throw new RuntimeError("dilation should be greater than zero");
  checkSizes({ input, weight, bias }, groups);
  checkWindow(input, weight, { dilation, padding });
  if (!input.dtype.is_floating_point) {
    throw new NotImplementedError(
      `"slow_conv2d_cpu" not implemented for '${input.dtype.scalarTypeName}'`,
    );
  }
}

function checkSizes({ input, weight, bias }: ConvolutionTensors, groups: number): void {
  if (weight.ndim !== input.ndim) {
    throw new RuntimeError(
      `Expected ${weight.ndim}-dimensional input for ${weight.ndim}-dimensional weight ${formatShape(weight.shape)}, but got ${input.ndim}-dimensional input of size ${formatShape(input.shape)} instead`,
    );
  }
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

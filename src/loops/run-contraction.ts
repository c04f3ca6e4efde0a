/** Turns a contraction into a kernel (cached) and a launch. */
import { dtypes } from "../core/dtype.ts";
import { InternalError } from "../base/errors.ts";
import { convertScalar, isScalar } from "../core/scalar.ts";
import { at, broadcastStrides, type Shape } from "../core/shape.ts";
import { stateOf, type TensorBase } from "../core/tensor.ts";
import type { LaunchOperand } from "./backend.ts";
import type { Contraction } from "./computation.ts";
import { asElement, cast, load, type Expression, type ValueType } from "./expression.ts";
import type { ContractionKernel, ContractionLaunch } from "./template.ts";

let kernels = new WeakMap<object, Map<string, ContractionKernel>>();

/** What contractions without an epilogue are cached by. */
const noEpilogue = {};

export function resetContractions(): void {
  kernels = new WeakMap();
}

/** The launch that computes `output`, whose shape is the output axes with neighbours merged. */
export function launchContraction(contraction: Contraction, output: TensorBase): ContractionLaunch {
  const { axes, left, right, epilogue } = contraction;
  const outer = [...axes.batch, ...axes.rows, ...axes.columns];
  const padding = axes.inner.map(() => 0);
  const tensors: TensorBase[] = [];
  const scalars: (number | bigint)[] = [];
  let key = [output, left.tensor, right.tensor].map((tensor) => tensor.dtype.name).join();
  for (const operand of epilogue?.operands ?? []) {
    const type = epilogue?.computeType.computeName ?? output.dtype.name;
    if (isScalar(operand)) {
      key += `|${type}`;
      scalars.push(convertScalar(operand, dtypes[type]));
    } else {
      key += `|${operand.dtype.name}>${type}`;
      tensors.push(operand);
    }
  }
  const place = (tensor: TensorBase): LaunchOperand => {
    const { shape, strides } = stateOf(tensor);
    const own = broadcastStrides(shape, strides, output.shape);
    return { tensor, strides: [...splitStrides(output.shape, own, outer), ...padding] };
  };
  return {
    kernel: kernelOf(contraction, output, key),
    axes,
    operands: [place(output), left, right, ...tensors.map(place)],
    scalars,
  };
}

function kernelOf(
  { left, right, epilogue }: Contraction,
  output: TensorBase,
  key: string,
): ContractionKernel {
  const identity = epilogue?.body ?? noEpilogue;
  let variants = kernels.get(identity);
  if (variants === undefined) kernels.set(identity, (variants = new Map()));
  let kernel = variants.get(key);
  if (kernel !== undefined) return kernel;
  const type = left.tensor.dtype.computeName;
  const operands = [output, left.tensor, right.tensor].map(({ dtype }) => dtype.name);
  const scalars: ValueType[] = [];
  const sum: Expression = { kind: "state", type, state: 0 };
  const inputs = (epilogue?.operands ?? []).map((operand): Expression => {
    const computeType = epilogue?.computeType.computeName ?? type;
    if (isScalar(operand))
      return { kind: "scalar", type: computeType, slot: scalars.push(computeType) - 1 };
    const own = operand.dtype.name;
    return cast(load(operands.push(own) - 1, own), computeType);
  });
  const value = epilogue === null ? sum : epilogue.body(sum, ...inputs);
  const name = epilogue === null ? "contraction" : `contraction_${epilogue.body.name}`;
  kernel = Object.freeze({
    kind: "contraction",
    name,
    operands,
    scalars,
    value: asElement(value, output.dtype.name),
  });
  variants.set(key, kernel);
  return kernel;
}

/** Strides of a tensor when its dimensions are taken apart into `axes`, which lie in the same order. */
function splitStrides(shape: Shape, strides: Shape, axes: Shape): number[] {
  const split = axes.map(() => 0);
  let axis = axes.length - 1;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    let stride = at(strides, dim);
    let rest = at(shape, dim);
    // Axes of size 1 may stand anywhere: their strides are never used.
    while (axis >= 0 && rest !== 1) {
      const size = at(axes, axis);
      if (size !== 0 && rest % size !== 0)
        throw new InternalError(`axes [${axes.join()}] do not make up the shape [${shape.join()}]`);
      split[axis] = stride;
      stride *= size;
      rest = size === 0 ? 1 : rest / size;
      axis -= 1;
    }
  }
  return split;
}

/** The samples of a record in other sizes and layouts. */
import type { DType } from "../../src/core/dtype.ts";
import { copyStored } from "../../src/core/elements.ts";
import { constructTensor } from "../../src/core/make-tensor.ts";
import { contiguousStrides, numelOf, type Shape } from "../../src/core/shape.ts";
import { allocateArray, Storage } from "../../src/core/storage.ts";
import { isTensor, type TensorBase } from "../../src/core/tensor.ts";
import type { AnyArgs, OpRecord } from "../../src/ops/op-record.ts";
import { sampleMaker, type SampleMaker } from "../../src/ops/sample-maker.ts";

/** Every size but 0 and 1 is multiplied by this: what broadcasts or is contracted still fits. */
export type Enlargement = number;

/** No tensor of a sample gets more elements than this by being enlarged. */
const mostElements = 60_000;

function enlargedMaker(dtype: DType, factor: Enlargement): SampleMaker {
  const plain = sampleMaker(dtype);
  const enlarge = (shape: Shape): Shape => {
    const larger = shape.map((size) => (size > 1 ? size * factor : size));
    if (numelOf(larger) > mostElements) throw new TooLarge();
    return larger;
  };
  return {
    ...plain,
    tensor: (shape, options) => plain.tensor(enlarge(shape), options),
    strided: (shape, options) => plain.strided(enlarge(shape), options),
  };
}

class TooLarge extends Error {}

/** The arguments of each sample, or null where the sample cannot be made that large. */
export function samplesOf(op: OpRecord, dtype: DType, factor: Enlargement): AnyArgs[] | null {
  const maker = factor === 1 ? sampleMaker(dtype) : enlargedMaker(dtype, factor);
  try {
    return [...op.samples(maker)].map((args) => ({ ...op.defaults, ...args }));
  } catch (error) {
    // Some samples compute with the tensors they made, which only works in their own sizes.
    if (factor === 1) throw error;
    return null;
  }
}

/** Strides, in elements, and the first element's place. */
type LayoutOf = (shape: Shape) => { readonly strides: readonly number[]; readonly offset: number };

/** Ways to lay out the same elements; null leaves a sample as it was made. */
export const layouts = {
  "as made": null,
  "one element in": (shape) => ({ strides: contiguousStrides(shape), offset: 1 }),
  transposed: (shape) => ({
    strides: contiguousStrides([...shape].reverse()).toReversed(),
    offset: 0,
  }),
  "with gaps": (shape) => ({
    strides: contiguousStrides(shape).map((stride) => stride * 3),
    offset: 2,
  }),
} as const satisfies Readonly<Record<string, LayoutOf | null>>;

export type LayoutName = keyof typeof layouts;

/** The arguments with every tensor laid out anew. */
export function laidOut(args: AnyArgs, name: LayoutName): AnyArgs {
  const layout = layouts[name];
  if (layout === null) return args;
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    return isTensor(value) ? relaid(value, layout) : value;
  };
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, convert(value)]));
}

function relaid(tensor: TensorBase, layout: LayoutOf): TensorBase {
  const { shape, dtype } = tensor;
  const { strides, offset } = layout(shape);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
  const array = allocateArray(dtype, tensor.numel() === 0 ? offset : last + 1);
  copyStored(tensor).forEach((value: number | bigint, index: number) => {
    let rest = index;
    let place = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      place += (rest % size) * (strides[axis] ?? 0);
      rest = Math.floor(rest / size);
    }
    array[place] = value;
  });
  return constructTensor(Storage.adopt(dtype, array), dtype, { shape, strides, offset }, null);
}

/** Deterministic inputs for samples, in the dtype under test. */
import type { DType } from "../core/dtype.ts";
import { aliasOf, emptyTensor } from "../core/make-tensor.ts";
import { at, contiguousStrides, numelOf, type Shape } from "../core/shape.ts";
import { writeElements } from "../core/elements.ts";
import type { TensorBase } from "../core/tensor.ts";

export interface SampleOptions {
  /** Values lie in [low, high]; integers within it. Defaults: -4 and 4, and 0 for unsigned dtypes. */
  readonly low?: number;
  readonly high?: number;
  /** Another dtype than the one under test. */
  readonly dtype?: DType;
}

export interface SampleMaker {
  /** The dtype under test. */
  readonly dtype: DType;
  /** A contiguous tensor of pseudo-random values. */
  tensor(shape: Shape, options?: SampleOptions): TensorBase;
  /** The same with its dimensions laid out in reverse order and gaps between elements. */
  strided(shape: Shape, options?: SampleOptions): TensorBase;
  /** A tensor of given values, row-major, converted to the dtype. */
  of(shape: Shape, values: readonly number[], dtype?: DType): TensorBase;
}

export function sampleMaker(dtype: DType): SampleMaker {
  let state = 12345;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const fill = (tensor: TensorBase, options: SampleOptions): TensorBase => {
    const type = options.dtype ?? dtype;
    const high = options.high ?? 4;
    const low = options.low ?? (type.is_signed ? -4 : 0);
    writeElements(tensor, (array) => {
      for (let i = 0; i < array.length; i++) {
        const value = low + next() * (high - low);
        const whole = Math.min(Math.floor(low + next() * (high - low + 1)), high);
        array[i] = convert(type, type.is_floating_point ? value : whole);
      }
    });
    return tensor;
  };
  return {
    dtype,
    tensor: (shape, options = {}) =>
      fill(emptyTensor(shape, options.dtype ?? dtype, null, { fake: false }), options),
    strided: (shape, options = {}) => {
      const reversed = [...shape].reverse();
      const base = fill(
        emptyTensor([...reversed, 2], options.dtype ?? dtype, null, { fake: false }),
        options,
      );
      const strides = contiguousStrides([...reversed, 2]);
      return aliasOf(base, {
        shape,
        strides: shape.map((_, axis) => at(strides, shape.length - 1 - axis)),
        offset: numelOf(shape) > 0 ? 1 : 0,
      });
    },
    of: (shape, values, type = dtype) => {
      const tensor = emptyTensor(shape, type, null, { fake: false });
      writeElements(tensor, (array) =>
        values.forEach((value, index) => {
          array[index] = convert(type, value);
        }),
      );
      return tensor;
    },
  };
}

function convert(dtype: DType, value: number): number | bigint {
  if (dtype.name === "int64") return BigInt(Math.trunc(value));
  return dtype.name === "bool" ? Number(Math.trunc(value) % 2 !== 0) : value;
}

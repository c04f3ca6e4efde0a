/** Contractions to run by the template and by plain loops. */
import { type DType, float32 } from "../../src/core/dtype.ts";
import { copyElements } from "../../src/core/elements.ts";
import { adoptArray, aliasOf } from "../../src/core/make-tensor.ts";
import { numelOf, type Shape } from "../../src/core/shape.ts";
import { allocateArray } from "../../src/core/storage.ts";
import { stateOf, type TensorBase } from "../../src/core/tensor.ts";
import type { Epilogue } from "../../src/loops/computation.ts";
import { javascriptBackend } from "../../src/loops/javascript/javascript-backend.ts";
import { launchContraction } from "../../src/loops/run-contraction.ts";
import { multiplyInWebAssembly } from "../../src/loops/templates/contraction/multiply-in-webassembly.ts";
import { plainContraction } from "../../src/loops/templates/contraction/plain-contraction.ts";
import { matrixProduct } from "../../src/ops/linalg/matrix-product.ts";

let seed = 1;

function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 31 - 1;
}

function newTensor(length: number, dtype: DType): TensorBase {
  return adoptArray(allocateArray(dtype, length), [length], dtype);
}

/** How the dimensions of a tensor lie in memory. */
export type Layout = "contiguous" | "transposed" | "spread" | "repeated";

export const layouts: readonly Layout[] = ["contiguous", "transposed", "spread", "repeated"];

/** Random elements in [-1, 1), with the last two dimensions in the given layout. */
export function randomTensor(
  shape: Shape,
  dtype: DType = float32,
  layout: Layout = "contiguous",
): TensorBase {
  const outer = shape.slice(0, -2);
  const [rows = 1, columns = 1] = shape.length === 1 ? [1, shape[0]] : shape.slice(-2);
  const gaps = layout === "spread" ? 3 : 1;
  const matrix = rows * columns * gaps;
  const base = newTensor(Math.max(1, numelOf(outer) * matrix), dtype);
  const { array } = stateOf(base).storage;
  for (let index = 0; index < array.length; index++) array[index] = random();
  const inner = {
    contiguous: [columns, 1],
    transposed: [1, rows],
    spread: [columns * gaps, gaps],
    repeated: [0, 1],
  }[layout];
  const strides = [...outer.map((_, axis) => matrix * numelOf(outer.slice(axis + 1))), ...inner];
  return aliasOf(base, {
    shape,
    strides: shape.length === 1 ? strides.slice(-1) : strides,
    offset: 0,
  });
}

export interface Case {
  readonly left: TensorBase;
  readonly right: TensorBase;
  readonly epilogue?: Epilogue;
  /** Of the output; contiguous if not given. */
  readonly layout?: Layout;
}

function outputFor({ left, right, layout }: Case): TensorBase {
  const { axes } = matrixProduct(left, right);
  const output = randomTensor([...axes.batch, ...axes.rows, ...axes.columns], left.dtype, layout);
  // Whatever is not written shows.
  const { array } = stateOf(output).storage;
  array.set(allocateArray(left.dtype, array.length).fill(NaN as never) as never); // floats only
  return output;
}

export function byTemplate(given: Case): readonly number[] {
  const output = outputFor(given);
  const contraction = matrixProduct(given.left, given.right, given.epilogue ?? null);
  multiplyInWebAssembly(launchContraction(contraction, output), javascriptBackend.run);
  return Array.from(copyElements(output), Number);
}

function byLoops(given: Case): readonly number[] {
  const output = outputFor(given);
  const contraction = matrixProduct(given.left, given.right, given.epilogue ?? null);
  javascriptBackend.run(plainContraction(launchContraction(contraction, output)));
  return Array.from(copyElements(output), Number);
}

/** The largest difference between the two, in parts of the largest sum of magnitudes there can be. */
export function largestDifference(given: Case): number {
  const expected = byLoops(given);
  const inner = Math.max(1, given.left.shape.at(-1) ?? 1);
  let largest = 0;
  byTemplate(given).forEach((value, index) => {
    const difference = Math.abs(value - (expected[index] ?? NaN)) / Math.sqrt(inner);
    if (!(difference <= largest)) largest = difference;
  });
  return largest;
}

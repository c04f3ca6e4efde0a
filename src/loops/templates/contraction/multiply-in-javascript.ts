import { dtypes } from "../../../core/dtype.ts";
import { adoptArray, emptyTensor } from "../../../core/make-tensor.ts";
import { at, contiguousStrides, numelOf, type Shape } from "../../../core/shape.ts";
import { allocateArray } from "../../../core/storage.ts";
import { stateOf, type TensorBase } from "../../../core/tensor.ts";
import type { Launch, LaunchOperand } from "../../backend.ts";
import { type ContractionLaunch, hasNoEpilogue } from "../../template.ts";
import { type MatrixPlace, multiplyMatrices } from "./matrix-product.ts";
import { type MergedAxes, mergeAxes, type MergedContraction } from "./merge-axes.ts";
import { plainContraction } from "./plain-contraction.ts";

/** Below as many multiplications for each matrix, packing costs more than it saves. */
const smallestPackedProduct = 4096;

/** Runs a contraction with JavaScript loops: large ones packed and tiled, small ones as they stand. */
export function multiplyInJavaScript(
  launch: ContractionLaunch,
  run: (launch: Launch) => void,
): void {
  const merged = mergeAxes(launch);
  const { rows, columns, inner } = merged;
  const isMatrix = [rows, columns, inner].every(({ sizes }) => sizes.length <= 1);
  const multiplications = numelOf([...rows.sizes, ...columns.sizes, ...inner.sizes]);
  if (!isMatrix || multiplications < smallestPackedProduct) run(plainContraction(launch));
  else if (hasNoEpilogue(launch.kernel)) multiplyBatch(launch.operands, merged);
  else multiplyThenFinish(launch, run);
}

function multiplyBatch(operands: readonly LaunchOperand[], merged: MergedContraction): void {
  const { batch, rows, columns, inner } = merged;
  const size = (axes: MergedAxes): number => axes.sizes[0] ?? 1;
  const sizes = { rows: size(rows), inner: size(inner), columns: size(columns) };
  const place = (
    operand: 0 | 1 | 2,
    row: MergedAxes,
    column: MergedAxes,
    position: readonly number[],
  ): MatrixPlace => {
    const { storage, offset } = stateOf(at(operands, operand).tensor);
    const steps = batch.steps[operand];
    return {
      array: storage.array,
      offset: position.reduce((sum, index, axis) => sum + index * at(steps, axis), offset),
      rowStride: row.steps[operand][0] ?? 0,
      columnStride: column.steps[operand][0] ?? 0,
    };
  };
  forEachPoint(batch.sizes, (position) => {
    multiplyMatrices(
      place(0, rows, columns, position),
      place(1, rows, inner, position),
      place(2, inner, columns, position),
      sizes,
    );
  });
}

function forEachPoint(sizes: Shape, visit: (position: readonly number[]) => void): void {
  const position = sizes.map(() => 0);
  const walk = (axis: number): void => {
    if (axis === sizes.length) return visit(position);
    for (let index = 0; index < at(sizes, axis); index++) {
      position[axis] = index;
      walk(axis + 1);
    }
  };
  walk(0);
}

/** The products first; the epilogue then as a contraction of each sum with a single 1. */
function multiplyThenFinish(launch: ContractionLaunch, run: (launch: Launch) => void): void {
  const { kernel, axes, operands } = launch;
  const type = dtypes[at(kernel.operands, 1)];
  const outer = [...axes.batch, ...axes.rows, ...axes.columns];
  const sums = emptyTensor(outer, type, null, false);
  const steps = contiguousStrides(outer);
  const product: ContractionLaunch = {
    ...launch,
    operands: [
      { tensor: sums, strides: [...steps, ...axes.inner.map(() => 0)] },
      ...operands.slice(1, 3),
    ],
  };
  multiplyBatch(product.operands, mergeAxes(product));
  run(plainContraction(finishContraction(launch, sums)));
  sums.dispose();
}

/** The epilogue of `launch` alone, as a contraction of finished sums (contiguous over the output axes) with a single 1. */
function finishContraction(launch: ContractionLaunch, sums: TensorBase): ContractionLaunch {
  const { axes, operands } = launch;
  const outer = [...axes.batch, ...axes.rows, ...axes.columns];
  const one = adoptArray(allocateArray(sums.dtype, 1), [1], sums.dtype);
  stateOf(one).storage.array[0] = sums.dtype.name === "int64" ? 1n : 1;
  const factors: readonly LaunchOperand[] = [
    { tensor: sums, strides: contiguousStrides(outer) },
    { tensor: one, strides: outer.map(() => 0) },
  ];
  const rest = ({ tensor, strides }: LaunchOperand): LaunchOperand => ({
    tensor,
    strides: strides.slice(0, outer.length),
  });
  return {
    ...launch,
    axes: { ...axes, inner: [] },
    operands: [...operands.slice(0, 1).map(rest), ...factors, ...operands.slice(3).map(rest)],
  };
}

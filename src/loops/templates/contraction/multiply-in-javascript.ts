import { at, numelOf, type Shape } from "../../../core/shape.ts";
import { valuesOf } from "../../../core/storage.ts";
import { stateOf } from "../../../core/tensor.ts";
import type { Launch, LaunchOperand } from "../../backend.ts";
import { type ContractionLaunch, hasWordFactors } from "../../template.ts";
import { multiplyThenFinish } from "./finish-contraction.ts";
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
  if (hasWordFactors(launch.kernel) || !isMatrix || multiplications < smallestPackedProduct)
    run(plainContraction(launch));
  else multiplyThenFinish(launch, (sums) => multiplyBatch(sums.operands, mergeAxes(sums)), run);
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
      array: valuesOf(storage.array),
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

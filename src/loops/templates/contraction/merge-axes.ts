import { at, type Shape } from "../../../core/shape.ts";
import type { ContractionGeometry } from "../../template.ts";

/** Axes that are walked together, and the step of operands 0 (output), 1 (left) and 2 (right) along each. */
export interface MergedAxes {
  readonly sizes: readonly number[];
  readonly steps: readonly [readonly number[], readonly number[], readonly number[]];
}

export interface MergedContraction {
  readonly batch: MergedAxes;
  readonly rows: MergedAxes;
  readonly columns: MergedAxes;
  readonly inner: MergedAxes;
}

/** The axes of a contraction, without those of size 1, and with neighbours as one where all three operands allow it. */
export function mergeAxes({ axes, operands }: ContractionGeometry): MergedContraction {
  let start = 0;
  const merge = (sizes: Shape): MergedAxes => {
    const first = start;
    start += sizes.length;
    return mergeGroup(sizes, (operand, axis) => at(at(operands, operand).strides, first + axis));
  };
  const batch = merge(axes.batch);
  const rows = merge(axes.rows);
  const columns = merge(axes.columns);
  return { batch, rows, columns, inner: merge(axes.inner) };
}

function mergeGroup(sizes: Shape, step: (operand: number, axis: number) => number): MergedAxes {
  const merged: number[] = [];
  const steps: [number[], number[], number[]] = [[], [], []];
  sizes.forEach((size, axis) => {
    if (size === 1) return;
    const last = merged.length - 1;
    if (last >= 0 && steps.every((own, operand) => own[last] === step(operand, axis) * size)) {
      merged[last] = at(merged, last) * size;
      steps.forEach((own, operand) => (own[last] = step(operand, axis)));
    } else {
      merged.push(size);
      steps.forEach((own, operand) => own.push(step(operand, axis)));
    }
  });
  return { sizes: merged, steps };
}

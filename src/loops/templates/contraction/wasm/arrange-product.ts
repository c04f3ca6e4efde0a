import type { MergedAxes, MergedContraction } from "../merge-axes.ts";
import { isConsecutive } from "./offset-tables.ts";

/** Which operand plays the left factor and which the right one. */
export interface ArrangedProduct extends MergedContraction {
  readonly left: 1 | 2;
  readonly right: 1 | 2;
}

/**
 * The same products in the form that suits the kernels: columns of the output side by side, if rows or columns are; and
 * batch axes along which the right factor is repeated as more rows of the left one.
 */
export function arrangeProduct(merged: MergedContraction): ArrangedProduct {
  const { batch, rows, columns, inner } = merged;
  const isTurned = !isConsecutive(columns, 0) && isConsecutive(rows, 0);
  const left = isTurned ? 2 : 1;
  const right = isTurned ? 1 : 2;
  const own = isTurned ? columns : rows;
  const other = isTurned ? rows : columns;
  const isShared = (axis: number): boolean => batch.steps[right][axis] === 0;
  return {
    batch: keepAxes(batch, (axis) => !isShared(axis)),
    rows: joinAxes(keepAxes(batch, isShared), own),
    columns: other,
    inner,
    left,
    right,
  };
}

function keepAxes({ sizes, steps }: MergedAxes, keep: (axis: number) => boolean): MergedAxes {
  const kept = (values: readonly number[]): number[] => values.filter((_, axis) => keep(axis));
  return { sizes: kept(sizes), steps: [kept(steps[0]), kept(steps[1]), kept(steps[2])] };
}

export function joinAxes(outer: MergedAxes, inner: MergedAxes): MergedAxes {
  if (outer.sizes.length === 0) return inner;
  return {
    sizes: [...outer.sizes, ...inner.sizes],
    steps: [
      [...outer.steps[0], ...inner.steps[0]],
      [...outer.steps[1], ...inner.steps[1]],
      [...outer.steps[2], ...inner.steps[2]],
    ],
  };
}

/** The transposed product: the factors change places, and rows and columns. */
export function turned(product: ArrangedProduct): ArrangedProduct {
  const { rows, columns, left, right } = product;
  return { ...product, rows: columns, columns: rows, left: right, right: left };
}

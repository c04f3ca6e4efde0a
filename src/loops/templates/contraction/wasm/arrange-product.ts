import { at, numelOf, type Shape } from "../../../../core/shape.ts";
import { mapSteps, type MergedAxes, type MergedContraction } from "../merge-axes.ts";
import { isConsecutive } from "./offset-tables.ts";

/** Which operand plays the left factor and which the right one. */
export interface ArrangedProduct extends MergedContraction {
  readonly left: 1 | 2;
  readonly right: 1 | 2;
}

/** Elements of a packed right factor that the second-level cache keeps beside what else is in use. */
const mostCached = 2 ** 17;
/** How much smaller the right factor must become for the factors to change places. */
const worthTurning = 2;
/** Fewer columns leave too many of the vectors of a tile unused. */
const fewestColumns = 16;

/**
 * The same products in the form that suits the kernels: with batch axes along which the right factor is repeated as more
 * rows of the left one, and the factors in the order in which they are packed best. The right factor is packed as a
 * whole, the left one block by block in the cache: what is large, as the windows of a convolution are, stands left. Of
 * factors about as large, that one stands right whose elements of the output lie side by side.
 */
export function arrangeProduct(merged: MergedContraction): ArrangedProduct {
  const given = withLeft(merged, 1);
  const other = withLeft(merged, 2);
  const [rightSize, otherSize] = [packedRight(given), packedRight(other)];
  const isWorth = (size: number, otherSize: number, { columns }: ArrangedProduct): boolean =>
    size > mostCached &&
    size >= worthTurning * otherSize &&
    numelOf(columns.sizes) >= fewestColumns;
  if (isWorth(rightSize, otherSize, other)) return other;
  if (isWorth(otherSize, rightSize, given)) return given;
  return !isConsecutive(merged.columns, 0) && isConsecutive(merged.rows, 0) ? other : given;
}

/** The same with an operand as the right factor. */
export function arrangeWithRight(merged: MergedContraction, right: 1 | 2): ArrangedProduct {
  return withLeft(merged, right === 1 ? 2 : 1);
}

/** Elements that are packed of the right factor, for all products together. */
function packedRight({ batch, columns, inner }: ArrangedProduct): number {
  return numelOf(batch.sizes) * numelOf(columns.sizes) * numelOf(inner.sizes);
}

function withLeft(
  { batch, rows, columns, inner }: MergedContraction,
  left: 1 | 2,
): ArrangedProduct {
  const right = left === 1 ? 2 : 1;
  const own = left === 1 ? rows : columns;
  const isShared = (axis: number): boolean => batch.steps[right][axis] === 0;
  return {
    batch: keepAxes(batch, (axis) => !isShared(axis)),
    rows: joinAxes(keepAxes(batch, isShared), own),
    columns: left === 1 ? columns : rows,
    inner,
    left,
    right,
  };
}

function keepAxes({ sizes, steps }: MergedAxes, keep: (axis: number) => boolean): MergedAxes {
  const kept = (values: Shape): Shape => values.filter((_, axis) => keep(axis));
  return { sizes: kept(sizes), steps: mapSteps(steps, kept) };
}

function joinAxes(outer: MergedAxes, inner: MergedAxes): MergedAxes {
  if (outer.sizes.length === 0) return inner;
  return {
    sizes: [...outer.sizes, ...inner.sizes],
    steps: mapSteps(outer.steps, (own, operand) => [...own, ...at(inner.steps, operand)]),
  };
}

/** The transposed product: the factors change places, and rows and columns. */
export function turned(product: ArrangedProduct): ArrangedProduct {
  const { rows, columns, left, right } = product;
  return { ...product, rows: columns, columns: rows, left: right, right: left };
}

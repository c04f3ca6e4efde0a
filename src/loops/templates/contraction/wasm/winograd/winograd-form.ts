/** Which contractions are convolutions that Winograd's algorithm takes. */
import { at, type Shape } from "../../../../../core/shape.ts";
import type { ContractionGeometry } from "../../../../template.ts";

/** A convolution of one group with windows of 3 × 3 and steps of 1. Steps are in elements. */
export interface WinogradForm {
  readonly images: number;
  readonly filters: number;
  readonly channels: number;
  readonly heightOut: number;
  readonly widthOut: number;
  readonly weight: {
    readonly filter: number;
    readonly channel: number;
    readonly row: number;
    readonly column: number;
  };
  /** Columns of an image lie side by side, in the input and in the output. */
  readonly input: { readonly image: number; readonly channel: number; readonly row: number };
  readonly output: { readonly image: number; readonly filter: number; readonly row: number };
}

/** The sizes and the steps of the three operands along one axis. */
interface Axis {
  readonly size: number;
  readonly steps: readonly [number, number, number];
}

/**
 * The convolution that a contraction is, or null: the window slides over two axes of the right factor where a step along
 * a column axis is one along an inner axis. Nothing else is asked of the tensors, so whoever wrote it gets it.
 */
export function asWinograd(geometry: ContractionGeometry): WinogradForm | null {
  const [batch, rows, columns, inner] = axesOf(geometry);
  const [vertical, horizontal, moreColumns] = columns;
  const [channel, windowRow, windowColumn, moreInner] = inner;
  if (vertical === undefined || horizontal === undefined || moreColumns !== undefined) return null;
  if (channel === undefined || windowRow === undefined || windowColumn === undefined) return null;
  if (moreInner !== undefined || windowRow.size !== 3 || windowColumn.size !== 3) return null;
  const slides =
    vertical.steps[2] === windowRow.steps[2] &&
    horizontal.steps[2] === 1 &&
    windowColumn.steps[2] === 1 &&
    horizontal.steps[0] === 1;
  const [filter = none, moreRows] = rows.filter(({ size }) => size > 1);
  const [image = none, moreImages] = batch.filter(({ size }) => size > 1);
  if (!slides || moreRows !== undefined || moreImages !== undefined || image.steps[1] !== 0)
    return null;
  const form: WinogradForm = {
    images: image.size,
    filters: filter.size,
    channels: channel.size,
    heightOut: vertical.size,
    widthOut: horizontal.size,
    weight: {
      filter: filter.steps[1],
      channel: channel.steps[1],
      row: windowRow.steps[1],
      column: windowColumn.steps[1],
    },
    input: { image: image.steps[2], channel: channel.steps[2], row: vertical.steps[2] },
    output: { image: image.steps[0], filter: filter.steps[0], row: vertical.steps[0] },
  };
  return isWorth(form) ? form : null;
}

const none: Axis = { size: 1, steps: [0, 0, 0] };

/** Of batch, rows, columns and inner axes. */
function axesOf({
  axes,
  operands,
}: ContractionGeometry): readonly [Axis[], Axis[], Axis[], Axis[]] {
  let start = 0;
  const group = (sizes: Shape): Axis[] => {
    const first = start;
    start += sizes.length;
    return sizes.map((size, axis) => {
      const step = (operand: number): number => at(at(operands, operand).strides, first + axis);
      return { size, steps: [step(0), step(1), step(2)] };
    });
  };
  const batch = group(axes.batch);
  const rows = group(axes.rows);
  const columns = group(axes.columns);
  return [batch, rows, columns, group(axes.inner)];
}

/** Tiles from which transforming the weights pays. */
const fewestTiles = 16;

/**
 * Cycles for a tile, measured roughly: the products take 18 for each pair of filter and channel directly and 4.5 by the
 * algorithm, which transforms the tile in 45 for each channel and 40 for each filter.
 */
function isWorth({ images, filters, channels, heightOut, widthOut }: WinogradForm): boolean {
  if (widthOut < 4) return false;
  const [rows, columns] = [Math.ceil(heightOut / 4), Math.ceil(widthOut / 16) * 4];
  if (images * rows * columns < fewestTiles) return false;
  // Of tiles that reach over the edge only a part is used.
  const used = (heightOut * widthOut) / (rows * columns * 16);
  const direct = 18 * filters * channels * used;
  return direct > 1.2 * (4.5 * filters * channels + 45 * channels + 40 * filters);
}

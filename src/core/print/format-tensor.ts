import { type DTypeName, dtypes } from "../dtype.ts";
import {
  type ElementFormatter,
  floatFormatter,
  integerFormatter,
  type PrintedElement,
} from "./element-formatter.ts";
import type { PrintOptions } from "./print-options.ts";

/** Everything that is printed of a tensor. */
export interface PrintedTensor {
  readonly shape: readonly number[];
  readonly dtype: DTypeName;
  /** The element at a row-major position; only elements that appear in the text are asked for. */
  readonly element: (position: number) => PrintedElement;
  readonly defaultDtype: DTypeName;
  readonly requiresGrad: boolean;
  /** Name of the backward function, such as "AddBackward0"; it takes the place of `requires_grad=True`. */
  readonly gradFn: string | null;
}

/** A tensor that has metadata only. */
export type PrintedFakeTensor = Omit<PrintedTensor, "element">;

const prefix = "tensor(";

/** The text of a tensor, equal to PyTorch's `str(tensor)`. */
export function formatTensor(tensor: PrintedTensor, options: PrintOptions): string {
  const { shape, dtype, defaultDtype } = tensor;
  const suffixes: string[] = [];
  const isEmpty = numberOfElements(shape) === 0;
  if (isEmpty) {
    if (shape.length !== 1) suffixes.push(`size=${tuple(shape)}`);
    // There are no elements to tell the dtype by, so even int64 and bool are named.
    if (dtype !== defaultDtype) suffixes.push(`dtype=torch.${dtype}`);
  } else {
    if (options.edgeitems === 0) suffixes.push(`size=${tuple(shape)}`);
    if (![defaultDtype, "int64", "bool"].includes(dtype)) suffixes.push(`dtype=torch.${dtype}`);
  }
  suffixes.push(...gradSuffix(tensor));
  const body = isEmpty ? "[]" : formatElements(tensor, options);
  return addSuffixes(prefix + body, suffixes, options.linewidth);
}

/** The text of a tensor without data: `...` stands for the elements. */
export function formatFakeTensor(tensor: PrintedFakeTensor, options: PrintOptions): string {
  const suffixes = [`size=${tuple(tensor.shape)}`];
  if (tensor.dtype !== tensor.defaultDtype) suffixes.push(`dtype=torch.${tensor.dtype}`);
  suffixes.push(...gradSuffix(tensor));
  return addSuffixes("FakeTensor(...", suffixes, options.linewidth);
}

function gradSuffix({ gradFn, requiresGrad }: PrintedFakeTensor): readonly string[] {
  if (gradFn !== null) return [`grad_fn=<${gradFn}>`];
  return requiresGrad ? ["requires_grad=True"] : [];
}

function addSuffixes(text: string, suffixes: readonly string[], linewidth: number): string {
  let result = text;
  let lastLineLength = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (lastLineLength + suffix.length + 2 > linewidth) {
      const indent = text.indexOf("(") + 1;
      result += `,\n${" ".repeat(indent)}${suffix}`;
      lastLineLength = indent + suffix.length;
    } else {
      result += `, ${suffix}`;
      lastLineLength += suffix.length + 2;
    }
  }
  return `${result})`;
}

function formatElements(tensor: PrintedTensor, options: PrintOptions): string {
  const summarize = numberOfElements(tensor.shape) > options.threshold;
  const edge = summarize ? options.edgeitems : null;
  const printed = printedPositions(tensor.shape, 0, 0, edge).map(tensor.element);
  const isFloat = dtypes[tensor.dtype].is_floating_point;
  const formatter = isFloat ? floatFormatter(printed, options) : integerFormatter(printed);
  return formatBlock({ tensor, options, edge, formatter }, 0, 0, prefix.length);
}

/** What stays the same while the dimensions are walked; `edge` is null when nothing is left out. */
interface Walk {
  readonly tensor: PrintedTensor;
  readonly options: PrintOptions;
  readonly edge: number | null;
  readonly formatter: ElementFormatter;
}

function formatBlock(walk: Walk, axis: number, start: number, indent: number): string {
  const { shape, element } = walk.tensor;
  if (shape.length === 0) return walk.formatter.format(element(0));
  if (axis === shape.length - 1) return formatRow(walk, start, indent);
  const parts = edgeIndices(shape[axis] ?? 0, walk.edge).map((index) => {
    if (index === null) return "...";
    return formatBlock(walk, axis + 1, start + index * stepOf(shape, axis), indent + 1);
  });
  const separator = `,${"\n".repeat(shape.length - axis - 1)}${" ".repeat(indent + 1)}`;
  return `[${parts.join(separator)}]`;
}

function formatRow(
  { tensor, options, edge, formatter }: Walk,
  start: number,
  indent: number,
): string {
  const size = tensor.shape.at(-1) ?? 0;
  const perLine = Math.max(1, Math.floor((options.linewidth - indent) / (formatter.width + 2)));
  const parts =
    edge === 0
      ? ["..."]
      : edgeIndices(size, edge).map((index) => {
          return index === null ? " ..." : formatter.format(tensor.element(start + index));
        });
  const lines: string[] = [];
  for (let first = 0; first < parts.length; first += perLine) {
    lines.push(parts.slice(first, first + perLine).join(", "));
  }
  return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

/** The indices of a dimension that are printed; `null` stands for those left out. */
function edgeIndices(size: number, edge: number | null): readonly (number | null)[] {
  const all = Array.from(
    { length: Math.min(size, edge === null ? size : 2 * edge + 1) },
    (_, index) => index,
  );
  if (edge === null || size <= 2 * edge) return all;
  return all.map((index) => {
    if (index === edge) return null;
    return index < edge ? index : size - (2 * edge + 1) + index;
  });
}

function printedPositions(
  shape: readonly number[],
  axis: number,
  start: number,
  edge: number | null,
): number[] {
  if (axis === shape.length) return [start];
  return edgeIndices(shape[axis] ?? 0, edge).flatMap((index) => {
    return index === null
      ? []
      : printedPositions(shape, axis + 1, start + index * stepOf(shape, axis), edge);
  });
}

/** Elements between neighbours along an axis, in row-major order. */
function stepOf(shape: readonly number[], axis: number): number {
  return numberOfElements(shape.slice(axis + 1));
}

function numberOfElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A size as Python writes a tuple. */
function tuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

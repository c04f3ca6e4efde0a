import { formatExponential, formatFixed } from "./format-number.ts";
import type { PrintOptions } from "./print-options.ts";

/** An element as it is stored: a bigint for int64. */
export type PrintedElement = number | bigint | boolean;

/** Writes every element of one tensor in the same width. */
export interface ElementFormatter {
  readonly width: number;
  readonly format: (value: PrintedElement) => string;
}

/** Integers and booleans: as wide as the longest. */
export function integerFormatter(values: readonly PrintedElement[]): ElementFormatter {
  return aligned(integerText, Math.max(1, ...values.map((value) => integerText(value).length)));
}

function integerText(value: PrintedElement): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

/**
 * Floats: the values together decide between `10.`, `1.5000` and `1.5000e+10`. Zeros and non-finite
 * values have no say, neither in the notation nor in the width.
 */
export function floatFormatter(
  values: readonly PrintedElement[],
  options: PrintOptions,
): ElementFormatter {
  const telling = values.map(Number).filter((value) => Number.isFinite(value) && value !== 0);
  if (telling.length === 0) return aligned(integralText, 1);
  const text = floatText(telling, options);
  return aligned(text, Math.max(1, ...telling.map((value) => text(value).length)));
}

type FloatText = (value: PrintedElement) => string;

function floatText(telling: readonly number[], { precision, sci_mode }: PrintOptions): FloatText {
  if (sci_mode ?? spansManyMagnitudes(telling))
    return (value) => formatExponential(Number(value), precision);
  if (telling.every(Number.isInteger)) return integralText;
  return (value) => formatFixed(Number(value), precision);
}

function spansManyMagnitudes(telling: readonly number[]): boolean {
  const magnitudes = telling.map(Math.abs);
  const smallest = magnitudes.reduce((left, right) => Math.min(left, right));
  const largest = magnitudes.reduce((left, right) => Math.max(left, right));
  return largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
}

function integralText(value: PrintedElement): string {
  const text = formatFixed(Number(value), 0);
  return Number.isFinite(Number(value)) ? `${text}.` : text;
}

function aligned(text: FloatText, width: number): ElementFormatter {
  return { width, format: (value) => text(value).padStart(width) };
}

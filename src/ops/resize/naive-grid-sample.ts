/** Sampling at places of a grid by plain loops, and the facts of it that are not in question. */
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";

export interface GridOptions {
  readonly mode: "bilinear" | "nearest" | "bicubic";
  readonly padding: "zeros" | "border" | "reflection";
  readonly alignCorners: boolean;
}

/** Whole places that take part, from the one before the exact place. */
export const tapsOf = (mode: "bilinear" | "bicubic"): readonly number[] =>
  mode === "bilinear" ? [0, 1] : [-1, 0, 1, 2];

/**
 * For each of four taps the polynomial of its weight in the distance from the second, highest power first; the kernel of
 * Robert Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981, with a = -0.75.
 */
export const cubicWeights = [
  [-0.75, 1.5, -0.75, 0],
  [1.25, -2.25, 0, 1],
  [-1.25, 1.5, 0.75, 0],
  [0.75, -0.75, 0, 0],
] as const;

/** Keys' kernel by its definition. */
function keys(distance: number): number {
  const [a, x] = [-0.75, Math.abs(distance)];
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
}

function paddedPlace(place: number, size: number, { padding, alignCorners }: GridOptions): number {
  if (padding === "zeros") return place;
  let inner = place;
  if (padding === "reflection") {
    const [low, high] = alignCorners ? [0, size - 1] : [-0.5, size - 0.5];
    if (low === high) return 0;
    while (inner < low || inner > high) inner = inner < low ? 2 * low - inner : 2 * high - inner;
  }
  return Math.min(Math.max(inner, 0), size - 1);
}

function roundHalfToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

export function naiveGridSample(
  self: TensorBase,
  grid: TensorBase,
  options: GridOptions,
): NaiveArray {
  const [image, places] = [naive(self), naive(grid)];
  const sizes = self.shape.slice(2);
  const shape = [...self.shape.slice(0, 2), ...grid.shape.slice(1, -1)];
  return naiveFill(shape, ([batch = 0, channel = 0, ...point]) => {
    const exact = sizes.map((size, axis) => {
      const component = elementAt(places, [batch, ...point, sizes.length - 1 - axis]);
      return options.alignCorners
        ? ((component + 1) / 2) * (size - 1)
        : ((component + 1) * size - 1) / 2;
    });
    const valueAt = (place: readonly number[]): number =>
      place.every((each, axis) => each >= 0 && each < at(sizes, axis))
        ? elementAt(image, [batch, channel, ...place])
        : 0;
    const along = (axis: number, chosen: readonly number[]): number => {
      if (axis === sizes.length) return valueAt(chosen);
      const size = at(sizes, axis);
      const place = at(exact, axis);
      const isCubic = options.mode === "bicubic";
      const start = isCubic ? place : paddedPlace(place, size, options);
      if (options.mode === "nearest") return along(axis + 1, [...chosen, roundHalfToEven(start)]);
      const first = Math.floor(start);
      return tapsOf(options.mode).reduce((total, step) => {
        const tap = isCubic ? paddedPlace(first + step, size, options) : first + step;
        const distance = start - (first + step);
        const weight = isCubic ? keys(distance) : 1 - Math.abs(distance);
        return total + weight * along(axis + 1, [...chosen, tap]);
      }, 0);
    };
    return along(0, []);
  });
}

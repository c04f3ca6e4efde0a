/** Resizing by plain loops, for references. */
import { at, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import type { Kernel } from "./interpolation.ts";

interface NaiveTap {
  readonly place: number;
  readonly weight: number;
}

function cubicWeight(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.75;
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
}

function tapsOf(
  position: number,
  size: number,
  scale: number,
  kernel: Kernel,
  corners: boolean,
): NaiveTap[] {
  // Places are found in float32, where rounding decides which of two neighbours is nearest.
  if (kernel === "nearest" || kernel === "nearest-exact") {
    const source = Math.fround((position + (kernel === "nearest" ? 0 : 0.5)) * Math.fround(scale));
    return [{ place: Math.min(Math.floor(source), size - 1), weight: 1 }];
  }
  const source = corners ? position * scale : (position + 0.5) * scale - 0.5;
  if (kernel === "cubic") {
    const first = Math.floor(source);
    return [-1, 0, 1, 2].map((tap) => ({
      place: Math.min(Math.max(first + tap, 0), size - 1),
      weight: cubicWeight(source - first - tap),
    }));
  }
  const limited = Math.min(Math.max(source, 0), size - 1);
  const first = Math.floor(limited);
  return [
    { place: first, weight: 1 - (limited - first) },
    { place: Math.min(first + 1, size - 1), weight: limited - first },
  ];
}

export function naiveResize(
  self: TensorBase,
  size: Shape,
  scales: readonly number[],
  kernel: Kernel,
  corners: boolean,
): NaiveArray {
  const source = naive(self);
  const lead = self.ndim - size.length;
  return naiveFill([...self.shape.slice(0, lead), ...size], (point) => {
    const taps = size.map((_, axis) =>
      tapsOf(
        at(point, lead + axis),
        at(self.shape, lead + axis),
        at(scales, axis),
        kernel,
        corners,
      ),
    );
    return coordinatesOf(taps.map((own) => own.length)).reduce((sum, choice) => {
      const chosen = choice.map((tap, axis) => at(at(taps, axis), tap));
      const weight = chosen.reduce((product, tap) => product * tap.weight, 1);
      const place = [...point.slice(0, lead), ...chosen.map((tap) => tap.place)];
      return sum + weight * elementAt(source, place);
    }, 0);
  });
}

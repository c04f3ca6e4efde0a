/** Pooling by plain loops, for references. */
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";

/** For each spatial dimension and window, the places it covers; those outside the input stand for padding. */
export type NaiveWindows = readonly (readonly (readonly number[])[])[];

export interface NaiveWindow {
  /** Elements inside the input. */
  readonly values: readonly number[];
  /** Where they stand in the flattened plane. */
  readonly places: readonly number[];
  /** The places along each dimension, also those outside. */
  readonly covered: readonly (readonly number[])[];
}

export function naivePool(
  self: TensorBase,
  windows: NaiveWindows,
  compute: (window: NaiveWindow) => number,
): NaiveArray {
  const source = naive(self);
  const lead = self.ndim - windows.length;
  const plane = self.shape.slice(lead);
  const shape = [...self.shape.slice(0, lead), ...windows.map((own) => own.length)];
  return naiveFill(shape, (point) => {
    const covered = windows.map((own, axis) => at(own, at(point, lead + axis)));
    const values: number[] = [];
    const places: number[] = [];
    for (const choice of coordinatesOf(covered.map((own) => own.length))) {
      const place = choice.map((index, axis) => at(at(covered, axis), index));
      if (place.some((each, axis) => each < 0 || each >= at(plane, axis))) continue;
      values.push(elementAt(source, [...point.slice(0, lead), ...place]));
      places.push(place.reduce((sum, each, axis) => sum * at(plane, axis) + each, 0));
    }
    return compute({ values, places, covered });
  });
}

/** The largest value and where it stands: the first of equal ones, the last NaN. */
export function naiveLargest({ values, places }: NaiveWindow): { value: number; place: number } {
  let [value, place] = [values[0] ?? -Infinity, places[0] ?? -1];
  values.forEach((x, index) => {
    if (x > value || Number.isNaN(x)) [value, place] = [x, at(places, index)];
  });
  return { value, place };
}

/** The plainest normalization, for references. */
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray } from "../naive-array.ts";

export interface NaiveAffine {
  readonly weight: TensorBase | null;
  readonly bias: TensorBase | null;
}

/** Elements of one group are normalized together; `affineAt` says where an element's weight and bias stand. */
export function naiveNormalize(
  self: TensorBase,
  groupOf: (point: readonly number[]) => string,
  affineAt: (point: readonly number[]) => readonly number[],
  { weight, bias }: NaiveAffine,
  statistics: (values: readonly number[]) => readonly [mean: number, scale: number],
): NaiveArray {
  const source = naive(self);
  const groups = new Map<string, number[]>();
  const points = coordinatesOf(self.shape);
  for (const point of points) {
    const key = groupOf(point);
    const members = groups.get(key) ?? [];
    members.push(elementAt(source, point));
    groups.set(key, members);
  }
  const found = new Map([...groups].map(([key, members]) => [key, statistics(members)]));
  const values = points.map((point, place) => {
    const [mean, scale] = found.get(groupOf(point)) ?? [Number.NaN, Number.NaN];
    const factor = weight === null ? 1 : elementAt(naive(weight), affineAt(point));
    const shift = bias === null ? 0 : elementAt(naive(bias), affineAt(point));
    return (at(source.values, place) - mean) * scale * factor + shift;
  });
  return { shape: self.shape, values };
}

/** Mean 0 and variance 1. */
export const standardized =
  (eps: number) =>
  (values: readonly number[]): readonly [number, number] => {
    const mean = values.reduce((total, x) => total + x, 0) / values.length;
    const squares = values.reduce((total, x) => total + (x - mean) ** 2, 0);
    return [mean, 1 / Math.sqrt(squares / values.length + eps)];
  };

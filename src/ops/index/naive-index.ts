/** Indexing by plain loops, the reference of `index` and `index_put`. */
import { at, type Shape } from "../../core/shape.ts";
import { isTensor, type TensorBase } from "../../core/tensor.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import type { IndexItem } from "./index-items.ts";

/** A dimension of the result: how long it is, and which coordinate of the source each position sets. */
interface ResultAxis {
  readonly size: number;
  readonly place: (position: number) => Readonly<Record<number, number>>;
}

/** One or more dimensions of the source indexed by arrays, at a place among the result's other dimensions. */
interface ArrayIndex {
  readonly resultAxis: number;
  readonly dim: number;
  readonly array: NaiveArray;
}

export function naiveIndex(self: TensorBase, items: readonly IndexItem[]): NaiveArray {
  const { shape, pointOf } = resolve(self, items);
  const source = naive(self);
  return naiveFill(shape, (point) => elementAt(source, pointOf(point)));
}

export function naiveIndexPut(
  self: TensorBase,
  items: readonly IndexItem[],
  incoming: NaiveArray,
  accumulate: boolean,
): NaiveArray {
  const { shape, pointOf } = resolve(self, items);
  const positions = new Map(
    coordinatesOf(self.shape).map((point, position) => [point.join(), position]),
  );
  const values = [...naive(self).values];
  for (const point of coordinatesOf(shape)) {
    const position = positions.get(pointOf(point).join()) ?? 0;
    const value = elementAt(incoming, point);
    values[position] = accumulate ? at(values, position) + value : value;
  }
  return { shape: self.shape, values };
}

interface Resolved {
  readonly shape: Shape;
  readonly pointOf: (point: readonly number[]) => readonly number[];
}

function resolve(self: TensorBase, items: readonly IndexItem[]): Resolved {
  const axes: ResultAxis[] = [];
  const arrays: ArrayIndex[] = [];
  const fixed: Record<number, number> = {};
  let dim = 0;
  const takeRange = (start: number, count: number, step: number): void => {
    const own = dim++;
    axes.push({ size: count, place: (position) => ({ [own]: start + position * step }) });
  };
  const used = items.reduce<number>((sum, item) => sum + width(item), 0);
  for (const item of items.includes("...") ? items : [...items, "..."]) {
    if (item === "...") {
      for (let rest = self.ndim - used; rest > 0; rest--) takeRange(0, at(self.shape, dim), 1);
    } else if (item === null || typeof item === "boolean") {
      axes.push({ size: item === false ? 0 : 1, place: () => ({}) });
    } else if (typeof item === "number") {
      fixed[dim] = item < 0 ? item + at(self.shape, dim) : item;
      dim += 1;
    } else if (typeof item === "string") {
      const chosen = sliced(item, at(self.shape, dim));
      takeRange(chosen[0] ?? 0, chosen.length, (chosen[1] ?? 0) - (chosen[0] ?? 0));
    } else {
      for (const array of arraysOf(item))
        arrays.push({ resultAxis: axes.length + arrays.length, dim: dim++, array });
    }
  }
  return arrays.length === 0 ? finish(self, axes, fixed, null) : finish(self, axes, fixed, arrays);
}

function finish(
  self: TensorBase,
  axes: readonly ResultAxis[],
  fixed: Readonly<Record<number, number>>,
  arrays: readonly ArrayIndex[] | null,
): Resolved {
  const block = arrays === null ? [] : commonShape(arrays.map(({ array }) => array.shape));
  const first = arrays?.[0]?.resultAxis ?? 0;
  const adjacent = (arrays ?? []).every(
    ({ resultAxis }, position) => resultAxis === first + position,
  );
  const start = adjacent ? first : 0;
  const sizes = axes.map(({ size }) => size);
  return {
    shape: [...sizes.slice(0, start), ...block, ...sizes.slice(start)],
    pointOf: (point) => {
      const inBlock = point.slice(start, start + block.length);
      const outside = [...point.slice(0, start), ...point.slice(start + block.length)];
      const places: Record<number, number> = { ...fixed };
      axes.forEach((axis, position) => Object.assign(places, axis.place(at(outside, position))));
      for (const { dim, array } of arrays ?? []) {
        const value = elementAt(array, inBlock);
        places[dim] = value < 0 ? value + at(self.shape, dim) : value;
      }
      return self.shape.map((_, dim) => places[dim] ?? 0);
    },
  };
}

function width(item: IndexItem): number {
  if (item === null || item === "..." || typeof item === "boolean") return 0;
  return isTensor(item) && item.dtype.name === "bool" ? item.ndim : 1;
}

function sliced(text: string, length: number): readonly number[] {
  const [start = "", stop = "", step = ""] = text.split(":");
  const whole = Array.from({ length }, (_, position) => position);
  return whole
    .slice(start === "" ? 0 : Number(start), stop === "" ? length : Number(stop))
    .filter((_, position) => position % (step === "" ? 1 : Number(step)) === 0);
}

function arraysOf(tensor: TensorBase): readonly NaiveArray[] {
  if (tensor.dtype.name !== "bool") return [naive(tensor)];
  const { values } = naive(tensor);
  const points = coordinatesOf(tensor.shape).filter((_, position) => values[position] === 1);
  return tensor.shape.map((_, axis) => ({
    shape: [points.length],
    values: points.map((point) => at(point, axis)),
  }));
}

function commonShape(shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    return (
      shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).find((size) => size !== 1) ?? 1
    );
  });
}

/** Distances of elements in tables: what lets the kernels walk any axes. */
import { at } from "../../../../core/shape.ts";
import type { MergedAxes } from "../merge-axes.ts";

/**
 * Writes the distance in bytes of every point of the axes from the first, for one operand; up to a multiple of `padding`
 * the last one is repeated, so that kernels may read (and ignore) more than there is. Gives the next free word.
 */
export function writeOffsets(
  words: Int32Array,
  start: number,
  { sizes, steps }: MergedAxes,
  operand: 0 | 1 | 2,
  { bytes, padding }: { readonly bytes: number; readonly padding: number },
): number {
  const own = steps[operand];
  words[start] = 0;
  let count = 1;
  // From the last axis outwards: each repeats what is there, one step further every time.
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = at(sizes, axis);
    const step = at(own, axis) * bytes;
    for (let index = 1; index < size; index++) {
      const offset = index * step;
      const target = start + index * count;
      for (let point = 0; point < count; point++)
        words[target + point] = (words[start + point] ?? 0) + offset;
    }
    count *= size;
  }
  const end = start + Math.ceil(count / padding) * padding;
  words.fill(words[start + count - 1] ?? 0, start + count, end);
  return end;
}

/** Whether the points of the axes lie one element after the other. */
export function isConsecutive({ sizes, steps }: MergedAxes, operand: 0 | 1 | 2): boolean {
  let expected = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    if (at(steps[operand], axis) !== expected) return false;
    expected *= at(sizes, axis);
  }
  return true;
}

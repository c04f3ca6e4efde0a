/** Arithmetic on places: where in a buffer a walk over some axes goes. */
import { at, type Shape } from "../../core/shape.ts";
import type { Place } from "../program.ts";

/** The first and last element that a walk touches. */
function rangeOf({ offset, strides }: Place, sizes: Shape): readonly [number, number] {
  let low = offset;
  let high = offset;
  strides.forEach((stride, axis) => {
    const reach = stride * (at(sizes, axis) - 1);
    if (reach < 0) low += reach;
    else high += reach;
  });
  return [low, high];
}

/** The same element at every point. */
export function samePlace(a: Place, b: Place): boolean {
  return (
    a.buffer === b.buffer &&
    a.offset === b.offset &&
    a.strides.length === b.strides.length &&
    a.strides.every((stride, axis) => stride === b.strides[axis])
  );
}

/** Whether two walks over the same axes can touch one element; true where that is not easily known. */
export function mayMeet(a: Place, b: Place, sizes: Shape): boolean {
  if (a.buffer !== b.buffer) return false;
  const [lowA, highA] = rangeOf(a, sizes);
  const [lowB, highB] = rangeOf(b, sizes);
  if (highA < lowB || highB < lowA) return false;
  // Columns of one matrix: apart within every period of the larger steps, as with the parts of a concatenation.
  return ![...a.strides, ...b.strides].some(
    (period) => period > 1 && apartWithin(period, a, b, sizes),
  );
}

function apartWithin(period: number, a: Place, b: Place, sizes: Shape): boolean {
  const own = residues(period, a, sizes);
  const other = residues(period, b, sizes);
  return own !== null && other !== null && (own[1] < other[0] || other[1] < own[0]);
}

/** The range of places modulo a period, if the walk does not leave the period but by whole ones. */
function residues(
  period: number,
  { offset, strides }: Place,
  sizes: Shape,
): readonly [number, number] | null {
  const low = ((offset % period) + period) % period;
  let high = low;
  for (const [axis, stride] of strides.entries()) {
    if (stride % period === 0) continue;
    if (stride < 0) return null;
    high += stride * (at(sizes, axis) - 1);
  }
  return high < period ? [low, high] : null;
}

/** The coarsest axes that both lists of axes (of equally many points) are refinements to; null if there are none. */
export function refineAxes(a: Shape, b: Shape): Shape | null {
  const refined: number[] = [];
  let i = a.length - 1;
  let j = b.length - 1;
  let restA = a[i] ?? 1;
  let restB = b[j] ?? 1;
  while (i >= 0 || j >= 0) {
    if (restA === 1 && i >= 0) restA = a[--i] ?? 1;
    else if (restB === 1 && j >= 0) restB = b[--j] ?? 1;
    else {
      const size = Math.min(restA, restB);
      if (size <= 1 || restA % size !== 0 || restB % size !== 0) return null;
      refined.unshift(size);
      restA /= size;
      restB /= size;
    }
  }
  return refined;
}

/** Steps along refined axes. */
export function refineStrides(sizes: Shape, strides: Shape, refined: Shape): Shape {
  const result: number[] = [];
  let next = refined.length - 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    let inner = 1;
    while (inner < at(sizes, axis)) {
      const size = at(refined, next--);
      result.unshift(at(strides, axis) * inner);
      inner *= size;
    }
  }
  return result;
}

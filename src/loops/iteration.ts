/** Simplifies the iteration space of a launch: orders parallel axes for memory and merges axes that are walked as one. */
import { at, isContiguousLayout, type Shape } from "../core/shape.ts";
import type { LaunchGeometry } from "./backend.ts";
import type { Kernel } from "./kernel.ts";

/** The axes of a launch as they are walked, with each operand's step along each of them, parallel ones first. */
export interface SimplifiedLaunch {
  readonly parallelSizes: readonly number[];
  readonly foldSizes: readonly number[];
  /** Steps of operands read at random are those of their own dimensions. */
  readonly steps: readonly (readonly number[])[];
}

/** Whether all operands are contiguous and of one shape: one loop, and no arithmetic on axes. */
export function isFlat({ kernel, parallel, fold, operands }: LaunchGeometry): boolean {
  if (kernel.keepsParallel || fold.length > 0 || kernel.stages[0]?.over !== "point") return false;
  for (let operand = 0; operand < operands.length; operand++) {
    if (at(kernel.operands, operand).access === "random") return false;
    if (!isContiguousLayout(parallel, at(operands, operand).strides)) return false;
  }
  return true;
}

const flatStepsByCount: (readonly (readonly number[])[])[] = [];

/** The steps of the operands of a flat launch. */
export function flatSteps(count: number): readonly (readonly number[])[] {
  let steps = flatStepsByCount[count];
  if (steps === undefined)
    flatStepsByCount[count] = steps = Array.from({ length: count }, () => [1]);
  return steps;
}

/** Simplifies what the kernel does not ask to keep. */
export function simplifyLaunch(
  kernel: Kernel,
  parallel: Shape,
  fold: Shape,
  strides: readonly Shape[],
): SimplifiedLaunch {
  const rank = parallel.length;
  const points = strides.filter((_, operand) => at(kernel.operands, operand).access === "point");
  const outerSteps = points.map((own) => own.slice(0, rank));
  const innerSteps = points.map((own) => own.slice(rank));
  const outer = kernel.keepsParallel
    ? { sizes: parallel, steps: outerSteps }
    : simplifyAxes(parallel, outerSteps, true);
  const inner = kernel.keepsFold
    ? { sizes: fold, steps: innerSteps }
    : simplifyAxes(fold, innerSteps, false);
  let point = 0;
  const steps = strides.map((own, operand) => {
    if (at(kernel.operands, operand).access === "random") return own;
    const merged = [...at(outer.steps, point), ...at(inner.steps, point)];
    point += 1;
    return merged;
  });
  return { parallelSizes: outer.sizes, foldSizes: inner.sizes, steps };
}

/** The axes of a loop nest, outermost first, with each operand's step along each. */
interface Iteration {
  readonly sizes: readonly number[];
  /** `steps[operand][axis]`. */
  readonly steps: readonly Shape[];
}

/**
 * The same points in an order that suits memory: axes sorted by the steps of the first operand (the output) that tells
 * them apart, size-1 axes dropped, neighbours merged where every operand walks both at one step.
 */
function simplifyAxes(sizes: Shape, steps: readonly Shape[], canReorder: boolean): Iteration {
  let order: number[] = [];
  for (let axis = 0; axis < sizes.length; axis++) if (sizes[axis] !== 1) order.push(axis);
  if (canReorder && order.length > 1 && !isDescending(order, steps))
    order = sortByStep(order, steps);
  const mergedSizes: number[] = [];
  const mergedSteps: number[][] = steps.map(() => []);
  for (const axis of order) {
    const last = mergedSizes.length - 1;
    const size = at(sizes, axis);
    if (
      last >= 0 &&
      steps.every((own, operand) => mergedSteps[operand]?.[last] === at(own, axis) * size)
    ) {
      mergedSizes[last] = at(mergedSizes, last) * size;
      mergedSteps.forEach((own, operand) => {
        own[last] = at(at(steps, operand), axis);
      });
    } else {
      mergedSizes.push(size);
      mergedSteps.forEach((own, operand) => own.push(at(at(steps, operand), axis)));
    }
  }
  return { sizes: mergedSizes, steps: mergedSteps };
}

function isDescending(order: readonly number[], steps: readonly Shape[]): boolean {
  for (let i = 1; i < order.length; i++) {
    if (compareAxes(at(order, i - 1), at(order, i), steps) > 0) return false;
  }
  return true;
}

/** Negative: axis `a` belongs outside axis `b`. The first operand with two different non-zero steps decides. */
function compareAxes(a: number, b: number, steps: readonly Shape[]): number {
  for (const own of steps) {
    const stepA = Math.abs(at(own, a));
    const stepB = Math.abs(at(own, b));
    if (stepA !== 0 && stepB !== 0 && stepA !== stepB) return stepB - stepA;
  }
  return 0;
}

/** Insertion sort: the comparison is not transitive, so only neighbours are swapped. */
function sortByStep(order: readonly number[], steps: readonly Shape[]): number[] {
  const sorted = [...order];
  for (let i = 1; i < sorted.length; i++) {
    for (let j = i; j > 0 && compareAxes(at(sorted, j - 1), at(sorted, j), steps) > 0; j--) {
      [sorted[j - 1], sorted[j]] = [at(sorted, j), at(sorted, j - 1)];
    }
  }
  return sorted;
}

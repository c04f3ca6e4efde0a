import { at, type Shape } from "../../../core/shape.ts";
import type { ContractionGeometry } from "../../template.ts";

/** By operand, its step along each axis: 0 is the output, 1 and 2 are the factors, then comes what an epilogue reads. */
type OperandSteps = readonly [Shape, Shape, Shape, ...Shape[]];

/** Axes that are walked together. */
export interface MergedAxes {
  readonly sizes: Shape;
  readonly steps: OperandSteps;
}

export interface MergedContraction {
  readonly batch: MergedAxes;
  readonly rows: MergedAxes;
  readonly columns: MergedAxes;
  readonly inner: MergedAxes;
}

/** The axes of a contraction, without those of size 1, and with neighbours as one where all operands allow it. */
export function mergeAxes(geometry: ContractionGeometry): MergedContraction {
  return groupAxes(geometry, (sizes, steps) => mergeGroup(sizes, steps, () => true));
}

/** The same, but every axis stays one of its own. */
export function separateAxes(geometry: ContractionGeometry): MergedContraction {
  return groupAxes(geometry, (sizes, steps) => {
    const long = (own: Shape): Shape => own.filter((_, axis) => sizes[axis] !== 1);
    return { sizes: long(sizes), steps: mapSteps(steps, long) };
  });
}

function groupAxes(
  { axes, operands }: ContractionGeometry,
  group: (sizes: Shape, steps: OperandSteps) => MergedAxes,
): MergedContraction {
  let start = 0;
  const merge = (sizes: Shape): MergedAxes => {
    const [first, end] = [start, (start += sizes.length)];
    const own = operands.map(({ strides }) => strides.slice(first, end));
    return group(sizes, [at(own, 0), at(own, 1), at(own, 2), ...own.slice(3)]);
  };
  const batch = merge(axes.batch);
  const rows = merge(axes.rows);
  const columns = merge(axes.columns);
  return { batch, rows, columns, inner: merge(axes.inner) };
}

/** The steps of every operand, changed alike. */
export function mapSteps(
  steps: OperandSteps,
  change: (own: Shape, operand: number) => Shape,
): OperandSteps {
  const [output, left, right, ...others] = steps;
  return [
    change(output, 0),
    change(left, 1),
    change(right, 2),
    ...others.map((own, index) => change(own, 3 + index)),
  ];
}

/** The same points with more of the axes as one: as far as the output and what an epilogue reads allow it. */
export function mergeForEpilogue({ sizes, steps }: MergedAxes): MergedAxes {
  return mergeGroup(sizes, steps, (operand) => operand === 0 || operand > 2);
}

/** Steps of operands that do not `count` mean nothing where axes were merged. */
function mergeGroup(
  sizes: Shape,
  steps: OperandSteps,
  counts: (operand: number) => boolean,
): MergedAxes {
  /** The axes that stay, each the innermost of those that are walked as one. */
  const kept: { axis: number; size: number }[] = [];
  const counted = steps.filter((_, operand) => counts(operand));
  sizes.forEach((size, axis) => {
    if (size === 1) return;
    const last = kept.at(-1);
    if (last !== undefined && counted.every((own) => at(own, last.axis) === at(own, axis) * size)) {
      last.axis = axis;
      last.size *= size;
    } else kept.push({ axis, size });
  });
  return {
    sizes: kept.map(({ size }) => size),
    steps: mapSteps(steps, (own) => kept.map(({ axis }) => at(own, axis))),
  };
}

/** What the code of a kernel is specialised for, besides the kernel itself; sizes and other steps are arguments. */

/** The axis whose points are computed four at a time: the last parallel one, the last fold axis, or none. */
export type VectorAxis = "parallel" | "fold" | "none";

export interface LoopShape {
  /** At least one: a launch without parallel axes has one of size 1. */
  readonly parallelAxes: number;
  /** At least one where the kernel sweeps. */
  readonly foldAxes: number;
  readonly vectorAxis: VectorAxis;
  /** Runs of points are visited before what follows them on their own row, so that lines of the cache are used up. */
  readonly tiled: boolean;
  /** Per operand, its step along the axis that is vectorised: `c` one element, `z` none, `s` any other; `r` read at random. */
  readonly innerSteps: string;
  /** Dimensions of operands read at random, per operand. */
  readonly randomRanks: readonly number[];
}

/** Elements of the last parallel axis in one unit of work, for kernels that do not vectorise a fold axis. */
export function columnsPerUnit(shape: Pick<LoopShape, "foldAxes" | "tiled">): number {
  return shape.foldAxes > 0 || shape.tiled ? 64 : 4096;
}

const keys = new WeakMap<LoopShape, string>();

/** Equal for equal shapes. */
export function shapeKey(shape: LoopShape): string {
  let key = keys.get(shape);
  if (key === undefined) {
    const { parallelAxes, foldAxes, vectorAxis, tiled, innerSteps, randomRanks } = shape;
    key = `${parallelAxes}|${foldAxes}|${vectorAxis}|${tiled}|${innerSteps}|${randomRanks.join()}`;
    keys.set(shape, key);
  }
  return key;
}

/** Decides how the loops of a launch run: which axis is vectorised, and what a unit of work is. */
import { at, numelOf, type Shape } from "../../core/shape.ts";
import type { LaunchGeometry } from "../backend.ts";
import { childrenOf, type Expression } from "../expression.ts";
import { flatSteps, isFlat, simplifyLaunch } from "../iteration.ts";
import { firstStates, type Kernel, type Stage } from "../kernel.ts";
import { combinedStates } from "./combine-states.ts";
import { columnsPerUnit, type LoopShape, type VectorAxis } from "./loop-shape.ts";

export interface LoopPlan {
  readonly shape: LoopShape;
  /** Sizes of all axes, parallel ones first; the shape says how many there are. */
  readonly sizes: Shape;
  /** Steps in elements, per operand along all axes, or along its own dimensions where it is read at random. */
  readonly steps: readonly Shape[];
  readonly units: number;
  /** Points of the iteration space in a unit, at most. */
  readonly pointsPerUnit: number;
  /** Length of a row buffer in elements. */
  readonly rowLength: number;
}

/** Below this many points a fold axis is not worth vectorising where another axis can be. */
const shortFold = 8;

export function planLoops(launch: LaunchGeometry): LoopPlan {
  const { kernel } = launch;
  if (isFlat(launch)) return flatPlan(numelOf(launch.parallel), kernel.operands.length);
  const traits = traitsOf(kernel);
  const strides = launch.operands.map((operand) => operand.strides);
  const simplified = simplifyLaunch(kernel, launch.parallel, launch.fold, strides);
  const addsParallel = simplified.parallelSizes.length === 0;
  const addsFold = traits.sweeps && simplified.foldSizes.length === 0;
  const parallelSizes = addsParallel ? [1] : simplified.parallelSizes;
  const foldSizes = addsFold ? [1] : simplified.foldSizes;
  const isRandom = (operand: number): boolean => at(kernel.operands, operand).access === "random";
  const steps = simplified.steps.map((own, operand) => {
    if (isRandom(operand)) return own;
    return [...(addsParallel ? [0] : []), ...own, ...(addsFold ? [0] : [])];
  });
  const parallelAxes = parallelSizes.length;
  const sizes = [...parallelSizes, ...foldSizes];
  const vectorAxis = chooseVectorAxis(kernel, traits, sizes, parallelAxes, steps);
  const axis = vectorAxis === "fold" ? sizes.length - 1 : parallelAxes - 1;
  const innerSteps = steps
    .map((own, operand) => (isRandom(operand) ? "r" : stepClass(own[axis])))
    .join("");
  const shape: LoopShape = {
    parallelAxes,
    foldAxes: foldSizes.length,
    vectorAxis,
    tiled:
      vectorAxis === "parallel" && !traits.sweeps && parallelAxes > 1 && innerSteps.includes("s"),
    innerSteps,
    randomRanks: steps.map((own, operand) => (isRandom(operand) ? own.length : 0)),
  };
  return { shape, sizes, steps, ...unitsOf(shape, sizes) };
}

const flatShapes: LoopShape[] = [];

function flatPlan(points: number, operands: number): LoopPlan {
  const shape = (flatShapes[operands] ??= {
    parallelAxes: 1,
    foldAxes: 0,
    vectorAxis: "parallel",
    tiled: false,
    innerSteps: "c".repeat(operands),
    randomRanks: Array.from({ length: operands }, () => 0),
  });
  const columns = columnsPerUnit(shape);
  return {
    shape,
    sizes: [points],
    steps: flatSteps(operands),
    units: Math.ceil(points / columns),
    pointsPerUnit: Math.min(points, columns),
    rowLength: 0,
  };
}

function unitsOf(
  shape: LoopShape,
  sizes: Shape,
): Pick<LoopPlan, "units" | "pointsPerUnit" | "rowLength"> {
  const { parallelAxes, vectorAxis } = shape;
  let points = 1;
  for (let axis = 0; axis < parallelAxes; axis++) points *= at(sizes, axis);
  let folded = 1;
  for (let axis = parallelAxes; axis < sizes.length; axis++) folded *= at(sizes, axis);
  if (vectorAxis === "fold") {
    const last = at(sizes, sizes.length - 1);
    const rows = last === 0 ? 0 : folded / last;
    return { units: points, pointsPerUnit: folded, rowLength: rows * (last + 3) };
  }
  const columns = columnsPerUnit(shape);
  const last = at(sizes, parallelAxes - 1);
  const blocks = Math.ceil(last / columns);
  const units = last === 0 ? 0 : (points / last) * blocks;
  // A row buffer holds the elements of all columns that are computed at a time.
  return { units, pointsPerUnit: Math.min(last, columns) * folded, rowLength: folded * 8 };
}

interface KernelTraits {
  readonly sweeps: boolean;
  /** Every sweep can be folded in parts that are joined. */
  readonly splits: boolean;
  /** Writes to computed places: the points must be visited in order, by one thread. */
  readonly scatters: boolean;
}

const knownTraits = new WeakMap<Kernel, KernelTraits>();

export function traitsOf(kernel: Kernel): KernelTraits {
  let traits = knownTraits.get(kernel);
  if (traits === undefined) {
    const first = firstStates(kernel);
    traits = {
      sweeps: kernel.stages.some((own) => own.over === "sweep"),
      splits: kernel.stages.every(
        (own, index) => own.over !== "sweep" || canSplit(own, at(first, index)),
      ),
      scatters: kernel.stages.some((own) => own.stores.some((store) => store.coordinates !== null)),
    };
    knownTraits.set(kernel, traits);
  }
  return traits;
}

/** What a sweep stores on its way must not depend on how far its own states have come. */
function canSplit(own: Stage, first: number): boolean {
  if (own.states.length === 0) return true;
  if (combinedStates(own, first) === null) return false;
  const pending: Expression[] = [
    ...own.rows.map((row) => row.value),
    ...own.stores.map((store) => store.value),
  ];
  const seen = new Set<Expression>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.kind === "state" && next.state >= first) return false;
    pending.push(...childrenOf(next));
  }
  return true;
}

/** The axis along which most operands that the sweeps read lie side by side. */
function chooseVectorAxis(
  kernel: Kernel,
  traits: KernelTraits,
  sizes: Shape,
  parallelAxes: number,
  steps: readonly Shape[],
): VectorAxis {
  if (traits.scatters) return "none";
  if (!traits.sweeps) return "parallel";
  const foldAxis = sizes.length - 1;
  let alongFold = 0;
  let alongParallel = 0;
  steps.forEach((own, operand) => {
    if (at(kernel.operands, operand).access === "random") return;
    const varies = own.slice(parallelAxes).some((step) => step !== 0);
    if (!varies) return;
    if (own[foldAxis] === 1) alongFold += 1;
    if (own[parallelAxes - 1] === 1) alongParallel += 1;
  });
  const isShort = at(sizes, foldAxis) < shortFold && at(sizes, parallelAxes - 1) >= 2 * shortFold;
  if (traits.splits && !isShort && alongFold >= alongParallel) return "fold";
  if (alongParallel > 0 || (traits.splits && isShort)) return "parallel";
  return traits.splits ? "fold" : "none";
}

function stepClass(step: number | undefined): string {
  return step === 1 ? "c" : step === 0 ? "z" : "s";
}

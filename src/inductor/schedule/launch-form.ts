/** A launch as fusion sees it: axes of size 1 left out, and only if it is of a kind that can be fused. */
import { at, type Shape } from "../../core/shape.ts";
import type { Kernel } from "../../loops/kernel.ts";
import type { LaunchStep } from "../program.ts";
import { mayThrow } from "./may-throw.ts";

export interface LaunchForm {
  /** Parallel axes, then fold axes, without those of size 1. */
  readonly sizes: Shape;
  readonly foldCount: number;
  /** `strides[operand]`, one for each of `sizes`; those of operands read at random are their own. */
  readonly strides: readonly Shape[];
  /** The operands written to. */
  readonly stored: ReadonlySet<number>;
  /** Positions along axes are used: the axes must stay as they are. */
  readonly isPinned: boolean;
  /** The place among `sizes` of an axis of the kernel; null for one of size 1. */
  axisOf(axis: number): number | null;
  /** The same for the only fold axis. */
  foldAxis(): number | null;
}

const forms = new WeakMap<LaunchStep, LaunchForm | null>();

/** Null: the launch stays as it is. */
export function launchForm(step: LaunchStep): LaunchForm | null {
  let form = forms.get(step);
  if (form === undefined) forms.set(step, (form = formOf(step)));
  return form;
}

function formOf(step: LaunchStep): LaunchForm | null {
  const { kernel, parallel, fold, operands } = step;
  const all = [...parallel, ...fold];
  const kind = kindOf(kernel);
  if (kind === null || all.includes(0) || mayThrow(step)) return null;
  const kept = all.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  const foldCount = kept.filter((axis) => axis >= parallel.length).length;
  if ((kind === "fold") !== foldCount > 0) return null;
  const keptPlace = (axis: number): number | null =>
    kept.includes(axis) ? kept.indexOf(axis) : null;
  return {
    sizes: kept.map((axis) => at(all, axis)),
    foldCount,
    strides: operands.map(({ strides }, index) =>
      at(kernel.operands, index).access === "random"
        ? strides
        : kept.map((axis) => at(strides, axis)),
    ),
    stored: new Set(kernel.stages.flatMap((stage) => stage.stores.map((store) => store.operand))),
    isPinned: kernel.keepsParallel || kernel.keepsFold,
    axisOf: keptPlace,
    foldAxis: () => keptPlace(parallel.length),
  };
}

/** `point`: every point for itself; `fold`: a sweep and what is made of its results. */
function kindOf(kernel: Kernel): "point" | "fold" | null {
  const isPlain = kernel.stages.every(
    (stage) =>
      stage.rows.length === 0 &&
      stage.stores.every(({ coordinates, mode }) => coordinates === null && mode === "set"),
  );
  if (!isPlain) return null;
  const [first, second, ...more] = kernel.stages;
  if (first?.over === "point" && second === undefined && first.states.length === 0) return "point";
  const isFold =
    first?.over === "sweep" &&
    first.stores.length === 0 &&
    second?.over === "once" &&
    second.states.length === 0 &&
    more.length === 0;
  return isFold ? "fold" : null;
}

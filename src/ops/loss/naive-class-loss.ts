/** Losses of classifiers by plain loops, for references. */
import type { TensorBase } from "../../core/tensor.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import { type LossReduction, naiveReduceLoss } from "./reduce-loss.ts";

interface ClassLoss {
  readonly self: TensorBase;
  readonly target: TensorBase;
  readonly weight: TensorBase | null;
  readonly ignore_index: number;
  readonly reduction: LossReduction;
}

/** The logarithms of the softmax over the classes at a place of the target. */
function logProbabilities(self: TensorBase, point: readonly number[]): number[] {
  const source = naive(self);
  const classes = self.shape[self.ndim === 1 ? 0 : 1] ?? 0;
  const row = Array.from({ length: classes }, (_, own) =>
    elementAt(source, self.ndim === 1 ? [own] : [point[0] ?? 0, own, ...point.slice(1)]),
  );
  const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
  return row.map((x) => x - Math.log(total));
}

function rowAt(self: TensorBase, point: readonly number[]): number[] {
  const source = naive(self);
  return Array.from({ length: self.shape[self.ndim === 1 ? 0 : 1] ?? 0 }, (_, own) =>
    elementAt(source, self.ndim === 1 ? [own] : [point[0] ?? 0, own, ...point.slice(1)]),
  );
}

export function naiveClassLoss(
  { self, target, weight, ignore_index, reduction }: ClassLoss,
  { fromLogits, smoothing }: { readonly fromLogits: boolean; readonly smoothing: number },
): NaiveArray {
  const targets = naive(target);
  const weights = weight === null ? null : naive(weight).values;
  const weightOf = (own: number): number => weights?.[own] ?? 1;
  let divisor = 0;
  const losses = naiveFill(target.shape, (point) => {
    const own = elementAt(targets, point);
    if (own === ignore_index) return 0;
    const logs = fromLogits ? logProbabilities(self, point) : rowAt(self, point);
    divisor += weightOf(own);
    const hard = -weightOf(own) * (logs[own] ?? Number.NaN);
    const all = logs.reduce((sum, log, other) => sum - weightOf(other) * log, 0);
    return (1 - smoothing) * hard + (smoothing / logs.length) * all;
  });
  if (reduction !== "mean") return naiveReduceLoss(losses, reduction);
  const total = naiveReduceLoss(losses, "sum");
  return { shape: [], values: total.values.map((value) => value / divisor) };
}

export function naiveProbabilityLoss(
  { self, target, weight, reduction }: ClassLoss,
  smoothing: number,
): NaiveArray {
  const shape = self.shape.filter((_, axis) => axis !== (self.ndim === 1 ? 0 : 1));
  const losses = naiveFill(shape, (point) => {
    const wanted = rowAt(target, point);
    return logProbabilities(self, point).reduce((sum, log, own) => {
      const probability = (wanted[own] ?? 0) * (1 - smoothing) + smoothing / wanted.length;
      return sum - probability * (weight === null ? 1 : elementAt(naive(weight), [own])) * log;
    }, 0);
  });
  return naiveReduceLoss(losses, reduction);
}

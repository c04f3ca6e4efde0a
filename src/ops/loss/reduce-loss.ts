import { ValueError } from "../../base/errors.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg, type DefaultedArg, mismatch } from "../arg.ts";
import type { NaiveArray } from "../naive-array.ts";
import { mean, sum } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";

export type LossReduction = "mean" | "sum" | "none";

const reductions: ReadonlySet<string> = new Set(["mean", "sum", "none"]);

const isReduction = (value: unknown): value is LossReduction =>
  typeof value === "string" && reductions.has(value);

/** Any other string is PyTorch's ValueError, not a wrong type. */
export const reductionArg: DefaultedArg<LossReduction> = {
  ...arg.withDefault(arg.choice("mean", "sum", "none"), "mean"),
  parse: (value) => {
    if (value === undefined) return "mean";
    if (typeof value !== "string") return mismatch;
    if (isReduction(value)) return value;
    throw new ValueError(`${value} is not a valid value for reduction`);
  },
};

/** The losses of the elements, or their mean or sum. */
export function reduceLoss(losses: TensorBase, reduction: LossReduction): TensorBase {
  if (reduction === "none") return losses;
  return runOp(reduction === "mean" ? mean : sum, { self: losses });
}

export function naiveReduceLoss(losses: NaiveArray, reduction: LossReduction): NaiveArray {
  if (reduction === "none") return losses;
  const total = losses.values.reduce((sumSoFar, x) => sumSoFar + x, 0);
  return { shape: [], values: [reduction === "sum" ? total : total / losses.values.length] };
}

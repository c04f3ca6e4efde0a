/** Counts of elements in intervals of equal width. */
import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { itemOf } from "../../core/elements.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { zeros } from "../create/full.ts";
import { toDType } from "../data/to.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { int64 } from "../../core/dtype.ts";
import { naive, naiveFill } from "../naive-array.ts";
import { div, mul, sub } from "../pointwise/arithmetic.ts";
import { clamp, where } from "../pointwise/choice.ts";
import { ge, le } from "../pointwise/comparison.ts";
import { logical_and } from "../pointwise/logical.ts";
import { amax, amin } from "../reduction/extremes.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { scatter_add_ } from "./scatter.ts";

interface Range {
  readonly low: number;
  readonly high: number;
}

/** `min` and `max`, or where they are equal the range of the elements; never empty. */
function rangeOf(self: TensorBase, min: number, max: number): Range {
  const isGiven = min !== max || self.numel() === 0;
  const low = isGiven ? min : Number(itemOf(runOp(amin, { self })));
  const high = isGiven ? max : Number(itemOf(runOp(amax, { self })));
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    const text = (x: number): string => String(x).toLowerCase().replace("infinity", "inf");
    throw new RuntimeError(`torch.histc: range of [${text(low)}, ${text(high)}] is not finite`);
  }
  if (low > high) throw new RuntimeError("torch.histc: max must be larger than min");
  return low === high ? { low: low - 1, high: high + 1 } : { low, high };
}

export const histc = defineOp({
  name: "histc",
  api: ["torch.histc", "Tensor.histc"],
  args: {
    self: arg.tensor,
    bins: arg.withDefault(arg.int, 100),
    min: arg.withDefault(arg.number, 0),
    max: arg.withDefault(arg.number, 0),
  },
  dtypes: floatDTypes,
  doc: {
    summary:
      "How many elements lie in each of `bins` intervals of equal width between `min` and `max`.",
    details:
      "If `min` equals `max`, they are the smallest and largest element. What lies outside, and NaN, is not counted; `max` itself belongs to the last interval.",
    example: "torch.histc(torch.tensor([1, 2, 1]), 4, 0, 3)",
  },
  decomposition: ({ self, bins, min, max }) => {
    if (!self.dtype.is_floating_point) {
      throw new NotImplementedError(
        `"histogram_cpu" not implemented for '${self.dtype.scalarTypeName}'`,
      );
    }
    if (bins <= 0) {
      throw new RuntimeError(
        `torch.histogram(): bins must be > 0, but got ${bins} for dimension 0`,
      );
    }
    const { low, high } = rangeOf(self, min, max);
    const elements = runOp(reshape, { self, shape: [-1] });
    const isCounted = runOp(logical_and, {
      self: runOp(ge, { self: elements, other: low }),
      other: runOp(le, { self: elements, other: high }),
    });
    const scaled = runOp(mul, { self: runOp(sub, { self: elements, other: low }), other: bins });
    const place = runOp(div, { self: scaled, other: high - low });
    // NaN is no index; what is not counted adds 0 to the first interval.
    const index = runOp(where, { condition: isCounted, self: place, other: 0 });
    return runOp(scatter_add_, {
      self: runOp(zeros, { size: [bins], dtype: self.dtype }),
      dim: 0,
      index: runOp(clamp, { self: runOp(toDType, { self: index, dtype: int64 }), max: bins - 1 }),
      src: runOp(toDType, { self: isCounted, dtype: self.dtype }),
    });
  },
  reference: ({ self, bins, min, max }) => {
    const { values } = naive(self);
    let [low, high] =
      min === max && values.length > 0 ? [Math.min(...values), Math.max(...values)] : [min, max];
    if (low === high) [low, high] = [low - 1, high + 1];
    return naiveFill([bins], ([bin]) => {
      const inside = values.filter((x) => x >= low && x <= high);
      return inside.filter(
        (x) => Math.min(Math.floor(((x - low) * bins) / (high - low)), bins - 1) === bin,
      ).length;
    });
  },
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([50]), bins: 7 };
    yield { self: make.strided([3, 4]), bins: 5, min: -2, max: 2 };
    yield { self: make.of([4], [1, 2, 2, 4]), bins: 4, min: 0, max: 4 };
    yield { self: make.of([3], [2, 2, 2]), bins: 4 };
    yield { self: make.tensor([0]), bins: 3 };
  },
});

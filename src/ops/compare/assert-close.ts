import { AssertionError } from "../../base/errors.ts";
import type { DType } from "../../core/dtype.ts";
import { copyElements } from "../../core/elements.ts";
import { promoteTypes } from "../../core/promotion.ts";
import { at, sameShape, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { returns } from "../returns.ts";

interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** PyTorch's defaults by dtype. */
function defaultTolerance(dtype: DType): Tolerance {
  if (dtype.name === "float32") return { rtol: 1.3e-6, atol: 1e-5 };
  return dtype.name === "float64" ? { rtol: 1e-7, atol: 1e-7 } : { rtol: 0, atol: 0 };
}

function tolerance(
  actual: TensorBase,
  expected: TensorBase,
  rtol: number | null,
  atol: number | null,
): Tolerance {
  if ((rtol === null) !== (atol === null)) {
    throw new TypeError(
      `Both 'rtol' and 'atol' must be either specified or unspecified, but got rtol=${rtol ?? "None"} and atol=${atol ?? "None"}.`,
    );
  }
  if (rtol !== null && atol !== null) return { rtol, atol };
  const defaults = [actual, expected].map((tensor) => defaultTolerance(tensor.dtype));
  return {
    rtol: Math.max(...defaults.map((each) => each.rtol)),
    atol: Math.max(...defaults.map((each) => each.atol)),
  };
}

function tuple(values: Shape): string {
  return `(${values.join(", ")}${values.length === 1 ? "," : ""})`;
}

function coordinatesAt(shape: Shape, position: number): number[] {
  const result: number[] = [];
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result.unshift(rest % at(shape, axis));
    rest = Math.floor(rest / at(shape, axis));
  }
  return result;
}

interface Worst {
  difference: number;
  position: number;
}

/** What is wrong, or null. */
function mismatchReport(
  actual: TensorBase,
  expected: TensorBase,
  limits: Tolerance,
  equalNan: boolean,
): string | null {
  const exact =
    !promoteTypes(actual.dtype, expected.dtype).is_floating_point &&
    limits.rtol === 0 &&
    limits.atol === 0;
  const x = Array.from(copyElements(actual), Number);
  const y = Array.from(copyElements(expected), Number);
  let mismatches = 0;
  const absolute: Worst = { difference: -1, position: 0 };
  const relative: Worst = { difference: -1, position: 0 };
  x.forEach((value, position) => {
    const wanted = at(y, position);
    if (value === wanted || (equalNan && Number.isNaN(value) && Number.isNaN(wanted))) return;
    const difference = Math.abs(value - wanted);
    if (difference <= limits.atol + limits.rtol * Math.abs(wanted) && Number.isFinite(wanted))
      return;
    mismatches += 1;
    const ratio = difference / Math.abs(wanted);
    if (difference > absolute.difference || Number.isNaN(difference))
      Object.assign(absolute, { difference, position });
    if (ratio > relative.difference || Number.isNaN(ratio))
      Object.assign(relative, { difference: ratio, position });
  });
  if (mismatches === 0) return null;
  const percent = ((100 * mismatches) / Math.max(x.length, 1)).toFixed(1);
  const place = (worst: Worst): string =>
    `${worst.difference} at index ${tuple(coordinatesAt(actual.shape, worst.position))}`;
  const allowed = (limit: number): string => (exact ? "" : ` (up to ${limit} allowed)`);
  return [
    exact ? "Tensor-likes are not equal!" : "Tensor-likes are not close!",
    "",
    `Mismatched elements: ${mismatches} / ${x.length} (${percent}%)`,
    `Greatest absolute difference: ${place(absolute)}${allowed(limits.atol)}`,
    `Greatest relative difference: ${place(relative)}${allowed(limits.rtol)}`,
  ].join("\n");
}

export const assert_close = defineOp({
  name: "assert_close",
  api: ["torch.testing.assert_close"],
  args: {
    actual: arg.tensor,
    expected: arg.tensor,
    rtol: arg.keyword(arg.optional(arg.number)),
    atol: arg.keyword(arg.optional(arg.number)),
    equal_nan: arg.withDefault(arg.bool, false),
    check_dtype: arg.withDefault(arg.bool, true),
  },
  returns: returns.value<void>("void"),
  doc: {
    summary:
      "Throws an AssertionError unless shapes and dtypes are equal and elements close; the tolerance depends on the dtype.",
  },
  derivative: "not-differentiable",
  needsData: "scalar",
  decomposition: ({ actual, expected, rtol, atol, equal_nan, check_dtype }) => {
    const limits = tolerance(actual, expected, rtol, atol);
    if (!sameShape(actual.shape, expected.shape)) {
      throw new AssertionError(
        `The values for attribute 'shape' do not match: ${torchSize(actual.shape)} != ${torchSize(expected.shape)}.`,
      );
    }
    if (check_dtype && actual.dtype !== expected.dtype) {
      throw new AssertionError(
        `The values for attribute 'dtype' do not match: ${actual.dtype.toString()} != ${expected.dtype.toString()}.`,
      );
    }
    const report = mismatchReport(actual, expected, limits, equal_nan);
    if (report !== null) throw new AssertionError(report);
  },
  reference: null,
  samples: () => [],
});

function torchSize(shape: Shape): string {
  return `torch.Size([${shape.join(", ")}])`;
}

import { AssertionError, ValueError } from "../../base/errors.ts";
import type { DType, DTypeName } from "../../core/dtype.ts";
import { copyElements } from "../../core/elements.ts";
import { promoteTypes } from "../../core/promotion.ts";
import { convertScalar } from "../../core/scalar.ts";
import { at, sameShape, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { returns } from "../returns.ts";

interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** PyTorch's defaults by dtype; others have to be equal. */
const defaultTolerances: Readonly<Partial<Record<DTypeName, Tolerance>>> = {
  float32: { rtol: 1.3e-6, atol: 1e-5 },
  float64: { rtol: 1e-7, atol: 1e-7 },
  float16: { rtol: 1e-3, atol: 1e-5 },
  bfloat16: { rtol: 1.6e-2, atol: 1e-5 },
};

function tolerance(
  actual: TensorBase,
  expected: TensorBase,
  rtol: number | null,
  atol: number | null,
): Tolerance {
  if ((rtol === null) !== (atol === null)) {
    throw new ValueError(
      `Both 'rtol' and 'atol' must be either specified or omitted, but got no ${rtol === null ? "rtol" : "atol"}.`,
    );
  }
  if (rtol !== null && atol !== null) return { rtol, atol };
  const defaults = [actual, expected].map(
    ({ dtype }) => defaultTolerances[dtype.name] ?? { rtol: 0, atol: 0 },
  );
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

/** A number as Python prints it: 1.0 for a float, 1e-05, inf, nan. */
function pythonNumber(value: number, isFloat: boolean): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (!isFloat && Number.isInteger(value)) return String(value);
  if (value !== 0 && Math.abs(value) < 1e-4) {
    return value.toExponential().replace(/e-(\d)$/, "e-0$1");
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function pythonElement(value: number, dtype: DType): string {
  if (dtype.category === "bool") return value === 0 ? "False" : "True";
  return pythonNumber(value, dtype.is_floating_point);
}

interface Mismatches {
  readonly count: number;
  readonly absolute: Worst;
  readonly relative: Worst;
}

function findMismatches(
  x: readonly number[],
  y: readonly number[],
  limits: Tolerance,
  equalNan: boolean,
  common: DType,
): Mismatches {
  // Differences have the precision of the elements; ratios of integers are float32.
  const round = (value: number): number => Number(convertScalar(value, common));
  const roundDifference = common.is_floating_point ? round : Number;
  const roundRatio = common.is_floating_point ? round : Math.fround;
  let count = 0;
  const absolute: Worst = { difference: -1, position: 0 };
  const relative: Worst = { difference: -1, position: 0 };
  x.forEach((value, position) => {
    const wanted = at(y, position);
    if (value === wanted || (equalNan && Number.isNaN(value) && Number.isNaN(wanted))) return;
    const difference = roundDifference(Math.abs(value - wanted));
    const isAllowed = difference <= limits.atol + limits.rtol * Math.abs(wanted);
    if (isAllowed && Number.isFinite(wanted)) return;
    count += 1;
    const ratio = roundRatio(difference / Math.abs(wanted));
    if (isWorse(difference, absolute)) Object.assign(absolute, { difference, position });
    if (isWorse(ratio, relative)) Object.assign(relative, { difference: ratio, position });
  });
  return { count, absolute, relative };
}

/** The first NaN is the worst of all. */
function isWorse(difference: number, worst: Worst): boolean {
  if (Number.isNaN(worst.difference)) return false;
  return Number.isNaN(difference) || difference > worst.difference;
}

/** What is wrong, or null. */
function mismatchReport(
  actual: TensorBase,
  expected: TensorBase,
  limits: Tolerance,
  equalNan: boolean,
): string | null {
  const common = promoteTypes(actual.dtype, expected.dtype);
  const x = Array.from(copyElements(actual), Number);
  const y = Array.from(copyElements(expected), Number);
  const { count, absolute, relative } = findMismatches(x, y, limits, equalNan, common);
  if (count === 0) return null;
  const isExact = limits.rtol === 0 && limits.atol === 0;
  const allowed = (limit: number): string =>
    isExact ? "" : ` (up to ${pythonNumber(limit, true)} allowed)`;
  const verdict = isExact ? "not equal!" : "not close!";
  const difference = pythonNumber(absolute.difference, common.is_floating_point);
  const ratio = pythonNumber(relative.difference, true);
  if (actual.ndim === 0) {
    return [
      `Scalars are ${verdict}`,
      "",
      `Expected ${pythonElement(at(y, 0), expected.dtype)} but got ${pythonElement(at(x, 0), actual.dtype)}.`,
      `Absolute difference: ${difference}${allowed(limits.atol)}`,
      `Relative difference: ${ratio}${allowed(limits.rtol)}`,
    ].join("\n");
  }
  const place = (worst: Worst): string =>
    `at index ${tuple(coordinatesAt(actual.shape, worst.position))}`;
  return [
    `Tensor-likes are ${verdict}`,
    "",
    `Mismatched elements: ${count} / ${x.length} (${((100 * count) / x.length).toFixed(1)}%)`,
    `Greatest absolute difference: ${difference} ${place(absolute)}${allowed(limits.atol)}`,
    `Greatest relative difference: ${ratio} ${place(relative)}${allowed(limits.rtol)}`,
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

/** NaN, infinities and closeness. */
import { RuntimeError } from "../../base/errors.ts";
import { bool, type DType, float64 } from "../../core/dtype.ts";
import { pointwise } from "../../loops/computation.ts";
import {
  add,
  cast,
  compare,
  constant,
  type Expression,
  isNaNValue,
  logicalAnd,
  logicalOr,
  mul,
  select,
  sub,
  unary,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naiveMap } from "../naive-array.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";
import { unaryOp, unarySamples } from "./pointwise-op.ts";

const infinityOf = (x: Expression): Expression => constant(x.type, Infinity);
const isFloat = (x: Expression): boolean => x.type === "float32" || x.type === "float64";

export const isnan = unaryOp({
  name: "isnan",
  api: ["torch.isnan", "Tensor.isnan"],
  rule: "bool",
  body: isNaNValue,
  reference: (x) => Number(Number.isNaN(x)),
  doc: { summary: "Whether each element is NaN.", example: "torch.tensor([1, NaN]).isnan()" },
  derivative: "not-differentiable",
});

export const isinf = unaryOp({
  name: "isinf",
  api: ["torch.isinf", "Tensor.isinf"],
  rule: "bool",
  body: (x) => (isFloat(x) ? compare("eq", unary("abs", x), infinityOf(x)) : constant("bool", 0)),
  reference: (x) => Number(Math.abs(x) === Infinity),
  doc: {
    summary: "Whether each element is infinite.",
    example: "torch.tensor([1, -Infinity]).isinf()",
  },
  derivative: "not-differentiable",
});

export const isfinite = unaryOp({
  name: "isfinite",
  api: ["torch.isfinite", "Tensor.isfinite"],
  rule: "bool",
  body: (x) => (isFloat(x) ? compare("lt", unary("abs", x), infinityOf(x)) : constant("bool", 1)),
  reference: (x) => Number(Number.isFinite(x)),
  doc: {
    summary: "Whether each element is neither infinite nor NaN.",
    example: "torch.tensor([1, NaN]).isfinite()",
  },
  derivative: "not-differentiable",
});

/** The largest finite number of a float dtype; null for others. */
function largestOf({ words, name }: DType): number | null {
  if (words !== null) return words.largest;
  return name === "float64" ? Number.MAX_VALUE : name === "float32" ? 3.4028234663852886e38 : null;
}

const replaceSpecial = (
  x: Expression,
  nan: Expression,
  posinf: Expression,
  neginf: Expression,
): Expression =>
  select(
    isNaNValue(x),
    nan,
    select(compare("eq", x, Infinity), posinf, select(compare("eq", x, -Infinity), neginf, x)),
  );
const unchanged = (x: Expression): Expression => x;

export const nan_to_num = defineOp({
  name: "nan_to_num",
  api: ["torch.nan_to_num", "Tensor.nan_to_num", "Tensor.nan_to_num_"],
  args: {
    self: arg.tensor,
    nan: arg.withDefault(arg.number, 0),
    posinf: arg.optional(arg.number),
    neginf: arg.optional(arg.number),
  },
  doc: {
    summary:
      "Replaces NaN and infinities; without values, infinities become the largest finite numbers.",
    example: "torch.tensor([NaN, Infinity, 1]).nan_to_num(0, 5)",
  },
  derivative: "pending",
  meta: ({ self }) => pointwiseMeta([self], self.dtype),
  lowering: ({ self, nan, posinf, neginf }) => {
    const limit = largestOf(self.dtype);
    if (limit === null) return pointwise(unchanged, [self], self.dtype);
    return pointwise(replaceSpecial, [self, nan, posinf ?? limit, neginf ?? -limit], self.dtype);
  },
  reference: ({ self, nan, posinf, neginf }) =>
    naiveMap([self], (x) => {
      if (Number.isNaN(x)) return nan;
      const limit = largestOf(self.dtype) ?? 0;
      return x === Infinity ? (posinf ?? limit) : x === -Infinity ? (neginf ?? -limit) : x;
    }),
  samples: function* (make) {
    yield* unarySamples(make, {});
    if (!make.dtype.is_floating_point) return;
    yield { self: make.of([4], [NaN, Infinity, -Infinity, 1]) };
    yield { self: make.of([4], [NaN, Infinity, -Infinity, 1]), nan: 2, posinf: 3, neginf: 4 };
  },
});

export const isclose = defineOp({
  name: "isclose",
  api: ["torch.isclose", "Tensor.isclose"],
  args: {
    self: arg.tensor,
    other: arg.tensor,
    rtol: arg.withDefault(arg.number, 1e-5),
    atol: arg.withDefault(arg.number, 1e-8),
    equal_nan: arg.withDefault(arg.bool, false),
  },
  doc: {
    summary: "Whether elements differ by at most `atol + rtol * |other|`.",
    example: "torch.tensor([1]).isclose(torch.tensor([1.000001]))",
  },
  derivative: "not-differentiable",
  meta: ({ self, other }) => {
    if (self.dtype !== other.dtype) {
      throw new RuntimeError(
        `${self.dtype.scalarTypeName} did not match ${other.dtype.scalarTypeName}`,
      );
    }
    return pointwiseMeta([self, other], bool);
  },
  lowering: ({ self, other, rtol, atol, equal_nan }) => {
    const compute = self.dtype.is_floating_point ? self.dtype : float64;
    return pointwise(
      equal_nan ? closeOrNaN : close,
      [self, other, rtol, atol],
      [compute, compute, float64, float64],
    );
  },
  reference: ({ self, other, rtol, atol, equal_nan }) =>
    naiveMap([self, other], (x, y) =>
      Number(
        (equal_nan && Number.isNaN(x) && Number.isNaN(y)) ||
          x === y ||
          (Math.abs(x - y) <= atol + Math.abs(rtol * y) && Number.isFinite(y)),
      ),
    ),
  samples: function* (make) {
    const self = make.tensor([2, 3]);
    yield { self, other: self };
    yield { self, other: make.tensor([3]), atol: 1 };
    if (make.dtype.is_floating_point)
      yield {
        self: make.of([3], [NaN, Infinity, 1]),
        other: make.of([3], [NaN, Infinity, 1.00001]),
        equal_nan: true,
      };
  },
});

const close = (x: Expression, y: Expression, rtol: Expression, atol: Expression): Expression => {
  const wideX = cast(x, "float64");
  const wideY = cast(y, "float64");
  const allowed = add(atol, unary("abs", mul(rtol, wideY)));
  const near = logicalAnd(
    compare("le", unary("abs", sub(wideX, wideY)), allowed),
    compare("lt", unary("abs", wideY), Infinity),
  );
  return logicalOr(compare("eq", wideX, wideY), near);
};
const closeOrNaN = (x: Expression, y: Expression, rtol: Expression, atol: Expression): Expression =>
  logicalOr(close(x, y, rtol, atol), logicalAnd(isNaNValue(x), isNaNValue(y)));

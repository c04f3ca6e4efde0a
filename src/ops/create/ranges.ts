/** Tensors of evenly spaced values, and the identity matrix. */
import { RuntimeError } from "../../base/errors.ts";
import { get_default_dtype } from "../../core/default-dtype.ts";
import { bool, type DType, float32, int64 } from "../../core/dtype.ts";
import type { Scalar } from "../../core/scalar.ts";
import { at } from "../../core/shape.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import {
  add,
  arithmetic,
  cast,
  compare,
  constant,
  div,
  type Expression,
  mul,
  select,
  sub,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naiveFill } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { checkedSize } from "./full.ts";
import { factoryArgs } from "./factory-args.ts";

function rangeDType(values: readonly Scalar[], dtype: DType | null): DType {
  if (dtype !== null) return dtype;
  const isWhole = values.every((value) => typeof value === "bigint" || Number.isInteger(value));
  return isWhole ? int64 : get_default_dtype();
}

function rangeLength(start: number, end: number, step: number): number {
  if (step === 0) throw new RuntimeError("step must be nonzero");
  if (!Number.isFinite(start) || !Number.isFinite(end))
    throw new RuntimeError(`unsupported range: ${start} -> ${end}`);
  if (step > 0 ? end < start : end > start) {
    throw new RuntimeError("upper bound and lower bound inconsistent with step sign");
  }
  return Math.ceil((end - start) / step);
}

const wholeRange = ({ positions, scalar }: IndexedContext): Expression =>
  add(scalar(0), mul(at(positions, 0), scalar(1)));
const floatRange = ({ positions, scalar }: IndexedContext): Expression =>
  add(scalar(0), mul(cast(at(positions, 0), "float64"), scalar(1)));

export const arangeFrom = defineOp({
  name: "arange.start",
  api: ["torch.arange"],
  args: {
    start: arg.extent,
    end: arg.extent,
    step: arg.withDefault(arg.extent, 1),
    ...factoryArgs,
  },
  doc: {
    summary: "Values from `start` up to but without `end`, `step` apart.",
    details: "int64 if all arguments are whole numbers, else the default float dtype.",
    example: "torch.arange(1, 4)",
  },
  derivative: "not-differentiable",
  dtypes: numberDTypes,
  meta: ({ start, end, step, dtype }) => ({
    dtype: rangeDType([start, end, step], dtype),
    shape: [rangeLength(Number(start), Number(end), Number(step))],
  }),
  lowering: ({ start, end, step, dtype }) => {
    const type = rangeDType([start, end, step], dtype).is_floating_point ? "float64" : "index";
    const scalars = [scalarValue(type, Number(start)), scalarValue(type, Number(step))];
    return indexed(type === "index" ? wholeRange : floatRange, { scalars });
  },
  reference: ({ start, end, step }) => {
    const values: number[] = [];
    for (
      let i = 0;
      Number(step) > 0
        ? Number(start) + i * Number(step) < Number(end)
        : Number(start) + i * Number(step) > Number(end);
      i++
    ) {
      values.push(Number(start) + i * Number(step));
    }
    return { shape: [values.length], values };
  },
  samples: function* (make) {
    yield { start: 1, end: 4, dtype: make.dtype };
    yield { start: 5, end: 0, step: -2 };
    yield { start: 0, end: 1, step: 0.25 };
    yield { start: 3, end: 3 };
  },
});

export const arange = defineOp({
  name: "arange",
  api: ["torch.arange"],
  args: { end: arg.extent, ...factoryArgs },
  doc: { summary: "Values from 0 up to but without `end`.", example: "torch.arange(3)" },
  derivative: "not-differentiable",
  dtypes: numberDTypes,
  decomposition: ({ end, ...options }) => runOp(arangeFrom, { start: 0, end, ...options }),
  reference: ({ end }) => naiveFill([Math.ceil(Number(end))], (coordinates) => at(coordinates, 0)),
  samples: function* (make) {
    yield { end: 4, dtype: make.dtype };
    yield { end: 2.5 };
    yield { end: 0 };
  },
});

/** Counted from the nearer end, so that both ends are exact. */
const spaced = ({ positions, scalar }: IndexedContext): Expression => {
  const place = cast(at(positions, 0), "float64");
  const fromStart = add(scalar(0), mul(scalar(2), place));
  const fromEnd = sub(
    scalar(1),
    mul(scalar(2), sub(sub(scalar(3), place), constant("float64", 1))),
  );
  return select(compare("lt", place, div(scalar(3), 2)), fromStart, fromEnd);
};

export const linspace = defineOp({
  name: "linspace",
  api: ["torch.linspace"],
  args: { start: arg.scalar, end: arg.scalar, steps: arg.int, ...factoryArgs },
  doc: {
    summary: "`steps` evenly spaced values from `start` to `end`, both included.",
    example: "torch.linspace(0, 1, 5)",
  },
  derivative: "not-differentiable",
  dtypes: numberDTypes,
  meta: ({ steps, dtype }) => {
    if (steps < 0) throw new RuntimeError("number of steps must be non-negative");
    return { dtype: dtype ?? get_default_dtype(), shape: [steps] };
  },
  lowering: ({ start, end, steps }) => {
    const step = steps > 1 ? (Number(end) - Number(start)) / (steps - 1) : 0;
    return indexed(steps === 1 ? firstOnly : spaced, {
      scalars: [Number(start), Number(end), step, steps].map((value) =>
        scalarValue("float64", value),
      ),
    });
  },
  reference: ({ start, end, steps, dtype }) =>
    naiveFill([steps], (coordinates) => {
      const value =
        steps === 1
          ? Number(start)
          : Number(start) + (at(coordinates, 0) * (Number(end) - Number(start))) / (steps - 1);
      return (dtype ?? get_default_dtype()).is_floating_point ? value : Math.trunc(value);
    }),
  samples: function* (make) {
    yield { start: 0, end: 8, steps: 5, dtype: make.dtype };
    yield { start: 3, end: -1, steps: 4 };
    yield { start: 2, end: 9, steps: 1 };
    yield { start: 0, end: 1, steps: 0 };
  },
});

const firstOnly = ({ scalar }: IndexedContext): Expression => scalar(0);

const onDiagonal = ({ positions }: IndexedContext): Expression =>
  compare("eq", at(positions, 0), at(positions, 1));

export const eye = defineOp({
  name: "eye",
  api: ["torch.eye"],
  args: { n: arg.int, m: arg.optional(arg.int), ...factoryArgs },
  doc: {
    summary: "A matrix with ones on the diagonal and zeros elsewhere.",
    example: "torch.eye(2)",
  },
  derivative: "not-differentiable",
  meta: ({ n, m, dtype }) => {
    if (n < 0) throw new RuntimeError(`n must be greater or equal to 0, got ${n}`);
    if (m !== null && m < 0) throw new RuntimeError(`m must be greater or equal to 0, got ${m}`);
    return { dtype: dtype ?? get_default_dtype(), shape: [n, m ?? n] };
  },
  lowering: () => indexed(onDiagonal, {}),
  reference: ({ n, m }) =>
    naiveFill([n, m ?? n], (coordinates) => (coordinates[0] === coordinates[1] ? 1 : 0)),
  samples: function* (make) {
    yield { n: 3, dtype: make.dtype };
    yield { n: 2, m: 4 };
    yield { n: 0, dtype: bool };
  },
});

const powers = ({ positions, scalar }: IndexedContext): Expression =>
  arithmetic("pow", scalar(2), add(scalar(0), mul(scalar(1), cast(at(positions, 0), "float64"))));

export const logspace = defineOp({
  name: "logspace",
  api: ["torch.logspace"],
  args: {
    start: arg.scalar,
    end: arg.scalar,
    steps: arg.int,
    base: arg.withDefault(arg.number, 10),
    ...factoryArgs,
  },
  doc: {
    summary: "`steps` values from base^start to base^end, evenly spaced on a logarithmic scale.",
    example: "torch.logspace(0, 2, 3)",
  },
  derivative: "not-differentiable",
  meta: ({ steps, dtype }) => ({
    dtype: dtype ?? get_default_dtype(),
    shape: checkedSize([steps]),
  }),
  lowering: ({ start, end, steps, base }) => {
    const step = steps > 1 ? (Number(end) - Number(start)) / (steps - 1) : 0;
    return indexed(powers, {
      scalars: [Number(start), step, base].map((value) => scalarValue("float64", value)),
    });
  },
  reference: ({ start, end, steps, base }) =>
    naiveFill(
      [steps],
      (coordinates) =>
        base **
        (Number(start) +
          (at(coordinates, 0) * (Number(end) - Number(start))) / Math.max(steps - 1, 1)),
    ),
  dtypes: [float32],
  samples: function* () {
    yield { start: 0, end: 2, steps: 3 };
    yield { start: -1, end: 1, steps: 4, base: 2 };
  },
});

/** Kernels with several stages, as fusion builds them. */
import {
  add,
  cast,
  constant,
  div,
  exp,
  maximum,
  mul,
  sub,
  unary,
  type Expression,
  type ValueType,
} from "../../src/loops/expression.ts";
import { makeKernel, stage, type Kernel, type OperandSlot } from "../../src/loops/kernel.ts";

const point: OperandSlot = { type: "float32", access: "point" };
const state = (index: number, type: ValueType): Expression => ({
  kind: "state",
  type,
  state: index,
});
const load = (operand: number): Expression => ({ kind: "load", type: "float32", operand });

/** out = softmax(x) along the fold axes. Operands: out, x. */
export function softmaxKernel(): Kernel {
  const x = load(1);
  const largest = state(0, "float32");
  const total = state(1, "float32");
  const exponential = exp(sub(x, largest));
  const kept: Expression = { kind: "row", type: "float32", row: 0 };
  return makeKernel({
    name: "softmax",
    operands: [point, point],
    rows: ["float32"],
    stages: [
      stage({
        over: "sweep",
        states: [
          { type: "float32", initial: constant("float32", -Infinity), next: maximum(largest, x) },
        ],
      }),
      stage({
        over: "sweep",
        states: [
          { type: "float32", initial: constant("float32", 0), next: add(total, exponential) },
        ],
        rows: [{ row: 0, value: exponential }],
      }),
      stage({
        over: "sweep",
        stores: [{ operand: 0, coordinates: null, mode: "set", value: div(kept, total) }],
      }),
    ],
  });
}

/** Layer norm along the fold axes. Operands: out, mean, rstd, x, weight, bias; scalars: count, epsilon. */
export function layerNormKernel(): Kernel {
  const x = load(3);
  const count: Expression = { kind: "scalar", type: "float32", slot: 0 };
  const epsilon: Expression = { kind: "scalar", type: "float32", slot: 1 };
  const mean = div(state(0, "float32"), count);
  const difference = sub(x, mean);
  const spread = unary("sqrt", add(div(state(1, "float32"), count), epsilon));
  const rstd = div(constant("float32", 1), spread);
  const zero = constant("float32", 0);
  const next = (index: number, value: Expression): Expression =>
    add(state(index, "float32"), value);
  const store = (operand: number, value: Expression) =>
    ({ operand, coordinates: null, mode: "set", value: cast(value, "float32") }) as const;
  return makeKernel({
    name: "layer_norm",
    operands: [point, point, point, point, point, point],
    scalars: ["float32", "float32"],
    stages: [
      stage({
        over: "sweep",
        states: [{ type: "float32", initial: zero, next: next(0, x) }],
      }),
      stage({
        over: "sweep",
        states: [{ type: "float32", initial: zero, next: next(1, mul(difference, difference)) }],
      }),
      stage({ over: "once", stores: [store(1, mean), store(2, rstd)] }),
      stage({
        over: "sweep",
        stores: [store(0, add(mul(mul(difference, rstd), load(4)), load(5)))],
      }),
    ],
  });
}

/** out = (x - mean)·mean along the fold axes, with both means kept by a stage between the sweeps. Operands: out, x. */
export function centeredKernel(): Kernel {
  const x = load(1);
  const count: Expression = { kind: "scalar", type: "float64", slot: 0 };
  const wide = div(state(0, "float64"), count);
  const zero = (type: ValueType): Expression => constant(type, 0);
  const difference = cast(sub(cast(x, "float64"), state(1, "float64")), "float32");
  const value = mul(difference, state(2, "float32"));
  return makeKernel({
    name: "centered",
    operands: [point, point],
    scalars: ["float64"],
    stages: [
      stage({
        over: "sweep",
        states: [
          {
            type: "float64",
            initial: zero("float64"),
            next: add(state(0, "float64"), cast(x, "float64")),
          },
        ],
      }),
      stage({
        over: "once",
        states: [
          { type: "float64", initial: zero("float64"), next: wide },
          { type: "float32", initial: zero("float32"), next: cast(wide, "float32") },
        ],
      }),
      stage({ over: "sweep", stores: [{ operand: 0, coordinates: null, mode: "set", value }] }),
    ],
  });
}

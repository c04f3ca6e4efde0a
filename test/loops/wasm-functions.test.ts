/** Functions in WebAssembly beyond what `accuracy.test.ts` claims of public ones: fused forms, float64, two arguments. */
import { describe, expect, test } from "vitest";
import { float32, float64, type DType } from "../../src/core/dtype.ts";
import { copyElements } from "../../src/core/elements.ts";
import { adoptArray } from "../../src/core/make-tensor.ts";
import type { TypedArray } from "../../src/core/storage.ts";
import {
  add,
  arithmetic,
  exp,
  negate,
  unary,
  type Expression,
  type UnaryOperation,
} from "../../src/loops/expression.ts";
import { erf, ndtr } from "../../src/loops/javascript/special-functions.ts";
import { makeKernel, stage } from "../../src/loops/kernel.ts";
import { reasonAgainst } from "../../src/loops/wasm/vector-support.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import { spreadArguments, ulpsBetween } from "../../tools/accuracy/measure.ts";
import "../../src/api/tensor.ts";

const backend = makeWasmBackend({ smallestLaunch: 0 });

function compute(dtype: DType, value: Expression, inputs: readonly TypedArray[]): TypedArray {
  const type = dtype.name;
  const slots = [null, ...inputs].map(() => ({ type, access: "point" }) as const);
  const store = { operand: 0, coordinates: null, mode: "set", value } as const;
  const kernel = makeKernel({
    name: "map",
    operands: slots,
    stages: [stage({ over: "point", stores: [store] })],
  });
  expect(reasonAgainst(kernel)).toBeNull();
  const count = inputs[0]?.length ?? 0;
  const output = inputs[0]?.slice();
  if (output === undefined) return new Float32Array();
  const tensors = [output, ...inputs].map((array) => adoptArray(array, [count], dtype));
  const operands = tensors.map((tensor) => ({ tensor, strides: [1] }));
  backend.run({ kernel, parallel: [count], fold: [], operands, scalars: [] });
  const [result] = tensors;
  return result === undefined ? output : copyElements(result);
}

const x = (type: "float32" | "float64", operand: number): Expression => ({
  kind: "load",
  type,
  operand,
});

/** Those that have float64 code. */
const functions: readonly (readonly [UnaryOperation, (x: number) => number])[] = [
  ["exp", Math.exp],
  ["exp2", (value) => 2 ** value],
  ["expm1", Math.expm1],
  ["log", Math.log],
  ["log1p", Math.log1p],
  ["log2", Math.log2],
  ["log10", Math.log10],
  ["asin", Math.asin],
  ["acos", Math.acos],
  ["atan", Math.atan],
  ["sinh", Math.sinh],
  ["cosh", Math.cosh],
  ["tanh", Math.tanh],
  ["asinh", Math.asinh],
  ["acosh", Math.acosh],
  ["atanh", Math.atanh],
];

type Claim = readonly [string, (x: Expression) => Expression, (x: number) => number, number];

const claims: readonly Claim[] = [
  ["1 + exp", (argument) => add(1, exp(argument)), (value) => 1 + Math.exp(value), 1.5],
  [
    "1 + exp of -x",
    (argument) => add(1, exp(negate(argument))),
    (value) => 1 + Math.exp(-value),
    1.5,
  ],
];

describe.each(claims)("%s of float32", (_, expression, exact, bound) => {
  test(`is at most ${bound} ulp off`, () => {
    let worst = { error: 0, at: 0 };
    for (const inputs of spreadArguments(40_009)) {
      const results = compute(float32, expression(x("float32", 1)), [inputs.slice()]);
      inputs.forEach((input, i) => {
        const error = ulpsBetween(Number(results[i]), exact(input));
        if (error > worst.error) worst = { error, at: input };
      });
    }
    expect(worst.error, `at ${worst.at}`).toBeLessThanOrEqual(bound);
  });

  test("has the special values of C", () => {
    const inputs = Float32Array.of(0, -0, 1, -1, 0.5, -0.5, Infinity, -Infinity, NaN, 1e-40, 3e38);
    const results = compute(float32, expression(x("float32", 1)), [inputs.slice()]);
    inputs.forEach((input, i) => {
      expect(ulpsBetween(Number(results[i]), exact(input)), `of ${input}`).toBeLessThanOrEqual(
        bound,
      );
    });
    expect(results[1]).toBe(Math.fround(exact(-0)));
    expect(results[8]).toBeNaN();
  });
});

test.each(functions)("%s of float64 is within 4 units of the last place", (operation, exact) => {
  const inputs = Float64Array.from({ length: 20_001 }, (_, i) => {
    const magnitude = 10 ** ((i % 2001) / 100 - 10);
    return i % 2 === 0 ? magnitude : -magnitude;
  });
  const results = compute(float64, unary(operation, x("float64", 1)), [inputs.slice()]);
  inputs.forEach((input, i) => {
    const [got, wanted] = [Number(results[i]), exact(input)];
    if (Object.is(got, wanted)) return;
    const error = Math.abs(got - wanted) / Math.abs(wanted);
    if (!(error < 4 * Number.EPSILON))
      expect.fail(`${operation}(${input}) is ${got}, not ${wanted}`);
  });
});

test("pow of float32 has the values of C for every pair of special numbers", () => {
  const numbers = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e30, Infinity, -Infinity, NaN];
  const bases = Float32Array.from(numbers.flatMap((base) => numbers.map(() => base)));
  const exponents = Float32Array.from(numbers.flatMap(() => numbers));
  const value = arithmetic("pow", x("float32", 1), x("float32", 2));
  const results = compute(float32, value, [bases.slice(), exponents.slice()]);
  const power = (base: number, exponent: number): number =>
    base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent;
  bases.forEach((base, i) => {
    const exponent = exponents[i] ?? 0;
    expect(results[i], `${base} ** ${exponent}`).toBe(Math.fround(power(base, exponent)));
  });
});

test("atan2 of float32 knows all quadrants and their borders", () => {
  const numbers = [0, -0, 1, -1, 0.3, -7, Infinity, -Infinity, NaN];
  const tops = Float32Array.from(numbers.flatMap((top) => numbers.map(() => top)));
  const sides = Float32Array.from(numbers.flatMap(() => numbers));
  const value = arithmetic("atan2", x("float32", 1), x("float32", 2));
  const results = compute(float32, value, [tops.slice(), sides.slice()]);
  tops.forEach((top, i) => {
    const side = sides[i] ?? 0;
    expect(results[i], `atan2(${top}, ${side})`).toBe(Math.fround(Math.atan2(top, side)));
  });
});

test("exp goes through subnormal numbers to 0 where they end", () => {
  const exp = (type: "float32" | "float64"): Expression => unary("exp", x(type, 0));
  const near = Array.from({ length: 4001 }, (_, index) => -1 - index / 2000);
  const singles = Float32Array.from([...near.map((value) => value - 102), -1e9, -Infinity]);
  compute(float32, exp("float32"), [singles]).forEach((value, index) => {
    const exact = Math.exp(singles[index] ?? NaN);
    expect(Math.abs(Number(value) - exact), `${singles[index]}`).toBeLessThanOrEqual(2 ** -149);
  });
  const doubles = Float64Array.from([...near.map((value) => value - 743), -1e9, -Infinity]);
  compute(float64, exp("float64"), [doubles]).forEach((value, index) => {
    const exact = Math.exp(doubles[index] ?? NaN);
    expect(Math.abs(Number(value) - exact), `${doubles[index]}`).toBeLessThanOrEqual(2 ** -1074);
  });
});

const nearOne: readonly Claim[] = [
  ["1 + erf", (argument) => add(1, unary("erf", argument)), (value) => 1 + erf(value), 4e-7],
  [
    "1 + tanh",
    (argument) => add(1, unary("tanh", argument)),
    (value) => 1 + Math.tanh(value),
    3e-7,
  ],
  ["ndtr", (argument) => unary("ndtr", argument), ndtr, 2e-7],
];

test.each(nearOne)("%s of float32 is as exact as numbers near 1", (_, expression, exact, bound) => {
  const value = expression(x("float32", 1));
  const inputs = Float32Array.from({ length: 400_001 }, (_, i) => (i - 200_000) / 30_000);
  const beyond = [0, -0, 1e-30, 40, -40, -45, 1e30, -1e30, Infinity, -Infinity];
  for (const some of [inputs, Float32Array.from(beyond)]) {
    const results = compute(float32, value, [some]);
    const errors = Array.from(some, (each, i) => Math.abs(Number(results[i]) - exact(each)));
    expect(errors.reduce((most, error) => Math.max(most, error))).toBeLessThanOrEqual(bound);
  }
  expect(compute(float32, value, [Float32Array.of(NaN)])[0]).toBeNaN();
});

test("expOfNegative of float32 is at most 1.2 ulp off, and 0 below the normal numbers", () => {
  const value = unary("expOfNegative", x("float32", 1));
  const inputs = Float32Array.from({ length: 400_001 }, (_, i) => -i / 4000);
  const results = compute(float32, value, [inputs]);
  inputs.forEach((input, i) => {
    const [got, wanted] = [Number(results[i]), Math.exp(input)];
    const isFine = ulpsBetween(got, wanted) <= 1.2 || (wanted < 2 ** -125.9 && got === 0);
    if (!isFine) expect.fail(`of ${input}: ${got}, not ${wanted}`);
  });
  const special = compute(float32, value, [Float32Array.of(0, -0, -Infinity, NaN)]);
  expect([...special]).toEqual([1, 1, 0, NaN]);
});

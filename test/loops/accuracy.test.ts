/** Every function of tools/accuracy/functions.ts keeps to its claim, in both kinds of kernels: a sample of `npm run accuracy`. */
import { afterEach, describe, expect, test } from "vitest";
import { javascriptBackend } from "../../src/loops/javascript/javascript-backend.ts";
import * as special from "../../src/loops/javascript/special-functions.ts";
import { currentBackend, setBackend } from "../../src/loops/run-computation.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import { functions } from "../../tools/accuracy/functions.ts";
import {
  difficultArguments,
  measure,
  spreadArguments,
  ulpsBetween,
} from "../../tools/accuracy/measure.ts";
import { torch } from "../api/torch.ts";
import recorded from "../golden-values/functions.json" with { type: "json" };

const before = currentBackend();
afterEach(() => setBackend(before));

const backends = [
  ["JavaScript", javascriptBackend],
  ["WebAssembly", makeWasmBackend({ smallestLaunch: 0 })],
] as const;
const spread = [...spreadArguments(400_009)];
const valuesByCall = new Map<string, readonly (number | string)[]>(Object.entries(recorded.values));

/** JSON has neither NaN nor infinities. */
const fromJson = (value: number | string): number =>
  value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value === "nan" ? NaN : value);

describe.each(functions.map((facts) => [facts.call, facts] as const))("%s", (call, facts) => {
  test.each(backends)("in %s is as exact as claimed", (_, backend) => {
    setBackend(backend);
    const { worst, at } = measure(facts, [...spread, difficultArguments(facts.near)]);
    expect(worst, `at ${at}`).toBeLessThanOrEqual(facts.ulps);
  });

  test.each(backends)("in %s has PyTorch's special values", (_, backend) => {
    setBackend(backend);
    const inputs = recorded.arguments.map(fromJson);
    const results = facts.compute(torch.tensor(Float32Array.from(inputs))).toTypedArray();
    const wanted = valuesByCall.get(call) ?? [];
    expect(results.length).toBe(wanted.length);
    wanted.map(fromJson).forEach((value, i) => {
      const got = Number(results[i]);
      // PyTorch's own functions are some units of the last place off, and some give 0 for subnormal numbers.
      const isNear =
        Math.abs(got - value) <= 2e-6 * Math.abs(value) + 1e-37 * Math.sign(Math.abs(got));
      if (!Object.is(got, value) && !isNear)
        expect.fail(`of ${inputs[i]} is ${got}, PyTorch says ${value}`);
    });
  });
});

test.each(Object.entries(recorded.exact))(
  "%s in float64 serves as the exact value",
  (name, points) => {
    const own = new Map<string, unknown>(Object.entries(special)).get(name);
    if (typeof own !== "function") expect.fail(`no function ${name}`);
    for (const [x = NaN, exact = NaN] of points) {
      const error = ulpsBetween(Number(Reflect.apply(own, null, [x])), exact);
      expect(error, `${name}(${x})`).toBeLessThan(0.75);
    }
  },
);

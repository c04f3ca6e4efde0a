/** Every op record on the WebAssembly backend, with nothing left to JavaScript for being small. */
import { afterEach, describe, expect, test } from "vitest";
import { bfloat16, float16 } from "../../src/core/dtype.ts";
import { copyElements } from "../../src/core/elements.ts";
import { isTensor, type TensorBase } from "../../src/core/tensor.ts";
import { currentBackend, setBackend } from "../../src/loops/run-computation.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import { opTable } from "../../src/ops/op-table.ts";
import { runRecord } from "../../src/ops/run-op.ts";
import { checkReference, samplesOf } from "../ops/check-record.ts";
import { expectSimilar } from "./expect-similar.ts";

const before = currentBackend();
const wasm = makeWasmBackend({ smallestLaunch: 0 });
afterEach(() => setBackend(before));

function tensorsOf(result: unknown): TensorBase[] {
  if (isTensor(result)) return [result];
  return Array.isArray(result) ? result.filter(isTensor) : [];
}

describe.each(opTable().map((op) => ({ name: op.name, op })))("$name", ({ op }) => {
  test("agrees with its reference on every sample", () => {
    setBackend(wasm);
    for (const sample of samplesOf(op, bfloat16)) checkReference(op, sample);
  });

  test.skipIf(op.random)("gives what the JavaScript kernels give", () => {
    const twins = samplesOf(op, float16);
    samplesOf(op, float16).forEach((sample, index) => {
      setBackend(before);
      const expected = tensorsOf(runRecord(op, twins[index]?.args ?? {})).map(copyElements);
      setBackend(wasm);
      const actual = tensorsOf(runRecord(op, sample.args)).map(copyElements);
      expect(actual.length).toBe(expected.length);
      actual.forEach((array, place) => expectSimilar(array, expected[place], sample.label));
    });
  });
});

import { describe, test } from "vitest";
import { opTable } from "../../src/ops/op-table.ts";
import { checkFake, checkInPlace, checkReference, samplesOf } from "./check-record.ts";

describe.each(opTable().map((op) => ({ name: op.name, op })))("$name", ({ op }) => {
  test("agrees with its reference on every sample", () => {
    for (const sample of samplesOf(op)) checkReference(op, sample);
  });

  test.skipIf(op.random)("gives fake tensors the metadata of real ones", () => {
    for (const sample of samplesOf(op)) checkFake(op, sample);
  });

  const hasTwin =
    !op.mutates && op.api.some((name) => name.startsWith("Tensor.") && name.endsWith("_"));
  test.runIf(hasTwin)("in place writes the same values to the same tensor", () => {
    for (const sample of samplesOf(op)) checkInPlace(op, sample);
  });
});

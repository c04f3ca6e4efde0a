/** A sample of `npm run conformance:operators`: every operator, and every layout and dtype over all of them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { get_num_threads, set_num_threads } from "../../src/api/threads.ts";
import { opTable } from "../../src/ops/op-table.ts";
import { kernelRuntime } from "../../src/runtime/kernel-runtime.ts";
import { checkOperator } from "./check-operator.ts";
import { differenceOf } from "./difference.ts";
import { layouts, type LayoutName } from "./samples.ts";
import { startThreads } from "./start-threads.ts";

const before = get_num_threads();
beforeAll(startThreads);
afterAll(() => {
  kernelRuntime().pool?.terminate();
  set_num_threads(before);
});

const names = Object.keys(layouts) as LayoutName[]; // the keys of a record are its names

const cases = opTable().flatMap((op, index) => {
  const dtype = op.dtypes[index % op.dtypes.length];
  const layout = names[(index + Math.floor(index / op.dtypes.length)) % names.length];
  return dtype === undefined || layout === undefined
    ? []
    : [[op.name, dtype.name, layout, { op, dtype, layout, factor: 7 }] as const];
});

test.each(cases)("%s of %s, %s, gives the same in every way it can run", (...[, , , own]) => {
  expect(checkOperator(own, (sample) => sample % 3 === 0).findings).toEqual([]);
});

const run = (value: number, dtype = "float32", error: unknown = null) => ({
  error,
  tensors: [[dtype, [1]]],
  values: [[value]],
  versions: [0],
});

test("runs differ in their bits, in their errors and in what they made", () => {
  expect(differenceOf(run(1), run(1 + 2 ** -23), "same")).toContain("element 0");
  expect(differenceOf(run(1), run(1 + 2 ** -23), "similar")).toBeNull();
  expect(differenceOf(run(1), run(1.001), "similar")).toContain("not 1.001");
  expect(differenceOf(run(0), run(-0), "same")).toContain("element 0");
  expect(differenceOf(run(NaN), run(1), "similar")).toContain("NaN");
  expect(differenceOf(run(2 ** 24, "int32"), run(2 ** 24 + 1, "int32"), "similar")).not.toBeNull();
  expect(differenceOf(run(1, "float32", "Error"), run(1), "similar")).toContain("Error");
  expect(differenceOf(run(1, "float64"), run(1), "similar")).toContain("float64");
});

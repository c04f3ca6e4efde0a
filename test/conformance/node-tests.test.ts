/**
 * The ONNX standard's node tests for the operators we have. They are not part of the repository: unpack them and name the
 * folder in ONNX_NODE_TESTS to run this file; without it everything here is skipped.
 */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { exceptions, withoutCounterpart } from "./exceptions.ts";
import { type OnnxCase, readCase } from "./onnx-case.ts";
import { operators } from "./operators.ts";

const root = process.env["ONNX_NODE_TESTS"];
const all =
  root === undefined ? [] : readdirSync(root).flatMap((name) => readCase(root, name) ?? []);
const cases = all.filter((node) => node.operator in operators);

describe.skipIf(root === undefined)("ONNX node tests (ONNX_NODE_TESTS names their folder)", () => {
  test("every operator is run or has a reason not to be, and not both", () => {
    const names = [...new Set(all.map(({ operator }) => operator))];
    const isKnown = (name: string): boolean => name in operators !== name in withoutCounterpart;
    expect(names.filter((name) => !isKnown(name))).toEqual([]);
  });

  test.each(cases.map((node) => [node.name, node] as const))("%s", (name, node) => {
    const reason = exceptions[name];
    if (reason === undefined) check(node);
    // An exception that is gone must leave the list.
    else expect(() => check(node), `no longer an exception: ${reason}`).toThrow();
  });
});

/** The tolerances of ONNX's own runner. */
function check(node: OnnxCase): void {
  const inputs = node.inputs.filter((input) => input !== null);
  const result = operators[node.operator]?.(inputs, node) ?? [];
  const actual = result instanceof torch.Tensor ? [result] : result;
  expect(actual.length).toBeGreaterThan(0);
  actual.forEach((tensor, index) => {
    const wanted = node.outputs[index] ?? tensor;
    expect(tensor.shape).toEqual(wanted.shape);
    torch.testing.assert_close(tensor, wanted, { rtol: 1e-3, atol: 1e-4, equal_nan: true });
  });
}

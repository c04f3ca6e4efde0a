/**
 * The ONNX standard's node tests for the operators we have. They are not part of the repository: unpack them and name the
 * folder in ONNX_NODE_TESTS to run this file; without it everything here is skipped.
 */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { exceptions } from "./exceptions.ts";
import { type OnnxCase, readCase } from "./onnx-case.ts";
import { operators } from "./operators.ts";

const root = process.env["ONNX_NODE_TESTS"];
const cases =
  root === undefined
    ? []
    : readdirSync(root).flatMap((name) => {
        const node = readCase(root, name);
        return node !== null && node.operator in operators ? [node] : [];
      });

describe.skipIf(root === undefined)("ONNX node tests (ONNX_NODE_TESTS names their folder)", () => {
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

import { expect, test } from "vitest";
import { opTable } from "../../src/ops/op-table.ts";
import { torch } from "./torch.ts";

const examples = opTable().flatMap((op) =>
  op.doc.example === undefined ? [] : [{ name: op.name, example: op.doc.example }],
);

test.each(examples)("the example of $name runs: $example", ({ example }) => {
  // oxlint-disable-next-line no-new-func
  const run = new Function("torch", `return (${example});`);
  expect(() => {
    run(torch);
  }).not.toThrow();
});

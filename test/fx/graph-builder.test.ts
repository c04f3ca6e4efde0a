import { expect, test } from "vitest";
import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import { printGraph } from "../../src/fx/print-graph.ts";
import { verifyGraph } from "../../src/fx/verify-graph.ts";
import { fakeTorch } from "./example-graph.ts";

test("inputs come first even when they are found late", () => {
  const builder = new GraphBuilder();
  const x = builder.placeholder("x");
  const sum = builder.callFunction(fakeTorch.add, "torch.add", [x, 1]);
  const y = builder.placeholder("y");
  const graph = builder.build(builder.callFunction(fakeTorch.add, "torch.add", [sum, y]));
  verifyGraph(graph);
  expect(graph.placeholders.map(({ name }) => name)).toEqual(["x", "y"]);
});

test("a node knows its users", () => {
  const builder = new GraphBuilder();
  const x = builder.placeholder("x");
  const once = builder.callFunction(fakeTorch.add, "torch.add", [x, { nested: [x] }]);
  const graph = builder.build([once, x]);
  expect([...x.users]).toEqual([once, graph.output]);
});

test("a rollback forgets nodes, their names and their use of others", () => {
  const builder = new GraphBuilder();
  const x = builder.placeholder("x");
  const checkpoint = builder.checkpoint();
  builder.callFunction(fakeTorch.add, "torch.add", [x, builder.placeholder("y")]);
  builder.rollback(checkpoint);
  expect(x.users.size).toBe(0);
  expect(builder.callCount).toBe(0);
  expect(printGraph(builder.build(builder.callFunction(fakeTorch.add, "torch.add", [x, 1]))))
    .toBe(`forward(x) {
  const add = torch.add(x, 1);
  return add;
}`);
});

test("a sub-graph lifts values of enclosing graphs, through every level, once", () => {
  const outer = new GraphBuilder();
  const x = outer.placeholder("x");
  const middle = new GraphBuilder(outer);
  const inner = new GraphBuilder(middle);
  const graph = inner.build(inner.callFunction(fakeTorch.add, "torch.add", [x, x]));
  expect(printGraph(graph)).toBe(`forward(x) {
  const add = torch.add(x, x);
  return add;
}`);
  expect(middle.lifted.map(({ operand }) => operand)).toEqual([x]);
  expect(inner.lifted.map(({ operand }) => operand)).toEqual(
    middle.lifted.map(({ placeholder }) => placeholder),
  );
});

test("a node of an unrelated graph is refused", () => {
  const stranger = new GraphBuilder().placeholder("x");
  const builder = new GraphBuilder();
  expect(() => builder.callFunction(fakeTorch.add, "torch.add", [stranger, 1])).toThrow(
    "node x belongs to another graph",
  );
});

import { expect, test } from "vitest";
import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import { Graph } from "../../src/fx/graph.ts";
import { isCall, printedTarget } from "../../src/fx/node.ts";
import { definePass, runPass } from "../../src/fx/pass.ts";
import type { PassReport } from "../../src/fx/pass.ts";
import { printGraph, printGraphClass } from "../../src/fx/print-graph.ts";
import { removeDeadNodes } from "../../src/fx/remove-dead-nodes.ts";
import { verifyGraph } from "../../src/fx/verify-graph.ts";
import { exampleGraph, exampleText, fakeTorch, sourceLine } from "./example-graph.ts";

const printing = {
  hasEffects: (node: Parameters<typeof printedTarget>[0]) => printedTarget(node) === "torch.print",
};

test("dead nodes go, together with what only they needed; effects, inputs, names and types stay", () => {
  const builder = new GraphBuilder();
  const x = builder.placeholder("x", { example: { dtype: "torch.float32", shape: [2] } });
  builder.placeholder("unused");
  const first = builder.callFunction(fakeTorch.add, "torch.add", [x, 1]);
  builder.callFunction(fakeTorch.add, "torch.add", [first, 1]);
  const printed = builder.callFunction(fakeTorch.sub, "torch.sub", [x, 1]);
  builder.callFunction(fakeTorch.print, "torch.print", [printed]);
  const kept = builder.callFunction(fakeTorch.add, "torch.add", [x, 2], {
    source: sourceLine(9, "x.add(2)"),
  });
  const after = runPass(removeDeadNodes, builder.build([kept]), printing);
  expect(printGraph(after)).toBe(`forward(x /* f32[2] */, unused) {
  const sub = torch.sub(x, 1);
  const print = torch.print(sub);

  // File: model.ts:9 in fn, code: x.add(2)
  const add_2 = torch.add(x, 2);
  return [add_2];
}`);
});

test("a graph without dead nodes comes back as it is", () => {
  const graph = exampleGraph();
  expect(runPass(removeDeadNodes, graph, printing)).toBe(graph);
  expect(printGraphClass(graph)).toBe(exampleText);
});

test("runPass reports the pass with both graphs", () => {
  const reports: PassReport[] = [];
  const graph = exampleGraph();
  runPass(removeDeadNodes, graph, printing, (report) => reports.push(report));
  expect(reports).toEqual([
    { pass: "remove-dead-nodes", before: graph, after: graph, milliseconds: expect.any(Number) },
  ]);
});

test("runPass refuses a graph that its pass left invalid", () => {
  const dropCalls = definePass({
    name: "drop-calls",
    summary: "Leaves dangling uses behind.",
    run: (graph) =>
      new Graph(
        graph.nodes.filter((node) => !isCall(node)),
        graph.attributes,
      ),
  });
  expect(() => runPass(dropCalls, exampleGraph(), undefined)).toThrow(
    "invalid graph: node l_x_ (placeholder) is used by add, which is not in the graph",
  );
});

test("a value used before it is defined is an invalid graph", () => {
  const { nodes, attributes } = exampleGraph();
  const [x, y, sum, ...rest] = nodes;
  const reordered = [sum, x, y, ...rest].filter((node) => node !== undefined);
  expect(() => verifyGraph(new Graph(reordered, attributes))).toThrow(
    "invalid graph: node add (call_function) uses l_x_, which is not defined before it",
  );
});

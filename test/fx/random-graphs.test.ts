import fc from "fast-check";
import { expect, test } from "vitest";
import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import type { Graph } from "../../src/fx/graph.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import { interpretGraph } from "../../src/fx/interpret-graph.ts";
import type { Node } from "../../src/fx/node.ts";
import { operators } from "../../src/fx/operators.ts";
import { parseGraph } from "../../src/fx/parse-graph.ts";
import { runPass } from "../../src/fx/pass.ts";
import { printGraph } from "../../src/fx/print-graph.ts";
import { removeDeadNodes } from "../../src/fx/remove-dead-nodes.ts";
import { fakeTorch, resolveFakeTorch } from "./example-graph.ts";

interface Step {
  readonly kind: "add" | "scale" | "mul" | "neg" | "toString";
  readonly left: number;
  readonly right: number | { readonly constant: number };
}

const operand = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("add", "scale", "mul", "neg", "toString"),
  left: operand,
  right: fc.oneof(operand, fc.record({ constant: fc.double() })),
});
const graphs = fc
  .record({
    steps: fc.array(step, { maxLength: 15 }),
    outputs: fc.array(operand, { maxLength: 4 }),
  })
  .map(buildGraph);
const inputs = fc.tuple(fc.double(), fc.double());

test("printing, parsing and printing again is the identity", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const text = printGraph(graph);
      expect(printGraph(parseGraph(text, { resolve: resolveFakeTorch }))).toBe(text);
    }),
  );
});

test("compiled, interpreted, parsed and pruned graphs compute the same", () => {
  fc.assert(
    fc.property(graphs, inputs, (graph, values) => {
      const expected = interpretGraph(graph, values, () => {});
      const parsed = parseGraph(printGraph(graph), { resolve: resolveFakeTorch });
      const pruned = runPass(removeDeadNodes, graph, { hasEffects: () => false });
      for (const variant of [graph, parsed, pruned]) {
        expect(createGraphModule(variant)(...values)).toEqual(expected);
      }
    }),
  );
});

function buildGraph({
  steps,
  outputs,
}: {
  readonly steps: readonly Step[];
  readonly outputs: readonly number[];
}): Graph {
  const builder = new GraphBuilder();
  const nodes: Node[] = [builder.placeholder("x"), builder.placeholder("y")];
  const pick = (index: number): unknown => nodes[index % nodes.length];
  for (const { kind, left, right } of steps) {
    const second = typeof right === "number" ? pick(right) : right.constant;
    nodes.push(addStep(builder, kind, pick(left), second));
  }
  return builder.build(outputs.map(pick));
}

function addStep(builder: GraphBuilder, kind: Step["kind"], left: unknown, right: unknown): Node {
  switch (kind) {
    case "add":
      return builder.callFunction(fakeTorch.add, "torch.add", [left, right]);
    case "scale":
      return builder.callFunction(fakeTorch.scale, "torch.scale", [left], {
        kwargs: { by: right },
      });
    case "mul":
      return builder.callFunction(operators.mul.apply, "operator.mul", [left, right]);
    case "neg":
      return builder.callFunction(operators.neg.apply, "operator.neg", [left]);
    case "toString":
      return builder.callMethod("toString", [left]);
  }
}

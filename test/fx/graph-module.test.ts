import { expect, test, vi } from "vitest";
import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import { interpretGraph } from "../../src/fx/interpret-graph.ts";
import { exampleGraph, fakeTorch } from "./example-graph.ts";

const failingGraph = () => {
  const builder = new GraphBuilder();
  const x = builder.placeholder("x");
  builder.callFunction(fakeTorch.print, "torch.print", [x]);
  builder.callMethod("toFixed", [x, 1]);
  const failed = builder.callFunction(fakeTorch.fail, "torch.fail", []);
  return builder.build(failed);
};

test("the compiled form and the interpreter compute the same", () => {
  const graph = exampleGraph();
  const expected = [6, { text: "6.00", dtype: fakeTorch.float32, missing: null }];
  expect(createGraphModule(graph)(5, 2)).toEqual(expected);
  expect(interpretGraph(graph, [5, 2], () => {})).toEqual(expected);
});

test("where code generation is forbidden, a graph is interpreted", () => {
  vi.stubGlobal("Function", function Function() {
    throw new EvalError("Code generation from strings disallowed for this context");
  });
  try {
    expect(createGraphModule(exampleGraph())(2, 5)).toEqual([
      14,
      expect.objectContaining({ text: "14.00" }),
    ]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("an error passes unchanged, and the failed call is known once", () => {
  const module = createGraphModule(failingGraph());
  expect(() => module(5)).toThrow(new RangeError("out of range"));
  expect(module.takeFailure()).toMatchObject({ callIndex: 2 });
  expect(module.takeFailure()).toBeNull();
});

test("the interpreter reports the same failed call", () => {
  const report = vi.fn<(callIndex: number, outputs: unknown) => void>();
  expect(() => interpretGraph(failingGraph(), [5], report)).toThrow(new RangeError("out of range"));
  expect(report.mock.calls).toEqual([[2, undefined]]);
});

test("calling a method that is not there is the same kind of error in both forms", () => {
  const builder = new GraphBuilder();
  const graph = builder.build(builder.callMethod("missing", [builder.placeholder("x")]));
  expect(() => createGraphModule(graph)(5)).toThrow(TypeError);
  expect(() => interpretGraph(graph, [5], () => {})).toThrow(TypeError);
});

test("methods see their object as this", () => {
  const builder = new GraphBuilder();
  const graph = builder.build(builder.callMethod("scaled", [builder.placeholder("x"), 3]));
  const object = {
    factor: 2,
    scaled(by: number) {
      return this.factor * by;
    },
  };
  expect(createGraphModule(graph)(object)).toBe(6);
  expect(interpretGraph(graph, [object], () => {})).toBe(6);
});

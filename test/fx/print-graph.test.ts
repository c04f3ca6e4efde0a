import { expect, test } from "vitest";
import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import { operators } from "../../src/fx/operators.ts";
import { parseGraph } from "../../src/fx/parse-graph.ts";
import { printGraph, printGraphClass } from "../../src/fx/print-graph.ts";
import { verifyGraph } from "../../src/fx/verify-graph.ts";
import { exampleGraph, exampleText, fakeTorch, resolveFakeTorch } from "./example-graph.ts";

test("a graph prints as a class with types, source lines and its sub-graphs", () => {
  expect(printGraphClass(exampleGraph())).toBe(exampleText);
});

test("the printed text is JavaScript that computes what the graph computes", () => {
  const GraphModule: unknown = new Function("torch", `return new (${exampleText})()`)(fakeTorch);
  const run = (x: number, y: number): unknown =>
    Reflect.apply(Reflect.get(Object(GraphModule), "forward"), GraphModule, [x, y]);
  expect(run(5, 2)).toEqual(createGraphModule(exampleGraph())(5, 2));
  expect(run(2, 5)).toEqual(createGraphModule(exampleGraph())(2, 5));
});

test("parsing the printed text and printing again gives the same text", () => {
  const parsed = parseGraph(exampleText, { resolve: resolveFakeTorch });
  verifyGraph(parsed);
  expect(printGraphClass(parsed)).toBe(exampleText);
});

test("a parsed graph runs", () => {
  const parsed = createGraphModule(parseGraph(exampleText, { resolve: resolveFakeTorch }));
  expect(parsed(5, 2)).toEqual([6, { text: "6.00", dtype: fakeTorch.float32, missing: null }]);
});

test("print_readable returns the text and prints it only when asked to", () => {
  expect(createGraphModule(exampleGraph()).print_readable({ print_output: false })).toBe(
    exampleText,
  );
});

test("a text with numbers prints as a template string, and is read as one", () => {
  const builder = new GraphBuilder();
  const n = builder.placeholder("n");
  const { apply, name } = operators.text;
  const text = builder.callFunction(apply, name, ["\\`$", n, "`:", n]);
  const code = printGraph(builder.build(text));
  expect(code).toContain("const text = `\\\\\\`\\$${n}\\`:${n}`;");
  expect(printGraph(parseGraph(code, { resolve: resolveFakeTorch }))).toBe(code);
  expect(createGraphModule(builder.build(text))(7)).toBe("\\`$7`:7");
});

test("operators print as operators, and constants as literals", () => {
  const builder = new GraphBuilder();
  const x = builder.placeholder("x");
  const power = builder.callFunction(operators.pow.apply, "operator.pow", [-2, x]);
  const negative = builder.callFunction(operators.neg.apply, "operator.neg", [power]);
  const values = builder.callFunction(operators.getitem.apply, "operator.getitem", [x, "values"]);
  const first = builder.callFunction(operators.getitem.apply, "operator.getitem", [values, 0]);
  const graph = builder.build([
    negative,
    first,
    -0,
    NaN,
    -Infinity,
    10n,
    "a\n",
    undefined,
    null,
    { "a-b": 1, __proto__: null },
  ]);
  const text = `forward(x) {
  const pow = (-2) ** x;
  const neg = -pow;
  const getitem = x.values;
  const getitem_1 = getitem[0];
  return [neg, getitem_1, -0, NaN, -Infinity, 10n, "a\\n", undefined, null, { "a-b": 1 }];
}`;
  expect(printGraph(graph)).toBe(text);
  expect(printGraph(parseGraph(text, { resolve: resolveFakeTorch }))).toBe(text);
});

test("constants without a spelling are kept beside the graph", () => {
  const builder = new GraphBuilder();
  const key = Symbol("key");
  const callback = () => 1;
  const call = builder.callFunction(fakeTorch.print, "torch.print", [key, callback, key]);
  const graph = builder.build(call);
  expect(printGraph(graph)).toBe(`forward() {
  const constant = this.constant;
  const constant_1 = this.constant_1;
  const print = torch.print(constant, constant_1, constant);
  return print;
}`);
  expect([...graph.attributes.values()]).toEqual([key, callback]);
});

test("names that would shadow what printed code uses get a number", () => {
  const builder = new GraphBuilder();
  const x = builder.placeholder("L['x']");
  builder.callMethod("var", [x]);
  builder.callMethod("torch", [x]);
  builder.callMethod("add", [x]);
  builder.callMethod("add", [x]);
  const { nodes } = builder.build(null);
  expect(nodes.map(({ name }) => name)).toEqual([
    "L_x_",
    "var_1",
    "torch_1",
    "add",
    "add_1",
    "output",
  ]);
});

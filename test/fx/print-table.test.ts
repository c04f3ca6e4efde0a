import { expect, test } from "vitest";
import {
  formatGraphCode,
  formatGraphSizes,
  formatGraphTable,
} from "../../src/dynamo/reports/format-graph.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import { exampleGraph, exampleText } from "./example-graph.ts";

const module = createGraphModule(exampleGraph());

test("graph_code shows the class under the graph's name", () => {
  expect(formatGraphCode("__compiled_fn_1", module)).toBe(
    `TRACED GRAPH\n===== __compiled_fn_1 =====\n${exampleText}`,
  );
});

test("graph shows a row for every node", () => {
  expect(formatGraphTable("__compiled_fn_1", module)).toBe(`TRACED GRAPH
===== __compiled_fn_1 =====
opcode         name           target         args                                                              kwargs
-------------  -------------  -------------  ----------------------------------------------------------------  ------
placeholder    l_x_           l_x_           ()                                                                {}
placeholder    l_y_           l_y_           ()                                                                {}
call_function  add            torch.add      (l_x_, l_y_)                                                      {}
call_function  gt             operator.gt    (l_x_, l_y_)                                                      {}
get_attr       true_graph_0   true_graph_0   ()                                                                {}
get_attr       false_graph_0  false_graph_0  ()                                                                {}
call_function  cond           torch.cond     (gt, true_graph_0, false_graph_0, [add])                          {}
call_method    toFixed        toFixed        (cond, 2)                                                         {}
output         output         output         ([cond, { text: toFixed, dtype: torch.float32, missing: null }])  {}`);
});

test("graph_sizes shows the types that are known", () => {
  expect(formatGraphSizes("__compiled_fn_1", module)).toBe(`TRACED GRAPH TENSOR SIZES
===== __compiled_fn_1 =====
l_x_: f32[3, 3]
l_y_: f32[3, 3]
add: f32[3, 3]
gt: boolean`);
});

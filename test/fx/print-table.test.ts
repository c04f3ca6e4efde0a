import { expect, test } from "vitest";
import { printTable, printTypes } from "../../src/fx/print-table.ts";
import { exampleGraph } from "./example-graph.ts";

test("the table shows a row for every node", () => {
  expect(printTable(exampleGraph()))
    .toBe(`opcode         name           target         args                                                              kwargs
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

test("the list of types shows the types that are known", () => {
  expect(printTypes(exampleGraph())).toBe(`l_x_: f32[3, 3]
l_y_: f32[3, 3]
add: f32[3, 3]
gt: boolean`);
});

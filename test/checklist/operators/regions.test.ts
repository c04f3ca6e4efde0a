import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";

type Tensor = torch.Tensor;

const namesOf = (fn: (x: Tensor) => unknown): readonly (readonly string[])[] =>
  torch._dynamo
    .explain(fn)(torch.ones(3))
    .ops_per_graph.map((ops) => ops.map((name) => name.replace(/^.*\./, "")));

describe("G110: calls that become one node", () => {
  test("equal calls of a region share one sub-graph", () => {
    const layer = torch.compiler.nested_compile_region((x: Tensor, bias: Tensor) =>
      x.sin().add(bias),
    );
    const fn = (x: Tensor): Tensor => layer(layer(layer(x, x), x), x);
    const run = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect([run.frames, run.breaks]).toEqual([1, []]);
    expect(namesOf(fn)).toEqual([
      ["invoke_subgraph", "getitem", "invoke_subgraph", "getitem", "invoke_subgraph", "getitem"],
    ]);
    const [graph] = torch._dynamo.explain(fn)(torch.ones(3)).graphs;
    // x is both the value and the bias in the first call: a sub-graph of its own.
    expect([...(graph?.graph.attributes.keys() ?? [])]).toEqual([
      "repeated_subgraph_0",
      "repeated_subgraph_0_1",
    ]);
  });

  test("a region that reads an outer variable is captured as the variable is at each call", () => {
    const run = runDifferential(() => {
      const state = { scale: 1 };
      const region = torch.compiler.nested_compile_region((x: Tensor) => x.mul(state.scale));
      return {
        fn: (x: Tensor) => {
          const y = region(x);
          state.scale += 1;
          return [y, region(x)];
        },
        calls: [[torch.ones(3)], [torch.ones(3)]],
        watch: state,
      };
    });
    expect(run.breaks).toEqual([]);
  });

  test("checkpoint is a node, and refuses effects outside itself", () => {
    const { checkpoint } = torch.utils.checkpoint;
    const fn = (x: Tensor): Tensor => checkpoint((y: Tensor) => y.sin().cos(), x).add(1);
    runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(namesOf(fn)).toEqual([["tag_activation_checkpoint", "getitem", "add"]]);
    const seen: number[] = [];
    const impure = torch.compile((x: Tensor) =>
      checkpoint((y: Tensor) => {
        seen.push(1);
        return y.add(1);
      }, x),
    );
    expect(() => impure(torch.ones(3))).toThrow(torch._dynamo.exc.UncapturedHigherOrderOpError);
    torch._dynamo.reset();
  });

  test("hints_wrapper carries its hints to the backend", () => {
    const fn = (x: Tensor): Tensor =>
      torch._higher_order_ops.hints_wrapper((y: Tensor) => y.mul(2), [x], {
        hints: { priority: 1 },
      });
    runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    const [graph] = torch._dynamo.explain(fn)(torch.ones(3)).graphs;
    expect(graph?.graph.calls[0]?.args[2]).toEqual({ priority: 1 });
  });

  test("the in-graph print prints in order, in one graph", () => {
    const run = runDifferential(() => ({
      fn: (x: Tensor) => {
        const y = x.add(1);
        torch._higher_order_ops.print("y is {}, n is {}", y, 3);
        y.mul_(10);
        torch._higher_order_ops.print("then {} after {steps}, {mean}", y, {
          steps: 2,
          mean: y.mean(),
        });
        return y;
      },
      calls: [[torch.ones(2)]],
    }));
    expect(run.frames).toBe(1);
    expect(run.output).toEqual([
      "log: y is tensor([2., 2.]), n is 3",
      "log: then tensor([20., 20.]) after 2, tensor(20.)",
    ]);
  });
});

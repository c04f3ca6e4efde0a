import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";

type Tensor = torch.Tensor;

describe("H119: functions that are not looked into", () => {
  test("allow_in_graph makes a call one node", () => {
    const run = runDifferential(() => {
      const opaque = torch.compiler.allow_in_graph((x: Tensor) => x.sin().add(x.cos()));
      return { fn: (x: Tensor) => opaque(x.mul(2)).sum(), calls: [[torch.ones(3)]] };
    });
    expect([run.frames, run.ops]).toEqual([1, 3]);
  });

  test("a graph break inside nonstrict_trace does not count", () => {
    const run = runDifferential(() => {
      const opaque = torch._dynamo.nonstrict_trace((xs: readonly Tensor[]) => {
        torch._dynamo.graph_break();
        return xs.map((x) => x.add(1));
      });
      return {
        fn: (x: Tensor) => {
          const [a = x, b = x] = opaque([x, x.mul(2)]);
          return a.add(b);
        },
        calls: [[torch.ones(3)], [torch.zeros(3)]],
      };
    });
    expect(run.framesAfter).toEqual([1, 1]);
    expect(run.breaks).toEqual([]);
  });

  test("nonstrict_trace takes and gives arrays and plain objects of tensors", () => {
    const run = runDifferential(() => {
      const opaque = torch._dynamo.nonstrict_trace((given: { x: Tensor; scale: number }) => ({
        sum: given.x.add(1),
        pair: [given.x.mul(given.scale), { deep: given.x.neg() }] as const,
        scale: given.scale,
      }));
      return {
        fn: (x: Tensor) => {
          const { sum, pair, scale } = opaque({ x, scale: 3 });
          return [sum.add(pair[0]), pair, scale];
        },
        calls: [[torch.ones(3)], [torch.zeros(3)]],
      };
    });
    expect([run.framesAfter, run.breaks]).toEqual([[1, 1], []]);
  });

  test("assume_constant_result calls the function once, while capturing", () => {
    let calls = 0;
    const constant = torch.compiler.assume_constant_result((scale: number) => {
      calls += 1;
      return scale * 2;
    });
    const fn = torch.compile((x: Tensor) => x.mul(constant(3)), { backend: "eager" });
    expect([fn(torch.ones(1)).item(), fn(torch.ones(1)).item(), calls]).toEqual([6, 6, 1]);
    torch._dynamo.reset();
  });

  test("substitute_in_graph is interpreted in the place of a native function", () => {
    const native = Math.max.bind(null, 2);
    torch.compiler.substitute_in_graph(native, {
      skip_signature_check: true,
    })((x: number) => (x > 2 ? x : 2));
    const run = runDifferential(() => ({
      fn: (x: Tensor, n: number) => x.add(native(n)),
      calls: [
        [torch.ones(3), 1],
        [torch.ones(3), 5],
      ],
    }));
    expect(run.breaks).toEqual([]);
  });

  test("a second substitute, or one with other arguments, is refused", () => {
    const original = (a: number, b: number): number => a + b;
    expect(() => torch.compiler.substitute_in_graph(original)((a: number) => a)).toThrow(
      "must take as many arguments: 2, not 1",
    );
    torch.compiler.substitute_in_graph(original)((a: number, b: number) => a + b);
    expect(() =>
      torch.compiler.substitute_in_graph(original)((a: number, b: number) => a - b),
    ).toThrow("already a substitute");
  });
});

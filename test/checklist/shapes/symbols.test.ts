import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";

type Tensor = torch.Tensor;
afterEach(() => {
  torch._dynamo.reset();
  torch._dynamo.config.reset();
});

type Graph = Parameters<Parameters<typeof torch._dynamo.register_backend>[0]>[0];

/** The types in the last graph captured for these calls, in the order in which it prints them. */
function printedTypes(
  fn: (...args: never[]) => unknown,
  calls: readonly (readonly unknown[])[],
  options: { readonly fullgraph?: boolean } = {},
): readonly string[] {
  const graphs: Graph[] = [];
  const compiled = torch.compile(fn, {
    ...options,
    backend: (graph) => {
      graphs.push(graph);
      return graph;
    },
  });
  for (const args of calls) Reflect.apply(compiled, undefined, args);
  const text = graphs.at(-1)?.print_readable({ print_output: false }) ?? "";
  return [...text.matchAll(/\/\* (\w+\[.*?\]) \*\//g)].map(([, type]) => type ?? "");
}

const sized = (...sizes: readonly number[]): Tensor => torch.ones([...sizes]);

describe("printed graphs name sizes that vary", () => {
  test("sizes that must agree have one name", () => {
    const types = printedTypes(
      (x: Tensor, y: Tensor) => x.add(y),
      [
        [sized(3, 4), sized(3, 4)],
        [sized(5, 4), sized(5, 4)],
      ],
    );
    expect(types).toEqual(["f32[s0, 4]", "f32[s0, 4]", "f32[s0, 4]"]);
  });

  test("computed sizes are written as expressions", () => {
    const types = printedTypes(
      (x: Tensor, y: Tensor) => torch.cat([x, y]).reshape(-1),
      [
        [sized(3, 4), sized(2, 4)],
        [sized(5, 4), sized(6, 4)],
      ],
    );
    expect(types).toEqual(["f32[s0, 4]", "f32[s1, 4]", "f32[s0 + s1, 4]", "f32[4*s0 + 4*s1]"]);
  });

  test("halves, squares and differences", () => {
    const types = printedTypes(
      (x: Tensor) => [x.view(2, -1), x.outer(x).view(-1), x.narrow(0, 1, x.size(0) - 1)],
      [[sized(8)], [sized(10)]],
    );
    expect(types).toEqual(["f32[s1]", "f32[2, s1//2]", "f32[s1, s1]", "f32[s1**2]", "f32[s1 - 1]"]);
  });

  test("a number given to the graph and the sizes made of it have one name", () => {
    const types = printedTypes(
      (x: Tensor, n: number) => torch.ones(n, 2).mul(x),
      [
        [sized(1), 3],
        [sized(1), 4],
      ],
    );
    expect(types).toEqual(["f32[1]", "f32[s0, 2]", "f32[s0, 2]"]);
  });

  test("sizes that only running the graph gives are u0, u1, …", () => {
    torch._dynamo.config.capture_dynamic_output_shape_ops = true;
    const types = printedTypes(
      (x: Tensor) => [x.nonzero(), torch.masked_select(x, x.gt(0)).mul(2).view(-1, 1)],
      [[sized(4)]],
    );
    expect(types).toEqual(["f32[4]", "i64[u0, 1]", "b8[4]", "f32[u1]", "f32[u1]", "f32[u1, 1]"]);
  });

  test("a number out of a tensor that is used as a size, also in arithmetic", () => {
    const types = printedTypes(
      (x: Tensor) => {
        const count = Number(x.sum().item());
        return [torch.zeros(count), torch.zeros(count + 1, 2)];
      },
      [[sized(4)]],
      { fullgraph: true },
    );
    expect(types).toEqual(["f32[4]", "f32[]", "f32[u0]", "f32[u0 + 1, 2]"]);
  });

  test("a dimension under mark_unbacked", () => {
    const x = sized(4, 2);
    torch._dynamo.mark_unbacked(x, 0);
    expect(printedTypes((input: Tensor) => input.sum(1), [[x]])).toEqual(["f32[u0, 2]", "f32[u0]"]);
  });

  test("sub-graphs use the names of the graph around them", () => {
    const types = printedTypes(
      (x: Tensor) => (Number(x.sum().item()) > 0 ? x.add(1) : x.sub(1)),
      [[sized(4)], [sized(5)]],
      { fullgraph: true },
    );
    expect(new Set(types)).toEqual(new Set(["f32[s0]", "f32[]"]));
  });
});

test("the report names the line that leaves a dynamic size one value", () => {
  const fn = torch.compile(
    (x: Tensor) => {
      let y = x;
      for (let i = 0; i < x.size(0); i++) y = y.add(1);
      return y;
    },
    { backend: "eager" },
  );
  fn(sized(3));
  fn(sized(4));
  const [size] = torch._dynamo.status(fn).entries.at(-1)?.sizes ?? [];
  expect(size?.fixedBy).toMatchObject({
    text: '!(4 < L["x"].size()[0])',
    source: { lineText: "      for (let i = 0; i < x.size(0); i++) y = y.add(1);" },
  });
  expect(String(torch._dynamo.status(fn))).toContain('fixed at 4 by !(4 < L["x"].size()[0])');
});

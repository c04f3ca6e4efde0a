/** Epilogues that run over each block of a product while it is in the cache: eager against compiled, over blocks of all kinds. */
import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { splitTemplates } from "../../src/inductor/execution/split-templates.ts";
import type { Step } from "../../src/inductor/program.ts";
import { recordGraph } from "../../src/inductor/record-graph.ts";
import { scheduleProgram } from "../../src/inductor/schedule/schedule-program.ts";

type Tensor = torch.Tensor;
type Layer = (...args: Tensor[]) => Tensor;

const threads = torch.get_num_threads();
afterEach(() => torch.set_num_threads(threads));

/** The kinds of the steps that one call of the layer becomes. */
function stepsOf(layer: Layer, args: readonly Tensor[]): readonly Step["kind"][] {
  const kinds: Step["kind"][] = [];
  const compiled = torch.compile(layer, {
    backend: (graphModule, examples) => {
      const program = scheduleProgram(recordGraph(graphModule.graph, examples));
      kinds.push(...splitTemplates(program).steps.map(({ kind }) => kind));
      return graphModule;
    },
  });
  compiled(...args);
  return kinds.filter((kind) => kind !== "version");
}

/** The layer compiled, alone and with its weight packed for later calls, against the layer as it is; on one thread and two. */
function expectEqual(layer: Layer, args: readonly Tensor[]): void {
  const expected = layer(...args);
  for (const count of [1, 2]) {
    torch.set_num_threads(count);
    const compiled = torch.compile(layer, { fullgraph: true, dynamic: false });
    for (let call = 0; call < 5; call++) {
      const actual = compiled(...args);
      expect(actual.dtype).toBe(expected.dtype);
      const tolerance = { rtol: 1e-4, atol: 1e-4, equal_nan: true };
      expect(torch.allclose(actual, expected, tolerance), `call ${call}, ${count} threads`).toBe(
        true,
      );
    }
  }
}

const { relu, gelu, linear, conv1d, conv2d } = torch.nn.functional;

describe("an epilogue inside of its product", () => {
  test("is no step of its own", () => {
    const layer: Layer = (x, w, b) => relu(x.matmul(w).add(b));
    const args = [torch.randn(40, 50), torch.randn(50, 60), torch.randn(60)];
    expect(stepsOf(layer, args)).toEqual(["template"]);
  });

  test.each([
    [40, 50, 60],
    [5, 9, 130],
    [201, 300, 67],
    [7, 600, 1027],
    [1030, 20, 9],
    [33, 257, 1],
    [400, 300, 530],
  ])("reaches every element of %i x %i x %i", (m, k, n) => {
    const args = [torch.randn(m, k), torch.randn(k, n), torch.randn(n), torch.randn(m, n)];
    expectEqual((x, w, b, r) => gelu(x.matmul(w).add(b)).add(r), args);
  });

  test("reads operands of any layout", () => {
    const [x, w] = [torch.randn(70, 90), torch.randn(90, 50)];
    const residuals = [
      torch.randn(50, 70).t(),
      torch.randn(70, 100).narrow(1, 20, 50),
      torch.randn(70, 2, 50, 2).select(3, 1).select(1, 0),
      torch.randn(70, 1),
      torch.randn(1),
      torch.randn(1, 50),
    ];
    for (const residual of residuals)
      expectEqual((x, w, r) => x.mm(w).mul(r).add(r), [x, w, residual]);
  });

  test("writes results of any layout", () => {
    const weights = torch.randn(90, 50);
    expectEqual((x, w) => x.mm(w).t().contiguous().exp(), [torch.randn(70, 90), weights]);
    expectEqual((x, w) => w.t().mm(x.t()).neg(), [torch.randn(70, 90), weights]);
    expectEqual(
      (x, w) => {
        const out = torch.zeros(70, 200);
        out.narrow(1, 30, 50).copy_(x.mm(w).sigmoid());
        return out;
      },
      [torch.randn(70, 90), weights],
    );
  });

  test("follows the batches of both factors", () => {
    const layer: Layer = (x, y, r) => x.matmul(y).add(r).tanh();
    expectEqual(layer, [torch.randn(3, 17, 40), torch.randn(3, 40, 23), torch.randn(3, 17, 23)]);
    expectEqual(layer, [torch.randn(3, 17, 40), torch.randn(40, 23), torch.randn(3, 1, 23)]);
    expectEqual(layer, [torch.randn(17, 40), torch.randn(5, 40, 23), torch.randn(17, 1)]);
    expectEqual(layer, [
      torch.randn(2, 1, 17, 40),
      torch.randn(3, 40, 23),
      torch.randn(3, 17, 23).transpose(0, 1).contiguous().transpose(0, 1),
    ]);
  });

  test("computes in its own dtypes", () => {
    const [x, w] = [torch.randn(40, 50).double(), torch.randn(50, 60).double()];
    expectEqual((x, w, b) => x.mm(w).add(b).abs(), [x, w, torch.randn(60)]);
    const single = [torch.randn(40, 50), torch.randn(50, 60)];
    const mask = torch.randn(40, 60).gt(0);
    expectEqual((x, w, m) => torch.where(m, x.mm(w), -1), [...single, mask]);
    expectEqual((x, w, b) => x.mm(w).add(b), [...single, torch.arange(60)]);
  });

  test("takes numbers that differ from call to call", () => {
    const layer = (x: Tensor, w: Tensor, scale: number): Tensor => x.mm(w).mul(scale).add(scale);
    const compiled = torch.compile(layer, { dynamic: true });
    const [x, w] = [torch.randn(40, 50), torch.randn(50, 60)];
    for (const scale of [0.5, 1.5, 2.5, -3.25]) {
      const expected = layer(x, w, scale);
      expect(torch.allclose(compiled(x, w, scale), expected, { rtol: 1e-4, atol: 1e-4 })).toBe(
        true,
      );
    }
  });

  test("serves sizes that differ from call to call", () => {
    const layer: Layer = (x, w, b) => relu(torch.addmm(b, x, w));
    const compiled = torch.compile(layer, { dynamic: true });
    const [w, b] = [torch.randn(50, 60), torch.randn(60)];
    for (const rows of [40, 41, 7, 300]) {
      const x = torch.randn(rows, 50);
      const expected = layer(x, w, b);
      expect(torch.allclose(compiled(x, w, b), expected, { rtol: 1e-4, atol: 1e-4 })).toBe(true);
    }
  });

  test("may read what its result replaces", () => {
    const layer: Layer = (x, w, r) => r.add_(x.mm(w)).clone();
    const args = (): readonly Tensor[] => [
      torch.ones(40, 50),
      torch.ones(50, 60),
      torch.ones(40, 60),
    ];
    const compiled = torch.compile(layer);
    for (let call = 0; call < 4; call++) {
      const given = args();
      expect(
        compiled(...given)
          .sum()
          .item(),
      ).toBe(51 * 2400);
      expect(given[2]?.sum().item()).toBe(51 * 2400);
    }
  });
});

describe("an epilogue inside of a convolution", () => {
  test("is no step of its own", () => {
    const layer: Layer = (x, w, b) => relu(conv2d(x, w, b));
    const args = [torch.randn(2, 8, 13, 13), torch.randn(9, 8, 5, 5), torch.randn(9)];
    expect(stepsOf(layer, args)).toEqual(["template"]);
  });

  test.each([
    ["1 x 1", [2, 33, 11, 13], [40, 33, 1, 1], {}],
    ["5 x 5", [3, 8, 13, 17], [9, 8, 5, 5], { padding: 2 }],
    ["stride 2", [2, 16, 23, 21], [70, 16, 3, 3], { stride: 2, padding: 1 }],
    ["dilation 2", [1, 16, 23, 21], [7, 16, 3, 3], { dilation: 2 }],
    ["groups", [2, 16, 19, 19], [32, 4, 3, 3], { groups: 4 }],
    ["3 x 3", [2, 16, 19, 19], [32, 16, 3, 3], { padding: 1 }],
    ["3 x 3 of a large image", [3, 24, 37, 50], [40, 24, 3, 3], {}],
  ])("reaches every element: %s", (_, input, weight, options) => {
    const [filters = 1] = weight;
    const args = [torch.randn(...input), torch.randn(...weight), torch.randn(filters)];
    const layer: Layer = (x, w, b) => gelu(conv2d(x, w, b, options));
    expectEqual(layer, args);
    const residual = torch.randn(...layer(...args).shape);
    expectEqual((x, w, b, r) => relu(conv2d(x, w, b, options).add(r)), [...args, residual]);
  });

  test("is computed anew where infinite elements spoil a tile", () => {
    const x = torch.randn(2, 24, 20, 24);
    x.select(0, 1).select(0, 3).select(0, 7).narrow(0, 5, 1).fill_(Infinity);
    const args = [x, torch.randn(40, 24, 3, 3), torch.randn(40), torch.randn(2, 40, 20, 24)];
    expectEqual((x, w, b, r) => relu(conv2d(x, w, b, { padding: 1 }).add(r)).neg(), args);
  });

  test("reaches every element of one dimension", () => {
    const args = [torch.randn(3, 12, 101), torch.randn(20, 12, 7), torch.randn(20)];
    expectEqual((x, w, b) => conv1d(x, w, b, { padding: 3 }).sigmoid(), args);
  });

  test("follows a linear layer over many axes", () => {
    const args = [
      torch.randn(2, 5, 7, 30),
      torch.randn(40, 30),
      torch.randn(40),
      torch.randn(5, 1, 40),
    ];
    expectEqual((x, w, b, r) => linear(x, w, b).mul(r).relu(), args);
  });

  test.each([torch.float16, torch.bfloat16, torch.uint8, torch.bool, torch.int64, torch.float64])(
    "reads a tensor of %s as it is stored",
    (dtype) => {
      for (const size of [4, 40]) {
        const other = torch.randn(size, size).mul(3).abs().to(dtype);
        const args = [torch.randn(size, size), torch.randn(size, size), other];
        expectEqual((a, b, c) => a.matmul(b).mul(c).add(c), args);
      }
    },
  );
});

/** Attention a block of rows at a time: eager against compiled, and what counts as attention. */
import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { chainProducts } from "../../src/inductor/execution/chain-products.ts";
import { PreparedProgram } from "../../src/inductor/execution/prepared-program.ts";
import { splitTemplates } from "../../src/inductor/execution/split-templates.ts";
import type { Step } from "../../src/inductor/program.ts";
import { recordGraph } from "../../src/inductor/record-graph.ts";
import { wasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import { scheduleProgram } from "../../src/inductor/schedule/schedule-program.ts";

type Tensor = torch.Tensor;
type Attend = (...args: Tensor[]) => Tensor | readonly Tensor[];

const { scaled_dot_product_attention: attention, gelu } = torch.nn.functional;
const { randn } = torch;
const threads = torch.get_num_threads();
afterEach(() => torch.set_num_threads(threads));

/** How many chains there are in a call, of the program as `prepare` leaves it. */
function chainsOf(attend: Attend, args: readonly Tensor[], prepare = splitTemplates): number {
  const steps: Step[] = [];
  torch.compile(attend, {
    backend: (graphModule, examples) => {
      const program = scheduleProgram(recordGraph(graphModule.graph, examples));
      steps.push(...chainProducts(prepare(program)).steps);
      return graphModule;
    },
  })(...args);
  return steps.filter(({ kind }) => kind === "chain").length;
}

function expectEqual(attend: (...args: Tensor[]) => Tensor, args: readonly Tensor[]): void {
  const expected = attend(...args);
  const isDouble = expected.dtype === torch.float64;
  // One rounding to 16 bits of the same sums, but for their order.
  const isHalf = expected.element_size() === 2;
  const tolerance = {
    rtol: isDouble ? 1e-12 : isHalf ? 1e-2 : 1e-4,
    atol: isDouble ? 1e-13 : isHalf ? 1e-3 : 1e-5,
    equal_nan: true,
  };
  for (const count of [1, 2]) {
    torch.set_num_threads(count);
    const compiled = torch.compile(attend, { fullgraph: true, dynamic: false });
    for (let call = 0; call < 4; call++)
      expect(torch.allclose(compiled(...args), expected, tolerance), `call ${call}, ${count}`).toBe(
        true,
      );
  }
}

const heads = (length: number, size: number): Tensor => randn(2, 3, length, size);
/** As models have them: heads are parts of a row. */
const parts = (length: number, size: number): Tensor => randn(2, length, 3, size).transpose(1, 2);

const cases: readonly (readonly [string, (...args: Tensor[]) => Tensor, readonly Tensor[]])[] = [
  ["as it is", (q, k, v) => attention(q, k, v), [heads(64, 32), heads(70, 32), heads(70, 24)]],
  [
    "of odd sizes",
    (q, k, v) => attention(q, k, v),
    [heads(61, 33), heads(131, 33), heads(131, 19)],
  ],
  [
    "of parts of rows",
    (q, k, v) => attention(q, k, v),
    [parts(67, 16), parts(67, 16), parts(67, 16)],
  ],
  [
    "of many rows and few keys",
    (q, k, v) => attention(q, k, v),
    [heads(700, 8), heads(11, 8), heads(11, 8)],
  ],
  [
    "of long rows",
    (q, k, v) => attention(q, k, v),
    [randn(41, 16), randn(5003, 16), randn(5003, 16)],
  ],
  [
    "that is causal",
    (q, k, v) => attention(q, k, v, null, 0, true),
    [heads(77, 32), heads(77, 32), heads(77, 32)],
  ],
  [
    "with a mask of booleans",
    (q, k, v, m) => attention(q, k, v, m),
    [heads(61, 33), heads(77, 33), heads(77, 19), randn(61, 77).gt(0)],
  ],
  [
    "with rows that see nothing",
    (q, k, v, m) => attention(q, k, v, m),
    [
      heads(61, 33),
      heads(77, 33),
      heads(77, 19),
      torch.arange(61).gt(5).reshape([61, 1]).expand(61, 77),
    ],
  ],
  [
    "with a mask of numbers for each batch",
    (q, k, v, m) => attention(q, k, v, m),
    [heads(61, 33), heads(77, 33), heads(77, 19), randn(2, 1, 61, 77)],
  ],
  [
    "of heads in groups",
    (q, k, v) => attention(q, k, v, null, 0, false, { enable_gqa: true }),
    [randn(2, 8, 50, 16), randn(2, 2, 60, 16), randn(2, 2, 60, 16)],
  ],
  [
    "of floats of 16 bits",
    (q, k, v) => attention(q, k, v),
    [heads(64, 32), heads(70, 32), heads(70, 24)].map((each) => each.bfloat16()),
  ],
  [
    "of halves with a mask of halves",
    (q, k, v, m) => attention(q, k, v, m),
    [heads(61, 33), heads(77, 33), heads(77, 19), randn(61, 77)].map((each) => each.half()),
  ],
  [
    "of heads in groups that is causal",
    (q, k, v) => attention(q, k, v, null, 0, true, { enable_gqa: true }),
    [randn(2, 6, 50, 16), randn(2, 3, 50, 16), randn(2, 3, 50, 16)],
  ],
  [
    "by hand",
    (q, k, v) => q.matmul(k.transpose(-2, -1)).mul(0.2).softmax(-1).matmul(v),
    [randn(5, 61, 33), randn(5, 77, 33), randn(5, 77, 19)],
  ],
  [
    "by hand, with a mask and something after it",
    (q, k, v, m, r) => gelu(q.matmul(k.t()).div(3).add(m).softmax(-1).matmul(v).add(r)),
    [randn(130, 33), randn(77, 33), randn(77, 19), randn(130, 1), randn(130, 19)],
  ],
  [
    "in float64",
    (q, k, v) => attention(q, k, v),
    [heads(64, 32).double(), heads(70, 32).double(), heads(70, 24).double()],
  ],
];

describe("attention by blocks of rows", () => {
  test.each(cases)("is the same: %s", (_, attend, args) => {
    expect(chainsOf(attend, args)).toBe(1);
    expectEqual(attend, args);
  });

  test("serves sizes that differ from call to call", () => {
    const attend = (q: Tensor, k: Tensor, v: Tensor): Tensor => attention(q, k, v);
    const compiled = torch.compile(attend, { dynamic: true });
    for (const length of [64, 65, 130, 20]) {
      const args = [heads(length, 16), heads(length + 7, 16), heads(length + 7, 16)] as const;
      const expected = attend(...args);
      expect(torch.allclose(compiled(...args), expected, { rtol: 1e-4, atol: 1e-5 })).toBe(true);
    }
  });

  test("takes a scale that differs from call to call", () => {
    const attend = (q: Tensor, k: Tensor, v: Tensor, scale: number): Tensor =>
      q.matmul(k.transpose(-2, -1)).mul(scale).softmax(-1).matmul(v).mul(scale);
    const compiled = torch.compile(attend, { dynamic: true });
    const args = [heads(64, 16), heads(70, 16), heads(70, 16)] as const;
    for (const scale of [0.5, 0.25, 1.5]) {
      const expected = attend(...args, scale);
      expect(torch.allclose(compiled(...args, scale), expected, { rtol: 1e-4, atol: 1e-5 })).toBe(
        true,
      );
    }
  });
});

test("what no backend plans as one runs part by part", () => {
  const args = [heads(64, 32), heads(70, 32), heads(70, 24)] as const;
  const attend = (q: Tensor, k: Tensor, v: Tensor): Tensor => attention(q, k, v);
  const { planChain: _, ...backend } = wasmBackend;
  const compiled = torch.compile(attend, {
    backend: (graphModule, examples) => {
      const program = scheduleProgram(recordGraph(graphModule.graph, examples));
      const prepared = new PreparedProgram(program, { backend, store: null, tunes: false });
      return (...inputs) => prepared.run(inputs, () => undefined);
    },
  });
  const expected = attend(...args);
  for (let call = 0; call < 3; call++)
    expect(torch.allclose(compiled(...args), expected, { rtol: 1e-4, atol: 1e-5 })).toBe(true);
});

describe("two products stay apart", () => {
  const args = [heads(64, 32), heads(70, 32), heads(70, 24)];
  const scoresOf = (q: Tensor, k: Tensor): Tensor => q.matmul(k.transpose(-2, -1));
  test.each<readonly [string, Attend]>([
    [
      "where the weights are a result as well",
      (q, k, v) => {
        const weights = scoresOf(q, k).softmax(-1);
        return [weights.matmul(v), weights];
      },
    ],
    [
      "where the scores are a result as well",
      (q, k, v) => {
        const scores = scoresOf(q, k);
        return [scores.softmax(-1).matmul(v), scores];
      },
    ],
    ["where the softmax goes over the rows", (q, k, v) => scoresOf(q, k).softmax(-2).matmul(v)],
    [
      "where the weights are transposed",
      (q, k, v) =>
        scoresOf(q, k)
          .softmax(-1)
          .transpose(-2, -1)
          .matmul(v.narrow(2, 0, 64)),
    ],
  ])("%s", (_, attend) => {
    expect(chainsOf(attend, args)).toBe(0);
    const compiled = torch.compile(attend, { fullgraph: true });
    const [expected, actual] = [attend(...args), compiled(...args)].map((result) =>
      result instanceof torch.Tensor ? [result] : result,
    );
    expected?.forEach((own, index) => {
      const other = actual?.[index];
      expect(other !== undefined && torch.allclose(own, other, { rtol: 1e-4, atol: 1e-5 })).toBe(
        true,
      );
    });
  });
});

test("products whose sums do not fit their results are not chained", () => {
  const args = [heads(64, 32), heads(70, 32), heads(70, 24)].map((each) => each.bfloat16());
  const attend: Attend = (q, k, v) => attention(q, k, v);
  expect(chainsOf(attend, args, (program) => program)).toBe(0);
  expect(chainsOf(attend, args)).toBe(1);
});

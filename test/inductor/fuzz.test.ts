import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { inductor } from "../../src/inductor/inductor.ts";
import { fake, type Outcome, outcome } from "./outcome.ts";
import { randomGraph } from "./random-graph.ts";

const rounds = Number(process.env["FULLGRAPH_FUZZ_ROUNDS"] ?? 400);
const firstSeed = Number(process.env["FULLGRAPH_FUZZ_SEED"] ?? 1);

function inputsFor(seed: number, rows: number, columns: number): torch.Tensor[] {
  torch.manual_seed(seed);
  return [
    torch.randn(rows, columns),
    torch.randn(columns),
    torch.randn(columns, rows).t(),
    torch.randint(3, [rows, columns]),
    torch.randn(2, rows, 2 * columns).narrow(2, 2, columns),
    torch.randn([]),
    torch.randn(rows, columns).half(),
  ];
}

/** Fused folds may add in another order. */
function expectSame(actual: Outcome, expected: Outcome, label: string): void {
  expect({ ...actual, values: [] }, label).toEqual({ ...expected, values: [] });
  expected.values.forEach((values, tensor) => {
    values.forEach((wanted, index) => {
      const got = actual.values[tensor]?.[index] ?? NaN;
      const a = Number(got);
      const b = Number(wanted);
      const isClose = Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-5 * (1 + Math.abs(b));
      if (!isClose) expect.fail(`${label}: tensor ${tensor}, element ${index}: ${a}, eager ${b}`);
    });
  });
}

function checkRandomGraphs(count: number, rows: number, columns: number): void {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const inputs = inputsFor(seed, rows, columns);
    const module = randomGraph(inputs, seed, 4 + (seed % 24));
    const compiled = inductor(module, inputs.map(fake));
    expectSame(outcome(compiled, inputs), outcome(module, inputs), `seed ${seed}\n${module.code}`);
  }
}

test(`${rounds} random graphs do compiled what they do operator by operator`, () => {
  checkRandomGraphs(rounds, 3, 4);
}, 120_000);

test("random graphs over tensors that are worth WebAssembly do so too", () => {
  checkRandomGraphs(rounds / 10, 31, 36);
}, 120_000);

import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { inductor } from "../../src/inductor/inductor.ts";
import { fake, type Outcome, outcome } from "./outcome.ts";
import { randomGraph } from "./random-graph.ts";

const rounds = Number(process.env["FULLGRAPH_FUZZ_ROUNDS"] ?? 400);
const firstSeed = Number(process.env["FULLGRAPH_FUZZ_SEED"] ?? 1);

function inputsFor(seed: number): torch.Tensor[] {
  torch.manual_seed(seed);
  return [
    torch.randn(3, 4),
    torch.randn(4),
    torch.randn(4, 3).t(),
    torch.randint(3, [3, 4]),
    torch.randn(2, 3, 8).narrow(2, 2, 4),
    torch.randn([]),
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

test(`${rounds} random graphs do compiled what they do operator by operator`, () => {
  for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
    const inputs = inputsFor(seed);
    const module = randomGraph(inputs, seed, 4 + (seed % 24));
    const compiled = inductor(module, inputs.map(fake));
    expectSame(outcome(compiled, inputs), outcome(module, inputs), `seed ${seed}\n${module.code}`);
  }
}, 120_000);

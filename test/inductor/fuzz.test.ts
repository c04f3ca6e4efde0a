import { test } from "vitest";
import * as torch from "../../src/index.ts";
import { inductor } from "../../src/inductor/inductor.ts";
import { startThreads } from "../operator-matrix/start-threads.ts";
import { expectSame } from "./expect-same.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import { fake, outcome } from "./outcome.ts";
import { randomGraph } from "./random-graph.ts";
import { randomOperatorGraph } from "./random-operator-graph.ts";

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
const tolerance = 1e-5;
/** Operators on such sums make that larger, and a bit of a float of 16 bits is most of a percent. */
const toleranceOfChains = (dtype: unknown): number =>
  dtype === "bfloat16" ? 2e-2 : dtype === "float16" ? 1e-2 : 2e-4;

function checkRandomGraphs(count: number, rows: number, columns: number): void {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const inputs = inputsFor(seed, rows, columns);
    checkGraph(randomGraph(inputs, seed, 4 + (seed % 24)), inputs, seed, () => tolerance);
  }
}

function checkGraph(
  module: GraphModule,
  inputs: readonly unknown[],
  seed: number,
  toleranceOf: (dtype: unknown) => number,
): void {
  const compiled = inductor(module, inputs.map(fake));
  const [actual, expected] = [outcome(compiled, inputs), outcome(module, inputs)];
  expectSame(actual, expected, `seed ${seed}\n${module.code}`, toleranceOf);
}

test(`${rounds} random graphs do compiled what they do operator by operator`, () => {
  checkRandomGraphs(rounds, 3, 4);
}, 120_000);

test("random graphs over tensors that are worth WebAssembly do so too", () => {
  checkRandomGraphs(rounds / 10, 31, 36);
}, 120_000);

test("random graphs of all operators do so too, on several threads", async () => {
  await startThreads();
  for (let seed = firstSeed; seed < firstSeed + rounds / 4; seed++) {
    const { module, inputs } = randomOperatorGraph(seed);
    checkGraph(module, inputs, seed, toleranceOfChains);
  }
}, 120_000);

import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { Random } from "../fuzz/random.ts";
import { startThreads } from "../operator-matrix/start-threads.ts";
import { sizedProgram } from "./sized-programs.ts";

type Tensor = torch.Tensor;

const rounds = Number(process.env["FULLGRAPH_FUZZ_ROUNDS"] ?? 60);
const firstSeed = Number(process.env["FULLGRAPH_FUZZ_SEED"] ?? 1);

const heights = [1, 2, 3, 8, 17, 64, 130] as const;
const widths = [1, 2, 4, 7, 33, 64, 129] as const;

/** Sums in another order, and what is rounded to 16 bits after them. */
const tolerance = 1e-2;

function expectAlike(actual: Tensor, expected: Tensor, label: string): void {
  expect([actual.dtype, actual.shape], label).toEqual([expected.dtype, expected.shape]);
  const largest = Math.max(1, Number(expected.abs().nan_to_num(0, 0, 0).amax().item()));
  const bounds = { rtol: 0, atol: tolerance * largest, equal_nan: true };
  expect(torch.allclose(actual, expected, bounds), label).toBe(true);
}

test(`${rounds} random programs do compiled what they do as they are, for all sizes in turn`, async () => {
  await startThreads();
  for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
    const random = new Random(seed);
    const { run, text } = sizedProgram(random);
    torch._dynamo.reset();
    const compiled = torch.compile(run, { dynamic: random.pick([true, null, null, false]) });
    torch.manual_seed(seed);
    for (let call = 0; call < 4; call++) {
      const size = [random.pick(heights), random.pick(widths)];
      const [x, y] = [torch.randn(size), torch.randn(size)];
      const label = `seed ${seed}, ${size.join(" by ")}\n${text}`;
      const [actual, expected] = [[compiled(x, y)].flat(), [run(x, y)].flat()];
      expect(actual.length, label).toBe(expected.length);
      for (const [i, tensor] of expected.entries()) {
        const other = actual[i];
        if (other !== undefined) expectAlike(other, tensor, `${label}\nresult ${i}`);
      }
    }
  }
}, 120_000);

test("elements behind the last whole vector count in all lanes of what is computed with the largest", () => {
  const both = (x: Tensor, y: Tensor): Tensor[] => {
    // Stored column by column, which has what is left of a row go one by one.
    const turned = x.t().contiguous().t().tanh();
    const shifted = y.var(1, { keepdim: true }).add(y);
    const sum = shifted.add(x);
    return [sum.softmax(-1), turned, shifted, sum];
  };
  torch.manual_seed(1);
  const [x, y] = [torch.randn(64, 33), torch.randn(64, 33)];
  x.narrow(1, 32, 1).add_(3);
  const [actual, expected] = [torch.compile(both)(x, y), both(x, y)];
  for (const [i, tensor] of expected.entries())
    expect(torch.allclose(actual[i] ?? x, tensor, { rtol: 1e-4, atol: 1e-5 }), `${i}`).toBe(true);
});

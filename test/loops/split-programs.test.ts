/** Long programs, which run in pieces over blocks of elements. */
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { bestCuts, type Step } from "../../src/loops/wasm/cut-program.ts";
import { ndtr } from "../../src/loops/javascript/special-functions.ts";

type Tensor = torch.Tensor;

/** Steps that each wait for the one before. */
function waiting(count: number): Step[] {
  return Array.from({ length: count }, (_, place) => ({
    args: place === 0 ? [] : [place - 1],
    latency: 4,
    isProduct: false,
    isOutput: place === count - 1,
    isFixed: false,
  }));
}

test("steps that wait for each other are cut into pieces of about the same length", () => {
  const cuts = bestCuts(waiting(48));
  const borders = [0, ...cuts, 48];
  const lengths = borders.slice(1).map((border, index) => border - (borders[index] ?? 0));
  expect(cuts.length).toBeGreaterThan(1);
  expect(Math.max(...lengths)).toBeLessThan(20);
});

test("steps that wait for nothing stay together", () => {
  const steps = waiting(48).map((step) => ({ ...step, args: [] }));
  expect(bestCuts(steps)).toEqual([]);
});

test("pieces gain nothing where all units that multiply are busy", () => {
  const waits = waiting(20).map((step) => ({ ...step, latency: 2.5 }));
  expect(bestCuts(waits).length).toBeGreaterThan(0);
  expect(bestCuts(waits.map((step) => ({ ...step, isProduct: true })))).toEqual([]);
});

test("steps that have to come last are not cut off", () => {
  const steps = waiting(48).map((step, place) => ({ ...step, isFixed: place >= 10 }));
  expect(bestCuts(steps).every((cut) => cut <= 10)).toBe(true);
});

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const chain = (x: Tensor, c: Tensor): Tensor =>
  torch.nn.functional.gelu(x.mul(1.5).add(0.25)).mul(torch.sigmoid(c));
const chainOf = (x: number, c: number): number =>
  (1.5 * x + 0.25) * ndtr(1.5 * x + 0.25) * sigmoid(c);

/** Around the ends of vectors, of blocks, and of what a unit of work covers. */
const sizes = [1, 7, 8, 9, 255, 256, 257, 263, 511, 520, 1000, 4096, 4099, 8200];

function expectClose(actual: Tensor, expected: readonly number[]): void {
  const list: unknown = actual.reshape([-1]).tolist();
  const found = Array.isArray(list) ? list.map(Number) : [];
  expect(found.length).toBe(expected.length);
  const errors = found.map((value, i) => Math.abs(value - (expected[i] ?? NaN)));
  expect(errors.every((error) => error < 2e-6)).toBe(true);
}

test.each(sizes)("a chain over %i elements has a value at each of them", (size) => {
  const xs = Array.from({ length: size }, (_, i) => Math.sin(i) * 4);
  const cs = Array.from({ length: size }, (_, i) => Math.cos(i * 1.3) * 5);
  const expected = xs.map((x, i) => chainOf(x, cs[i] ?? 0));
  const [x, c] = [torch.tensor(xs), torch.tensor(cs)];
  expectClose(torch.compile(chain)(x, c), expected);
  const inPlace = (t: Tensor, s: Tensor): Tensor => t.copy_(chain(t, s));
  expectClose(torch.compile(inPlace)(x, c), expected);
});

test.each(sizes)("a softmax of rows of %i elements adds up to one", (size) => {
  const x = torch.randn(5, size).mul(20);
  const softmax = (t: Tensor): Tensor => torch.softmax(t, 1);
  for (const run of [softmax, torch.compile(softmax)]) expectClose(run(x).sum(1), [1, 1, 1, 1, 1]);
});

test.each(sizes)("columns of %i rows are computed in pieces as well", (size) => {
  const x = torch.randn(size, 37);
  const fold = (t: Tensor): Tensor => torch.tanh(t).mul(torch.sigmoid(t)).amax(0);
  const rows: unknown = x.t().tolist();
  const expected = (Array.isArray(rows) ? rows : []).map((row: readonly number[]) =>
    row.reduce((most, value) => Math.max(most, Math.tanh(value) * sigmoid(value)), -Infinity),
  );
  expectClose(torch.compile(fold)(x), expected);
});

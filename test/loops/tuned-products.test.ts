import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { redirectLogs, resetLogging, set_logs } from "../../src/base/logging.ts";
import * as torch from "../../src/index.ts";
import { mergeAxes } from "../../src/loops/templates/contraction/merge-axes.ts";
import { arrangeProduct } from "../../src/loops/templates/contraction/wasm/arrange-product.ts";
import { usualChoice } from "../../src/loops/templates/contraction/wasm/blocking.ts";
import { elements } from "../../src/loops/templates/contraction/wasm/element.ts";
import { installContraction } from "../../src/loops/templates/contraction/wasm/install-contraction.ts";
import { planBlocks } from "../../src/loops/templates/contraction/wasm/plan-blocks.ts";
import { runPlan } from "../../src/loops/templates/contraction/wasm/product-plan.ts";
import {
  candidates,
  resetTuning,
} from "../../src/loops/templates/contraction/wasm/tune-product.ts";
import { kernelRuntime } from "../../src/runtime/kernel-runtime.ts";

const sizes = [
  [8, 16, 24],
  [13, 21, 35],
  [70, 1100, 37],
  [397, 9, 19],
] as const;

/** The largest error of a product of small whole numbers, whose sums are exact in any order. */
function largestError(
  name: "float32" | "float64",
  choice: ReturnType<typeof usualChoice>,
  [m, k, n]: readonly [number, number, number],
  isTurned: boolean,
): number {
  const runtime = kernelRuntime();
  const { memory } = runtime;
  const lengths = [m * n, m * k, k * n] as const;
  const blocks = lengths.map((length) => memory.allocate(length * elements[name].bytes));
  const [out = 0, left = 0, right = 0] = blocks;
  const view = (block: number, length: number): Float32Array | Float64Array =>
    name === "float32"
      ? new Float32Array(memory.buffer, block, length)
      : new Float64Array(memory.buffer, block, length);
  const value = (index: number): number => ((index * 7919) % 17) - 8;
  view(left, m * k).forEach((_, index, array) => (array[index] = value(index)));
  view(right, k * n).forEach((_, index, array) => (array[index] = value(index + 3)));
  const geometry = {
    axes: { batch: [], rows: [m], columns: [n], inner: [k] },
    operands: [isTurned ? [1, m, 0] : [n, 1, 0], [k, 0, 1], [0, 1, n]].map((strides) => ({
      strides,
    })),
  };
  const product = arrangeProduct(mergeAxes(geometry));
  const kernels = installContraction(runtime, name, choice.tile);
  runPlan(runtime, planBlocks(name, product, kernels, { choice }), [out, left, right]);
  let largest = 0;
  const results = view(out, m * n);
  for (let row = 0; row < m; row++)
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let i = 0; i < k; i++) sum += value(row * k + i) * value(i * n + column + 3);
      const result = results[isTurned ? column * m + row : row * n + column] ?? NaN;
      largest = Math.max(largest, Math.abs(result - sum));
    }
  for (const block of blocks) memory.free(block);
  return largest;
}

describe("every choice that is tried multiplies right", () => {
  test.each(candidates.map((candidate) => [JSON.stringify(candidate), candidate] as const))(
    "%s",
    (_, candidate) => {
      for (const name of ["float32", "float64"] as const)
        for (const size of sizes)
          for (const isTurned of [false, true]) {
            const choice = { ...usualChoice(name), ...candidate };
            expect(largestError(name, choice, size, isTurned), `${name} ${size.join()}`).toBe(0);
          }
    },
  );
});

describe("max-autotune", () => {
  const threads = torch.get_num_threads();
  let text = "";
  let restore = (): void => undefined;
  beforeEach(() => {
    text = "";
    resetTuning();
    set_logs({ autotuning: true });
    restore = redirectLogs((record) => (text += record));
  });
  afterEach(() => {
    restore();
    resetLogging();
    torch.set_num_threads(threads);
  });

  const layer = (x: torch.Tensor, w: torch.Tensor, b: torch.Tensor): torch.Tensor =>
    torch.nn.functional.gelu(x.matmul(w).add(b));
  const choicesMade = (): number => text.split("AUTOTUNE").length - 1;

  test.each([1, 2])(
    "computes the same, and chooses once for each product, on %i threads",
    (count) => {
      torch.set_num_threads(count);
      const args = [torch.randn(37, 50), torch.randn(50, 41), torch.randn(41)] as const;
      const expected = layer(...args);
      for (let program = 0; program < 2; program++) {
        const tuned = torch.compile((...own: typeof args) => layer(...own), {
          mode: "max-autotune",
        });
        for (let call = 0; call < 4; call++) {
          const actual = tuned(...args);
          expect(torch.allclose(actual, expected, { rtol: 1e-4, atol: 1e-5 })).toBe(true);
        }
        // Once as a product that packs in every call, once with the weight packed for good.
        expect(choicesMade()).toBeLessThanOrEqual(2);
      }
      expect(choicesMade()).toBeGreaterThanOrEqual(1);
    },
  );

  test("is off unless it is asked for", () => {
    torch.compile(layer)(torch.randn(37, 50), torch.randn(50, 41), torch.randn(41));
    expect(choicesMade()).toBe(0);
  });

  test("is asked for by the configuration as well", () => {
    const options = { max_autotune: true };
    torch.compile(layer, { options })(torch.randn(37, 50), torch.randn(50, 41), torch.randn(41));
    expect(text).toContain("AUTOTUNE float32 [] x [37] x [41] x [50]: tile ");
  });
});

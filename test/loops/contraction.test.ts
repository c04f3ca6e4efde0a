import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DType, float32, float64 } from "../../src/core/dtype.ts";
import { constructTensor } from "../../src/core/make-tensor.ts";
import { Storage } from "../../src/core/storage.ts";
import { stateOf } from "../../src/core/tensor.ts";
import { add, type Expression, maximum } from "../../src/loops/expression.ts";
import { KernelMemory } from "../../src/runtime/kernel-memory.ts";
import { kernelRuntime, KernelRuntime } from "../../src/runtime/kernel-runtime.ts";
import { planProduct } from "../../src/loops/templates/contraction/wasm/plan-product.ts";
import { runPlan } from "../../src/loops/templates/contraction/wasm/product-plan.ts";
import { addedProduct } from "../../src/ops/linalg/added-product.ts";
import {
  byTemplate,
  largestDifference,
  type Layout,
  layouts,
  randomTensor,
} from "./contraction-cases.ts";

const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 20];
const tolerance = { float32: 2e-6, float64: 1e-14 };

const toleranceOf = ({ name }: DType): number =>
  name === "float32" ? tolerance.float32 : tolerance.float64;

describe("the template agrees with plain loops", () => {
  test("for all small sizes", () => {
    for (const m of sizes)
      for (const n of sizes)
        for (const k of sizes) {
          const given = { left: randomTensor([m, k]), right: randomTensor([k, n]) };
          expect(largestDifference(given), `${m}x${k} @ ${k}x${n}`).toBeLessThan(tolerance.float32);
        }
  });

  test.each([
    [97, 33, 401],
    [4, 1030, 5],
    [1030, 4, 7],
    [1, 700, 1000],
    [700, 1, 1000],
    [3, 513, 1001],
    [130, 17, 800],
    [1, 4100, 310],
    [4, 1003, 303],
    [2, 4100, 130],
    [3, 1001, 1003],
  ])("for sizes that are not whole blocks: %i x %i, inner %i", (m, n, k) => {
    for (const dtype of [float32, float64]) {
      const given = { left: randomTensor([m, k], dtype), right: randomTensor([k, n], dtype) };
      expect(largestDifference(given), dtype.name).toBeLessThan(toleranceOf(dtype));
    }
  });

  const pairs = layouts.flatMap((left) => layouts.map((right) => [left, right] as const));
  test.each(pairs)("for a left factor that is %s and a right one that is %s", (left, right) => {
    for (const dtype of [float32, float64])
      for (const layout of ["contiguous", "transposed", "spread"] satisfies Layout[])
        for (const [m, n, k] of [
          [21, 37, 19],
          [1, 37, 19],
          [37, 1, 19],
          [2, 5, 64],
        ] as const) {
          const given = {
            left: randomTensor([m, k], dtype, left),
            right: randomTensor([k, n], dtype, right),
            layout,
          };
          expect(largestDifference(given), `${dtype.name}, output ${layout}`).toBeLessThan(
            toleranceOf(dtype),
          );
        }
  });

  test.each(["contiguous", "transposed", "spread"] as const)(
    "for a few rows and a long sum in parts, into an output that is %s",
    (layout) => {
      for (const dtype of [float32, float64])
        for (const rows of [1, 3]) {
          const left = randomTensor([2, rows, 541], dtype);
          const right = randomTensor([2, 541, 1263], dtype);
          expect(largestDifference({ left, right, layout }), `${dtype.name}, ${rows}`).toBeLessThan(
            toleranceOf(dtype),
          );
        }
    },
  );

  test("for batches, where either factor may be the same for all", () => {
    const shapes = [
      [
        [3, 5, 7],
        [3, 7, 9],
      ],
      [
        [3, 5, 7],
        [7, 9],
      ],
      [
        [5, 7],
        [3, 7, 9],
      ],
      [
        [2, 1, 5, 7],
        [3, 7, 9],
      ],
      [
        [2, 3, 1, 7],
        [2, 1, 7, 9],
      ],
      [[7], [3, 7, 9]],
      [[3, 5, 7], [7]],
    ] as const;
    for (const [left, right] of shapes) {
      const given = { left: randomTensor(left), right: randomTensor(right) };
      expect(largestDifference(given), `${left} @ ${right}`).toBeLessThan(tolerance.float32);
    }
  });

  test.each([
    [40, 998, 140],
    [17, 1001, 140],
    [64, 1200, 77],
  ])("where the factors change places: %i x %i, inner %i", (m, n, k) => {
    for (const dtype of [float32, float64])
      for (const batch of [[], [3]])
        for (const layout of layouts) {
          const right = randomTensor([...batch, k, n], dtype, layout);
          const given = { left: randomTensor([m, k], dtype), right };
          expect(largestDifference(given), `${dtype.name}, ${layout}`).toBeLessThan(
            toleranceOf(dtype),
          );
        }
  });

  test("for random shapes and layouts", () => {
    const size = fc.integer({ min: 1, max: 70 });
    const layout = fc.constantFrom(...layouts);
    fc.assert(
      fc.property(size, size, size, layout, layout, fc.boolean(), (m, n, k, left, right, wide) => {
        const dtype = wide ? float64 : float32;
        const given = {
          left: randomTensor([m, k], dtype, left),
          right: randomTensor([k, n], dtype, right),
        };
        expect(largestDifference(given)).toBeLessThan(toleranceOf(dtype));
      }),
      { numRuns: 150 },
    );
  });
});

describe("an epilogue", () => {
  const left = randomTensor([33, 40]);
  const right = randomTensor([40, 29]);

  test("sees the finished sum and broadcast operands", () => {
    const limited = (sum: Expression, bias: Expression, other: Expression): Expression =>
      maximum(add(add(sum, bias), other), 0);
    const operands = [randomTensor([29]), randomTensor([33, 1], float64)];
    const epilogue = { body: limited, operands, computeType: float32 };
    expect(largestDifference({ left, right, epilogue })).toBeLessThan(tolerance.float32);
  });

  test("scales, and leaves the added tensor alone when beta is 0", () => {
    const added = randomTensor([29]);
    for (const [beta, alpha] of [
      [2, 1],
      [1, 0.5],
      [0, 3],
      [0, 1],
    ] as const) {
      const epilogue = addedProduct({ added, beta, alpha });
      const given = epilogue === null ? { left, right } : { left, right, epilogue };
      expect(largestDifference(given), `${beta}, ${alpha}`).toBeLessThan(4 * tolerance.float32);
    }
    stateOf(added).storage.array.fill(NaN as never); // float32
    const epilogue = addedProduct({ added, beta: 0, alpha: 2 });
    expect(epilogue).not.toBeNull();
    if (epilogue === null) return;
    expect(byTemplate({ left, right, epilogue }).some(Number.isNaN)).toBe(false);
  });
});

test("NaN and infinity reach exactly the elements they belong to", () => {
  const left = randomTensor([10, 20]);
  const right = randomTensor([20, 18]);
  stateOf(left).storage.array[3 * 20 + 5] = NaN;
  stateOf(right).storage.array[7 * 18 + 17] = Infinity;
  const found = byTemplate({ left, right });
  found.forEach((value, index) => {
    const [row, column] = [Math.floor(index / 18), index % 18];
    expect(Number.isNaN(value), `${row}, ${column}`).toBe(row === 3);
    if (row !== 3) expect(Number.isFinite(value), `${row}, ${column}`).toBe(column !== 17);
  });
});

test("the number of threads does not change a bit of the result", () => {
  const runtime = kernelRuntime();
  const threads = runtime.threads;
  const shapes = [
    [200, 300, 210],
    [1, 3000, 500],
    [64, 64, 1000],
    [16, 2000, 70],
    [24, 2000, 90],
    [3, 3000, 500],
    [2, 300, 5000],
  ] as const;
  for (const [m, n, k] of shapes) {
    const given = { left: randomTensor([m, k]), right: randomTensor([k, n]) };
    runtime.setThreads(1);
    const alone = byTemplate(given);
    runtime.setThreads(3);
    runtime.startWorkers();
    expect(byTemplate(given), `${m}x${n}x${k}`).toEqual(alone);
  }
  runtime.setThreads(threads);
});

test("an array that the user shares with a tensor takes part", () => {
  const values = Float32Array.from({ length: 400 }, (_, index) => index % 7);
  const geometry = { shape: [20, 20], strides: [20, 1], offset: 0 };
  const left = constructTensor(Storage.share(float32, values), float32, geometry, null);
  expect(largestDifference({ left, right: randomTensor([20, 20]) })).toBeLessThan(1e-4);
});

test.each([
  [1, 40, 3000, "dots"],
  [1, 3000, 40, "rowSums"],
  [40, 50, 60, "blocks"],
] as const)(
  "operands may lie across the middle of the address space: %i x %i, inner %i, by %s",
  (m, n, k, kernel) => {
    const memory = new KernelMemory({ shared: true });
    const runtime = new KernelRuntime(memory, { threads: 1 });
    const middle = 2 ** 31;
    memory.allocate(middle + 2 ** 22);
    // The middle is inside the left factor.
    const addresses = [middle - 2 ** 20, middle - m * k * 2, middle + 2 ** 19] as const;
    const left = new Float32Array(memory.buffer, addresses[1], m * k).fill(1);
    const right = new Float32Array(memory.buffer, addresses[2], n * k).fill(2);
    const out = new Float32Array(memory.buffer, addresses[0], m * n);
    expect([left.length, right.length]).toEqual([m * k, n * k]);
    const strides = [[n, 1, 0], [k, 0, 1], kernel === "dots" ? [0, k, 1] : [0, 1, n]];
    const plan = planProduct(runtime, "float32", {
      axes: { batch: [], rows: [m], columns: [n], inner: [k] },
      operands: strides.map((own) => ({ strides: own })),
    });
    runPlan(runtime, plan, addresses);
    expect(new Set(out)).toEqual(new Set([2 * k]));
  },
);

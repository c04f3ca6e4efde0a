import { describe, expect, test } from "vitest";
import { float32 } from "../../src/core/dtype.ts";
import { copyElements } from "../../src/core/elements.ts";
import { adoptArray } from "../../src/core/make-tensor.ts";
import type { TensorBase } from "../../src/core/tensor.ts";
import "../../src/api/tensor.ts";
import { javascriptBackend } from "../../src/loops/javascript/javascript-backend.ts";
import type { Backend } from "../../src/loops/backend.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import type { Kernel } from "../../src/loops/kernel.ts";
import type { TypedArray } from "../../src/core/storage.ts";
import { expectSimilar } from "./expect-similar.ts";
import { centeredKernel, layerNormKernel, softmaxKernel } from "./example-kernels.ts";

function tensor(values: readonly number[], shape: readonly number[]): TensorBase {
  return adoptArray(Float32Array.from(values), shape, float32);
}

const backends = [javascriptBackend, makeWasmBackend({ smallestLaunch: 0 })] as const;

describe.each(backends)("$name", (backend) => {
  test("a row kept by one sweep is read by a later one", () => {
    const out = tensor([0, 0, 0, 0, 0, 0], [2, 3]);
    backend.run({
      kernel: softmaxKernel(),
      parallel: [2],
      fold: [3],
      operands: [
        { tensor: out, strides: [3, 1] },
        { tensor: tensor([0, 0, 0, 1, 1, -Infinity], [2, 3]), strides: [3, 1] },
      ],
      scalars: [],
    });
    expect([...copyElements(out)]).toEqual([1 / 3, 1 / 3, 1 / 3, 0.5, 0.5, 0].map(Math.fround));
  });

  test("stages see the final states of earlier ones, and a kernel has several outputs", () => {
    const [out, mean, rstd] = [
      tensor([0, 0, 0, 0], [2, 2]),
      tensor([0, 0], [2]),
      tensor([0, 0], [2]),
    ];
    backend.run({
      kernel: layerNormKernel(),
      parallel: [2],
      fold: [2],
      operands: [
        { tensor: out, strides: [2, 1] },
        { tensor: mean, strides: [1, 0] },
        { tensor: rstd, strides: [1, 0] },
        { tensor: tensor([1, 3, -2, -2], [2, 2]), strides: [2, 1] },
        { tensor: tensor([10, 20], [2]), strides: [0, 1] },
        { tensor: tensor([0, 1], [2]), strides: [0, 1] },
      ],
      scalars: [2, 3],
    });
    expect([...copyElements(mean)]).toEqual([2, -2]);
    expect([...copyElements(rstd)]).toEqual([0.5, 1 / Math.sqrt(3)].map(Math.fround));
    expect([...copyElements(out)]).toEqual([-5, 11, 0, 1]);
  });
});

/** A kernel of out and x along the rows or columns of `rows` x `columns` elements that repeat nothing. */
function runOnMatrix(
  backend: Backend,
  kernel: Kernel,
  rows: number,
  columns: number,
  byRows: boolean,
): TypedArray {
  const shape = [rows, columns];
  const values = Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 37) * 4 + 1);
  const out = tensor(new Array<number>(rows * columns).fill(0), shape);
  const strides = byRows ? [columns, 1] : [1, columns];
  backend.run({
    kernel,
    parallel: [byRows ? rows : columns],
    fold: [byRows ? columns : rows],
    operands: [out, tensor(values, shape)].map((own) => ({ tensor: own, strides })),
    scalars: kernel.scalars.map(() => (byRows ? columns : rows)),
  });
  return copyElements(out);
}

describe.each([
  ["softmax", softmaxKernel()],
  ["a kernel with states between its sweeps", centeredKernel()],
])("%s", (_, kernel) => {
  test.each([
    [1, 1],
    [3, 5],
    [7, 64],
    [17, 33],
    [62, 36],
    [70, 130],
  ])("of %i x %i is the same in WebAssembly, by rows and by columns", (rows, columns) => {
    for (const byRows of [true, false])
      expectSimilar(
        runOnMatrix(backends[1], kernel, rows, columns, byRows),
        runOnMatrix(backends[0], kernel, rows, columns, byRows),
        byRows ? "rows" : "columns",
      );
  });
});

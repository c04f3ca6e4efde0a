import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { ContractionGeometry } from "../../src/loops/template.ts";
import { asWinograd } from "../../src/loops/templates/contraction/wasm/winograd/winograd-form.ts";
import { kernelRuntime } from "../../src/runtime/kernel-runtime.ts";

interface Sizes {
  readonly images: number;
  readonly channels: number;
  readonly filters: number;
  readonly height: number;
  readonly width: number;
}

const { conv2d } = torch.nn.functional;

/** A convolution without padding as the contraction that it is lowered to. */
function geometry(
  { images, channels, filters, height, width }: Sizes,
  { stride = 1, dilation = 1, groups = 1 } = {},
): ContractionGeometry {
  const [rowsOut, columnsOut] = [height, width].map(
    (size) => Math.floor((size - 2 * dilation - 1) / stride) + 1,
  ) as [number, number]; // two sizes
  const [image, perGroup] = [height * width, channels / groups];
  return {
    axes: {
      batch: [images, groups],
      rows: [filters / groups],
      columns: [rowsOut, columnsOut],
      inner: [perGroup, 3, 3],
    },
    operands: [
      [filters * rowsOut * columnsOut, 0, rowsOut * columnsOut, columnsOut, 1, 0, 0, 0],
      [0, (filters / groups) * perGroup * 9, perGroup * 9, 0, 0, 9, 3, 1],
      [
        channels * image,
        perGroup * image,
        0,
        width * stride,
        stride,
        image,
        width * dilation,
        dilation,
      ],
    ].map((strides) => ({ strides })),
  };
}

const sizes: readonly Sizes[] = [
  { images: 2, channels: 16, filters: 24, height: 34, width: 36 },
  { images: 3, channels: 17, filters: 33, height: 9, width: 35 },
  { images: 1, channels: 300, filters: 40, height: 18, width: 18 },
  { images: 9, channels: 64, filters: 130, height: 14, width: 70 },
];

describe("what is a convolution for Winograd's algorithm", () => {
  test("has windows of 3 × 3 and steps of 1", () => {
    const [first] = sizes as [Sizes];
    expect(asWinograd(geometry(first))).toMatchObject({ images: 2, heightOut: 32, widthOut: 34 });
    expect(asWinograd(geometry(first, { stride: 2 }))).toBeNull();
    expect(asWinograd(geometry(first, { dilation: 2 }))).toBeNull();
    expect(asWinograd(geometry(first, { groups: 2 }))).toBeNull();
  });

  test("has enough channels and filters for the transforms to pay", () => {
    expect(asWinograd(geometry({ ...(sizes[0] as Sizes), channels: 3 }))).toBeNull();
    expect(asWinograd(geometry({ ...(sizes[0] as Sizes), height: 6, width: 6 }))).toBeNull();
  });
});

/** The largest difference from the convolution in float64, in parts of what results are on average. */
function largestError(x: torch.Tensor, weight: torch.Tensor, padding = 0): number {
  const found = conv2d(x, weight, null, { padding }).to(torch.float64);
  const exact = conv2d(x.to(torch.float64), weight.to(torch.float64), null, { padding });
  const mean = exact.square().mean().sqrt();
  return Number(found.sub(exact).abs().max().div(mean).item());
}

describe("a convolution by Winograd's algorithm", () => {
  test.each(sizes)(
    "is as exact as documented: %o",
    ({ images, channels, filters, height, width }) => {
      torch.manual_seed(3);
      const form = asWinograd(geometry({ images, channels, filters, height, width }));
      expect(form).not.toBeNull();
      const x = torch.randn(images, channels, height, width);
      expect(largestError(x, torch.randn(filters, channels, 3, 3))).toBeLessThan(1.2e-5);
      expect(largestError(x, torch.randn(filters, channels, 3, 3), 2)).toBeLessThan(1.2e-5);
    },
  );

  test("takes weights of any layout and parts of larger images", () => {
    const x = torch.randn(2, 40, 15, 30).narrow(1, 3, 32).narrow(2, 1, 13).narrow(3, 2, 27);
    const weight = torch.randn(3, 32, 3, 20).permute(3, 1, 2, 0);
    expect(largestError(x, weight)).toBeLessThan(1.2e-5);
  });

  /** Places of the results that are infinite or no numbers when one element of the input is `value`. */
  function reachedBy(value: number): unknown {
    const x = torch.randn(2, 32, 20, 22);
    x.select(0, 1).select(0, 4).select(0, 7).select(0, 9).fill_(value);
    const found = conv2d(x, torch.rand(32, 32, 3, 3));
    return found.sub(found).ne(0).any(1).nonzero().tolist();
  }

  test("lets an element that is infinite or no number reach the results of its windows only", () => {
    const own = [5, 6, 7].flatMap((row) => [7, 8, 9].map((column) => [1, row, column]));
    expect(reachedBy(NaN)).toEqual(own);
    expect(reachedBy(Infinity)).toEqual(own);
  });

  test("gives numbers where only its own sums would overflow", () => {
    expect(reachedBy(3e38)).toEqual([]);
  });

  test("is right again after one that had infinite elements", () => {
    const compiled = torch.compile((x: torch.Tensor, weight: torch.Tensor) => conv2d(x, weight));
    const [x, weight] = [torch.randn(2, 32, 20, 22), torch.randn(32, 32, 3, 3)];
    const expected = compiled(x, weight).tolist();
    compiled(x.mul(Infinity), weight);
    expect(compiled(x, weight).tolist()).toEqual(expected);
  });

  test("does not depend on the number of threads", () => {
    const runtime = kernelRuntime();
    const threads = runtime.threads;
    const [x, weight] = [torch.randn(3, 48, 30, 31), torch.randn(40, 48, 3, 3)];
    runtime.setThreads(1);
    const alone = conv2d(x, weight).tolist();
    runtime.setThreads(3);
    runtime.startWorkers();
    expect(conv2d(x, weight).tolist()).toEqual(alone);
    runtime.setThreads(threads);
  });
});

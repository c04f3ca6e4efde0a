/** Pooling over the last three dimensions: of planes first, then along what is left. Windows are boxes, so that is the same. */
import { RuntimeError } from "../../base/errors.ts";
import { at, formatShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes, wideFloatDTypes } from "../define-op.ts";
import { notForWords, onlyForFloats } from "../not-implemented.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { permute } from "../view/permute.ts";
import { reshape } from "../view/reshape.ts";
import { avg_pool2d } from "./average-pool.ts";
import { max_pool2d } from "./max-pool.ts";
import { naiveLargest, naivePool, type NaiveWindows } from "./naive-pool.ts";

type Triple = readonly [number, number, number];

function tripleOf(op: string, name: string, value: number | readonly number[]): Triple {
  const list = typeof value === "number" ? [value] : value;
  if (list.length !== 1 && list.length !== 3)
    throw new RuntimeError(`${op}: ${name} must be a single int, or a tuple of three ints`);
  return [at(list, 0), at(list, list.length === 3 ? 1 : 0), at(list, list.length - 1)];
}

interface VolumeArgs {
  readonly self: TensorBase;
  readonly kernel_size: number | readonly number[];
  readonly stride: number | readonly number[] | null;
  readonly padding: number | readonly number[];
  readonly dilation: number | readonly number[];
  readonly ceil_mode: boolean;
}

interface Volume {
  readonly kernel: Triple;
  readonly stride: Triple;
  readonly padding: Triple;
  readonly dilation: Triple;
}

function volumeOf(op: string, args: VolumeArgs): Volume {
  const { shape, ndim } = args.self;
  if ((ndim !== 4 && ndim !== 5) || shape.slice(ndim - 4).includes(0)) {
    throw new RuntimeError(
      `${op}: Expected 4D or 5D (batch mode) tensor with optional 0 dim batch size for input, but got: ${formatShape(shape)}`,
    );
  }
  return {
    kernel: tripleOf(op, "kernel_size", args.kernel_size),
    stride: tripleOf(op, "stride", args.stride ?? args.kernel_size),
    padding: tripleOf(op, "padding", args.padding),
    dilation: tripleOf(op, "dilation", args.dilation),
  };
}

/** What pools the last two dimensions of a batch of planes. */
type PlanePool = (
  self: TensorBase,
  window: Readonly<Record<keyof Volume, readonly [number, number]>>,
  isLast: boolean,
) => TensorBase;

function poolVolume(self: TensorBase, volume: Volume, pool: PlanePool): TensorBase {
  const lead = self.shape.slice(0, -3);
  const [depth, height, width] = self.shape.slice(-3);
  const count = lead.reduce((product, size) => product * size, 1);
  const sidesOf = (choose: (sides: Triple, identity: number) => readonly [number, number]) => ({
    kernel: choose(volume.kernel, 1),
    stride: choose(volume.stride, 1),
    padding: choose(volume.padding, 0),
    dilation: choose(volume.dilation, 1),
  });
  const planes = pool(
    runOp(reshape, { self, shape: [count, depth ?? 0, height ?? 0, width ?? 0] }),
    sidesOf(([, down, right]) => [down, right]),
    false,
  );
  const lines = pool(
    runOp(permute, { self: planes, dims: [0, 2, 3, 1] }),
    sidesOf(([deep], identity) => [identity, deep]),
    true,
  );
  const ordered = runOp(permute, { self: lines, dims: [0, 3, 1, 2] });
  return runOp(reshape, { self: ordered, shape: [...lead, ...ordered.shape.slice(1)] });
}

function naiveWindows(
  args: VolumeArgs,
  { kernel, stride, padding, dilation }: Volume,
): NaiveWindows {
  return args.self.shape.slice(-3).map((size, axis) => {
    const [extent, step, pad] = [
      (at(kernel, axis) - 1) * at(dilation, axis) + 1,
      at(stride, axis),
      at(padding, axis),
    ];
    const span = size + 2 * pad - extent;
    const count = Math.floor((span + (args.ceil_mode ? step - 1 : 0)) / step) + 1;
    const isBeyond = args.ceil_mode && (count - 1) * step >= size + pad;
    return Array.from({ length: isBeyond ? count - 1 : count }, (_, window) =>
      Array.from(
        { length: at(kernel, axis) },
        (__, place) => window * step - pad + place * at(dilation, axis),
      ),
    );
  });
}

const volumeArgs = {
  self: arg.tensor,
  kernel_size: arg.intOrInts,
  stride: arg.optional(arg.intOrInts),
  padding: arg.withDefault(arg.intOrInts, 0),
} as const;

const details =
  "Windows begin every `stride` places (`kernel_size` if left out), first `padding` places before the input.";

export const max_pool3d = defineOp({
  name: "max_pool3d",
  api: ["torch.nn.functional.max_pool3d", "torch.max_pool3d"],
  args: {
    ...volumeArgs,
    dilation: arg.withDefault(arg.intOrInts, 1),
    ceil_mode: arg.withDefault(arg.bool, false),
  },
  doc: {
    summary: "The largest element of each window of the last three dimensions.",
    details: `${details} Differs: there is no \`return_indices\` yet.`,
    example: "torch.nn.functional.max_pool3d(torch.arange(8).reshape(1, 2, 2, 2).float(), 2)",
  },
  derivative: "pending",
  dtypes: numberDTypes,
  decomposition: (args) =>
    poolVolume(args.self, volumeOf("max_pool3d", args), (self, window) =>
      runOp(max_pool2d, {
        self,
        kernel_size: window.kernel,
        stride: window.stride,
        padding: window.padding,
        dilation: window.dilation,
        ceil_mode: args.ceil_mode,
      }),
    ),
  reference: (args) =>
    naivePool(
      args.self,
      naiveWindows(args, volumeOf("max_pool3d", args)),
      (window) => naiveLargest(window).value,
    ),
  samples: function* (make) {
    yield* volumeSamples(make);
    yield { self: make.tensor([1, 5, 4, 5]), kernel_size: 2, stride: 1, dilation: [2, 1, 2] };
  },
});

export const avg_pool3d = defineOp({
  name: "avg_pool3d",
  api: ["torch.nn.functional.avg_pool3d"],
  args: {
    ...volumeArgs,
    ceil_mode: arg.withDefault(arg.bool, false),
    count_include_pad: arg.withDefault(arg.bool, true),
    divisor_override: arg.keyword(arg.optional(arg.int)),
  },
  doc: {
    summary: "The mean of each window of the last three dimensions.",
    details: `${details} Zeros of the padding count unless \`count_include_pad\` is false; \`divisor_override\` divides the sums instead.`,
    example: "torch.nn.functional.avg_pool3d(torch.arange(8).reshape(1, 2, 2, 2).float(), 2)",
  },
  derivative: "pending",
  dtypes: wideFloatDTypes,
  decomposition: ({ divisor_override, count_include_pad, ceil_mode, ...args }) => {
    onlyForFloats("avg_pool3d_out_frame")(args.self.dtype);
    notForWords("avg_pool3d_out_frame")(args.self.dtype);
    if (divisor_override === 0) throw new RuntimeError("divisor must be not zero");
    const volume = volumeOf("avg_pool3d", { ...args, ceil_mode, dilation: 1 });
    return poolVolume(args.self, volume, (self, window, isLast) =>
      runOp(avg_pool2d, {
        self,
        kernel_size: window.kernel,
        stride: window.stride,
        padding: window.padding,
        ceil_mode,
        count_include_pad,
        divisor_override: divisor_override === null ? null : isLast ? divisor_override : 1,
      }),
    );
  },
  reference: (args) => {
    const own = { ...args, dilation: 1 };
    const size = args.self.shape.slice(-3);
    const volume = volumeOf("avg_pool3d", own);
    return naivePool(args.self, naiveWindows(own, volume), ({ values, covered }) => {
      // Places beyond the padding do not count.
      const all = covered.reduce((product, places, axis) => {
        const end = at(size, axis) + at(volume.padding, axis);
        return product * places.filter((place) => place < end).length;
      }, 1);
      const count = args.count_include_pad ? all : values.length;
      return values.reduce((total, x) => total + x, 0) / (args.divisor_override ?? count);
    });
  },
  samples: function* (make) {
    yield* volumeSamples(make);
    const self = make.tensor([1, 4, 5, 4]);
    yield { self, kernel_size: 3, stride: 2, padding: 1, count_include_pad: false };
    yield { self, kernel_size: 2, divisor_override: 5 };
  },
});

function* volumeSamples(make: SampleMaker) {
  yield { self: make.tensor([1, 2, 4, 4, 4]), kernel_size: 2 };
  yield { self: make.strided([2, 4, 5, 6]), kernel_size: [2, 3, 2], stride: 2, padding: [1, 1, 0] };
  yield { self: make.tensor([1, 5, 5, 6]), kernel_size: 2, ceil_mode: true };
  yield { self: make.tensor([0, 1, 4, 4, 4]), kernel_size: 2 };
}

/** Resizing of the dimensions after the first two. */
import { NotImplementedError, RuntimeError, ValueError } from "../../base/errors.ts";
import { at, formatShape, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { indexed, scalarValue } from "../../loops/computation.ts";
import { arg, type ArgsOf, mismatch, type RequiredArg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { textArg } from "../index/text-arg.ts";
import { notImplemented } from "../not-implemented.ts";
import { adaptive_avg_pool1d, adaptive_avg_pool2d } from "../pool/adaptive-pool.ts";
import { runOp } from "../run-op.ts";
import { interpolationBody, type Kernel } from "./interpolation.ts";
import { naiveResize } from "./naive-resize.ts";

const modes = ["nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area"];

const modeArg: RequiredArg<string> = {
  ...textArg,
  keywordOnly: true,
  type: modes.map((mode) => JSON.stringify(mode)).join(" | "),
};

type Factors = number | readonly number[];

const factorsArg: RequiredArg<Factors> = {
  ...arg.number,
  type: "number | readonly number[]",
  expected: "float or tuple of floats",
  parse: (value) => {
    if (typeof value === "number") return value;
    if (!Array.isArray(value)) return mismatch;
    const numbers = value.filter((item) => typeof item === "number");
    return numbers.length === value.length ? numbers : mismatch;
  },
};

const interpolateArgs = {
  self: arg.tensor,
  size: arg.optional(arg.intOrInts),
  scale_factor: arg.optional(factorsArg),
  mode: arg.withDefault(modeArg, "nearest"),
  align_corners: arg.optional(arg.bool),
  recompute_scale_factor: arg.optional(arg.bool),
} as const;

type InterpolateArgs = ArgsOf<typeof interpolateArgs>;

const hint = "Please provide input tensor in (N, C, d1, d2, ...,dK) format and";

function perAxis(
  value: Factors,
  plane: Shape,
  what: "output size" | "scale_factor",
): readonly number[] {
  if (typeof value === "number") return plane.map(() => value);
  if (value.length === plane.length) return value;
  const [noun, names] =
    what === "output size"
      ? [`output size of ${formatShape(value)}`, "output size in (o1, o2, ...,oK)"]
      : [`scale_factor of shape ${formatShape(value)}`, "scale_factor in (s1, s2, ...,sK)"];
  const subject = what === "output size" ? "output" : "scale_factor";
  throw new ValueError(
    `Input and ${subject} must have the same number of spatial dimensions, but got input with spatial dimensions of ${formatShape(plane)} and ${noun}. ${hint} ${names} format.`,
  );
}

const rankOf: Readonly<Record<string, number>> = {
  linear: 3,
  bilinear: 4,
  bicubic: 4,
  trilinear: 5,
};

function checkMode({ mode, align_corners }: InterpolateArgs): void {
  if (align_corners !== null && (mode.startsWith("nearest") || mode === "area")) {
    throw new ValueError(
      "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear",
    );
  }
}

function checkRank({ self, mode }: InterpolateArgs): void {
  const isKnown = modes.includes(mode);
  if (!isKnown || self.ndim < 3 || self.ndim > 5) {
    throw new NotImplementedError(
      `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${self.ndim}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got ${mode})`,
    );
  }
  const rank = rankOf[mode] ?? self.ndim;
  if (rank !== self.ndim)
    throw new NotImplementedError(`Got ${self.ndim}D input, but ${mode} mode needs ${rank}D input`);
}

interface Target {
  readonly size: Shape;
  /** What the caller asked for, if it was not sizes. */
  readonly factors: readonly number[] | null;
}

function targetOf({
  self,
  size,
  scale_factor,
  recompute_scale_factor,
  mode,
}: InterpolateArgs): Target {
  const plane = self.shape.slice(2);
  if (size !== null && scale_factor !== null)
    throw new ValueError("only one of size or scale_factor should be defined");
  if (size !== null) {
    const sizes = perAxis(size, plane, "output size");
    if (recompute_scale_factor === true)
      throw new ValueError("recompute_scale_factor is not meaningful with an explicit size.");
    return { size: sizes, factors: null };
  }
  if (scale_factor === null) throw new ValueError("either size or scale_factor should be defined");
  const factors = perAxis(scale_factor, plane, "scale_factor");
  const sizes = plane.map((each, axis) => Math.floor(each * at(factors, axis)));
  return {
    size: sizes,
    factors: recompute_scale_factor === true || mode === "area" ? null : factors,
  };
}

function checkSizes(self: TensorBase, size: Shape): void {
  const plane = self.shape.slice(2);
  if (Math.min(...plane, ...size) > 0) return;
  const names = ["D", "H", "W"].slice(-plane.length);
  const show = (sizes: Shape): string =>
    `(${names.map((name, axis) => `${name}: ${at(sizes, axis)}`).join(", ")})`;
  throw new RuntimeError(
    `Input and output sizes should be greater than 0, but got input ${show(plane)} output ${show(size)}`,
  );
}

/** Input places for each place of the output. */
function scalesOf(
  self: TensorBase,
  { size, factors }: Target,
  corners: boolean,
): readonly number[] {
  return self.shape.slice(2).map((own, axis) => {
    const target = at(size, axis);
    if (corners) return target > 1 ? (own - 1) / (target - 1) : 0;
    return factors === null ? own / target : 1 / at(factors, axis);
  });
}

function kernelOf(mode: string): Kernel {
  if (mode === "nearest" || mode === "nearest-exact") return mode;
  return mode === "bicubic" ? "cubic" : "linear";
}

const resize = defineOp({
  name: "resize",
  api: [],
  args: {
    self: arg.tensor,
    size: arg.ints,
    scales: factorsArg,
    mode: textArg,
    corners: arg.bool,
  },
  doc: { summary: "The dimensions after the first two with other sizes." },
  derivative: "pending",
  meta: ({ self, size }) => ({ dtype: self.dtype, shape: [...self.shape.slice(0, 2), ...size] }),
  lowering: ({ self, size, scales, mode, corners }) => {
    const kernel = kernelOf(mode);
    // Nearest places are found in float32 whatever the dtype, as in PyTorch.
    const type = kernel.startsWith("nearest") ? "float32" : self.dtype.computeName;
    const factors = typeof scales === "number" ? [scales] : scales;
    return indexed(interpolationBody(`${kernel}|${corners}|${size.length}`), {
      gathered: self,
      scalars: size.flatMap((_, axis) => [
        scalarValue("index", at(self.shape, 2 + axis)),
        scalarValue(type, at(factors, axis)),
      ]),
    });
  },
  reference: null,
  samples: () => [],
});

function averageArea(self: TensorBase, size: Shape): TensorBase {
  if (self.ndim === 3) return runOp(adaptive_avg_pool1d, { self, output_size: size });
  if (self.ndim === 4) return runOp(adaptive_avg_pool2d, { self, output_size: size });
  throw new NotImplementedError("the mode area resizes one or two dimensions only");
}

export const interpolate = defineOp({
  name: "interpolate",
  api: ["torch.nn.functional.interpolate"],
  args: interpolateArgs,
  doc: {
    summary: "Resizes the dimensions after the first two to `size`, or by `scale_factor`.",
    details:
      'Modes: "nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic" and "area". With `align_corners` the first and last elements stay where they are.',
    example:
      'torch.nn.functional.interpolate(torch.tensor([[[1, 3]]]), 4, null, { mode: "linear" })',
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: (args) => {
    const { self, mode } = args;
    checkMode(args);
    const target = targetOf(args);
    checkRank(args);
    checkSizes(self, target.size);
    if (mode === "area") return averageArea(self, target.size);
    const dims = self.ndim - 2;
    if (!mode.startsWith("nearest") && !self.dtype.is_floating_point)
      throw notImplemented(`upsample_${mode}${dims}d_channels_last`, self.dtype);
    const corners = args.align_corners === true;
    const scales = scalesOf(self, target, corners);
    return runOp(resize, { self, size: target.size, scales, mode, corners });
  },
  reference: (args) => {
    const target = targetOf(args);
    const corners = args.align_corners === true;
    const scales = scalesOf(args.self, target, corners);
    return naiveResize(args.self, target.size, scales, kernelOf(args.mode), corners);
  },
  samples: function* (make) {
    for (const mode of ["nearest", "nearest-exact"]) {
      yield { self: make.tensor([1, 2, 3, 4]), size: [5, 2], mode };
      yield { self: make.strided([2, 1, 5]), scale_factor: 1.5, mode };
    }
    for (const align_corners of [true, false]) {
      yield { self: make.tensor([1, 2, 3, 4]), size: [5, 2], mode: "bilinear", align_corners };
      yield { self: make.strided([2, 1, 5]), scale_factor: 1.5, mode: "linear", align_corners };
      yield { self: make.tensor([1, 1, 3, 4]), size: 5, mode: "bicubic", align_corners };
      const self = make.tensor([1, 1, 2, 3, 2]);
      yield { self, scale_factor: [1.5, 2, 1], mode: "trilinear", align_corners };
    }
    yield { self: make.tensor([0, 1, 2]), size: 3 };
  },
});

/** ONNX's operators of neural networks: windows that slide, losses, sizes of images. */
import * as torch from "../../src/index.ts";
import type { OnnxCase } from "./onnx-case.ts";
import { flag, integers, needed, number, numbers, type Operators, text } from "./attributes.ts";

type Tensor = torch.Tensor;
const F = torch.nn.functional;

interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Before and after each axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function windowsOf(node: OnnxCase, { shape }: Tensor, kernelShape?: readonly number[]): Windows {
  const kernel = numbers(node, "kernel_shape") ?? kernelShape ?? [];
  const ones = kernel.map(() => 1);
  const stride = numbers(node, "strides") ?? ones;
  const dilation = numbers(node, "dilations") ?? ones;
  const given = numbers(node, "pads") ?? kernel.map(() => 0).concat(kernel.map(() => 0));
  const mode = text(node, "auto_pad", "NOTSET");
  const total = kernel.map((size, axis) => {
    const length = shape[axis + 2] ?? 0;
    const step = stride[axis] ?? 1;
    const extent = (size - 1) * (dilation[axis] ?? 1) + 1;
    return Math.max((Math.ceil(length / step) - 1) * step + extent - length, 0);
  });
  if (!mode.startsWith("SAME")) {
    const isValid = mode === "VALID";
    const side = (offset: number): number[] =>
      kernel.map((_, axis) => (isValid ? 0 : (given[axis + offset] ?? 0)));
    return { kernel, stride, dilation, before: side(0), after: side(kernel.length) };
  }
  const small = total.map((pads) => Math.floor(pads / 2));
  const large = total.map((pads) => Math.ceil(pads / 2));
  const isUpper = mode === "SAME_UPPER";
  return {
    kernel,
    stride,
    dilation,
    before: isUpper ? small : large,
    after: isUpper ? large : small,
  };
}

const sidesOf = ({ before, after }: Windows): readonly number[] =>
  before
    .flatMap((own, axis) => [[own, after[axis] ?? 0]])
    .reverse()
    .flat();

/** Whether PyTorch's pools take the padding: the same on both sides, and at most half of a window. */
const isEven = ({ before, after, kernel }: Windows): boolean =>
  before.join() === after.join() && before.every((pad, axis) => 2 * pad <= (kernel[axis] ?? 0));

/** Padding that PyTorch's operators take themselves; what they do not take is padded before, with `value`. */
function padded(x: Tensor, windows: Windows, value: number): readonly [Tensor, readonly number[]] {
  if (isEven(windows)) return [x, windows.before];
  return [F.pad(x, sidesOf(windows), { value }), windows.kernel.map(() => 0)];
}

const perRank = <Fn>(kernel: readonly number[], ...fns: readonly Fn[]): Fn => {
  const fn = fns[kernel.length - 1];
  if (fn === undefined)
    throw new Error(`there is no such operator for ${kernel.length} dimensions`);
  return fn;
};

const reductionNames = { none: "none", mean: "mean", sum: "sum" } as const;
const reductionOf = (node: OnnxCase): "none" | "mean" | "sum" => {
  const name = text(node, "reduction", "mean");
  return name === "none" || name === "sum" ? reductionNames[name] : "mean";
};
const ignoredOf = (node: OnnxCase): { readonly ignore_index?: number } => {
  const ignored = node.attributes["ignore_index"];
  return typeof ignored === "number" ? { ignore_index: ignored } : {};
};

export const networkOperators: Operators = {
  AveragePool: ([x], node) => {
    const windows = windowsOf(node, needed(x));
    const includesPads = flag(node, "count_include_pad", false);
    if (windows.dilation.some((step) => step !== 1)) throw new Error("pools have no dilation");
    const options = {
      stride: windows.stride,
      ceil_mode: flag(node, "ceil_mode", false),
      count_include_pad: includesPads,
    };
    const pool = perRank<(x: Tensor, padding: readonly number[]) => Tensor>(
      windows.kernel,
      (own, padding) => F.avg_pool1d(own, windows.kernel, { ...options, padding }),
      (own, padding) => F.avg_pool2d(own, windows.kernel, { ...options, padding }),
      (own, padding) => F.avg_pool3d(own, windows.kernel, { ...options, padding }),
    );
    const [own, padding] = padded(needed(x), windows, 0);
    if (isEven(windows) || includesPads) return pool(own, padding);
    // Uneven zeros do not count: the mean of what is there is a quotient of two means.
    const counts = pool(F.pad(torch.ones_like(needed(x)), sidesOf(windows)), padding);
    return pool(own, padding).div(counts);
  },
  Conv: ([x, weight, bias], node) => {
    const windows = windowsOf(node, needed(x), needed(weight).shape.slice(2));
    const [own, padding] = padded(needed(x), windows, 0);
    const options = {
      bias: bias ?? null,
      stride: windows.stride,
      padding,
      dilation: windows.dilation,
      groups: number(node, "group", 1),
    };
    return perRank(
      windows.kernel,
      () => F.conv1d(own, needed(weight), options),
      () => F.conv2d(own, needed(weight), options),
      () => F.conv3d(own, needed(weight), options),
    )();
  },
  Dropout: ([x], node) => {
    if (Boolean(node.inputs[2]?.item() ?? false) && node.inputs[1]?.item() !== 0)
      throw new Error("random numbers of another generator");
    return [
      F.dropout(needed(x), 0.5, { training: false }),
      torch.ones_like(needed(x)).to(torch.bool),
    ];
  },
  GridSample: ([x, grid], node) => {
    const modes: Readonly<Record<string, "bilinear" | "nearest" | "bicubic">> = {
      linear: "bilinear",
      bilinear: "bilinear",
      nearest: "nearest",
      cubic: "bicubic",
      bicubic: "bicubic",
    };
    const padding = text(node, "padding_mode", "zeros");
    return F.grid_sample(needed(x), needed(grid), {
      mode: modes[text(node, "mode", "linear")] ?? "bilinear",
      padding_mode: padding === "border" || padding === "reflection" ? padding : "zeros",
      align_corners: flag(node, "align_corners", false),
    });
  },
  AffineGrid: ([theta, size], node) =>
    F.affine_grid(needed(theta), integers(size), {
      align_corners: flag(node, "align_corners", false),
    }),
  LRN: ([x], node) =>
    F.local_response_norm(needed(x), number(node, "size", 1), {
      alpha: number(node, "alpha", 1e-4),
      beta: number(node, "beta", 0.75),
      k: number(node, "bias", 1),
    }),
  LpPool: ([x], node) => {
    const windows = windowsOf(node, needed(x));
    if (windows.dilation.some((step) => step !== 1)) throw new Error("pools have no dilation");
    const p = number(node, "p", 2);
    const options = { stride: windows.stride, ceil_mode: flag(node, "ceil_mode", false) };
    const own = F.pad(needed(x), sidesOf(windows)).abs();
    return perRank(
      windows.kernel,
      () => F.lp_pool1d(own, p, windows.kernel, options),
      () => F.lp_pool2d(own, p, windows.kernel, options),
      () => F.lp_pool3d(own, p, windows.kernel, options),
    )();
  },
  MaxPool: ([x], node) => {
    const windows = windowsOf(node, needed(x));
    const isFloat = needed(x).dtype.is_floating_point;
    const [own, padding] = padded(needed(x), windows, isFloat ? -Infinity : 0);
    const options = {
      stride: windows.stride,
      padding,
      dilation: windows.dilation,
      ceil_mode: flag(node, "ceil_mode", false),
    };
    return perRank(
      windows.kernel,
      () => F.max_pool1d(own, windows.kernel, options),
      () => F.max_pool2d(own, windows.kernel, options),
      () => F.max_pool3d(own, windows.kernel, options),
    )();
  },
  NegativeLogLikelihoodLoss: ([x, target], node) =>
    F.nll_loss(needed(x), needed(target).to(torch.int64), {
      weight: node.inputs[2] ?? null,
      reduction: reductionOf(node),
      ...ignoredOf(node),
    }),
  SoftmaxCrossEntropyLoss: ([x, target], node) => [
    F.cross_entropy(needed(x), needed(target).to(torch.int64), {
      weight: node.inputs[2] ?? null,
      reduction: reductionOf(node),
      ...ignoredOf(node),
    }),
    torch.log_softmax(needed(x), 1),
  ],
  SwiGLU: ([gate, value], node) =>
    needed(gate)
      .mul(
        needed(gate)
          .mul(number(node, "alpha", 1))
          .sigmoid(),
      )
      .mul(needed(value)),
  Resize: resize,
  Upsample: ([x, scales]) =>
    F.interpolate(needed(x), { scale_factor: numbersOf(needed(scales)).slice(2), mode: "nearest" }),
  HannWindow: ([size], node) => windowOf(torch.hann_window, size, node),
  HammingWindow: ([size], node) =>
    windowOf(
      (length, options) =>
        torch.hamming_window(length, { ...options, alpha: 25 / 46, beta: 21 / 46 }),
      size,
      node,
    ),
  BlackmanWindow: ([size], node) => windowOf(torch.blackman_window, size, node),
  Det: ([x]) => torch.linalg.det(needed(x)),
};

const numbersOf = (x: Tensor): readonly number[] => [...x.toTypedArray()].map(Number);

/** What of ONNX's ways to resize PyTorch has. */
function resize([x]: readonly Tensor[], node: OnnxCase): Tensor {
  const mode = text(node, "mode", "nearest");
  const places = text(node, "coordinate_transformation_mode", "half_pixel");
  const unknown = ["antialias", "exclude_outside", "keep_aspect_ratio_policy", "nearest_mode"];
  if (unknown.some((name) => node.attributes[name] !== undefined))
    throw new Error("PyTorch has no such option");
  if (!["half_pixel", "pytorch_half_pixel", "align_corners"].includes(places))
    throw new Error(`PyTorch has no ${places}`);
  const rank = needed(x).ndim;
  const axes = numbers(node, "axes") ?? needed(x).shape.map((_, axis) => axis);
  const inOrder = (values: readonly number[]): readonly number[] =>
    Array.from({ length: rank - 2 }, (_, axis) => values[axes.indexOf(axis + 2)] ?? 1);
  const [, , scales, sizes] = node.inputs;
  const factors = scales === null || scales === undefined ? null : inOrder(numbersOf(scales));
  const target = sizes === null || sizes === undefined ? null : inOrder(numbersOf(sizes));
  const names = { nearest: "nearest-exact", linear: "bilinear", cubic: "bicubic" } as const;
  const name = mode === "linear" || mode === "cubic" ? names[mode] : names.nearest;
  return F.interpolate(needed(x), {
    size: target,
    scale_factor: factors,
    mode: name,
    ...(name === "nearest-exact" ? {} : { align_corners: places === "align_corners" }),
  });
}

type Window = (size: number, options: { readonly periodic: boolean }) => Tensor;

const windowOf = (run: Window, size: Tensor | undefined, node: OnnxCase): Tensor =>
  run(Number(needed(size).item()), { periodic: flag(node, "periodic", true) });

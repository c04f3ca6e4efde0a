/** Windows for spectra: sums of cosines over one period. */
import { RuntimeError } from "../../base/errors.ts";
import { get_default_dtype } from "../../core/default-dtype.ts";
import type { DType } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { naiveFill } from "../naive-array.ts";
import { add, mul } from "../pointwise/arithmetic.ts";
import { cos } from "../pointwise/trigonometric.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { factoryArgs } from "./factory-args.ts";
import { full } from "./full.ts";
import { arange } from "./ranges.ts";

const windowArgs = {
  window_length: arg.int,
  periodic: arg.withDefault(arg.bool, true),
  ...factoryArgs,
} as const;

interface WindowArgs {
  readonly window_length: number;
  readonly periodic: boolean;
  readonly dtype: DType | null;
}

function checked(op: string, { window_length, dtype }: WindowArgs): DType {
  const own = dtype ?? get_default_dtype();
  if (!own.is_floating_point)
    throw new RuntimeError(`${op} expects floating point dtypes, got: ${own.toString()}`);
  if (window_length < 0)
    throw new RuntimeError(
      `${op} requires non-negative window_length, got window_length=${window_length}`,
    );
  return own;
}

/** How many steps a full turn has. A periodic window is a symmetric one of one more place, without the last. */
const periodOf = ({ window_length, periodic }: WindowArgs): number =>
  periodic ? window_length : window_length - 1;

/** `terms[k] * cos(k * x)` added up, for x once around. */
function cosineWindow(op: string, args: WindowArgs, terms: readonly number[]): TensorBase {
  const dtype = checked(op, args);
  if (args.window_length <= 1)
    return runOp(full, { size: [args.window_length], fill_value: 1, dtype });
  const places = runOp(arange, { end: args.window_length, dtype });
  const angle = runOp(mul, { self: places, other: (2 * Math.PI) / periodOf(args) });
  // The constant is added last, as PyTorch does: near the ends of a window the sum is a rounding error.
  let total: TensorBase | null = null;
  for (let order = terms.length - 1; order > 0; order--) {
    const turned = runOp(cos, { self: runOp(mul, { self: angle, other: order }) });
    const term = runOp(mul, { self: turned, other: at(terms, order) });
    total = total === null ? term : runOp(add, { self: total, other: term });
  }
  return runOp(add, { self: total ?? angle, other: at(terms, 0) });
}

const naiveWindow = (args: WindowArgs, terms: readonly number[]) =>
  naiveFill([args.window_length], (point) => {
    if (args.window_length === 1) return 1;
    const angle = (2 * Math.PI * at(point, 0)) / periodOf(args);
    return terms.reduce((total, factor, order) => total + factor * Math.cos(order * angle), 0);
  });

function* windowSamples(make: SampleMaker) {
  yield { window_length: 8, dtype: make.dtype };
  yield { window_length: 7, periodic: false, dtype: make.dtype };
  for (const window_length of [0, 1, 2]) yield { window_length, dtype: make.dtype };
}

const hann = [0.5, -0.5];
const blackman = [0.42, -0.5, 0.08];
const details = "A periodic window, as for spectra, leaves out the last place of a symmetric one.";

export const hann_window = defineOp({
  name: "hann_window",
  api: ["torch.hann_window"],
  args: windowArgs,
  doc: {
    summary: "The Hann window: one period of `0.5 - 0.5 cos`.",
    details,
    example: "torch.hann_window(4)",
  },
  derivative: "not-differentiable",
  dtypes: floatDTypes,
  decomposition: (args) => cosineWindow("hann_window", args, hann),
  reference: (args) => naiveWindow(args, hann),
  samples: windowSamples,
});

export const hamming_window = defineOp({
  name: "hamming_window",
  api: ["torch.hamming_window"],
  args: {
    ...windowArgs,
    alpha: arg.keyword(arg.withDefault(arg.number, 0.54)),
    beta: arg.keyword(arg.withDefault(arg.number, 0.46)),
  },
  doc: {
    summary: "The Hamming window: one period of `alpha - beta cos`.",
    details,
    example: "torch.hamming_window(4)",
  },
  derivative: "not-differentiable",
  dtypes: floatDTypes,
  decomposition: ({ alpha, beta, ...args }) => cosineWindow("hamming_window", args, [alpha, -beta]),
  reference: ({ alpha, beta, ...args }) => naiveWindow(args, [alpha, -beta]),
  samples: function* (make) {
    yield* windowSamples(make);
    yield { window_length: 5, alpha: 0.5, beta: 0.25, dtype: make.dtype };
  },
});

export const blackman_window = defineOp({
  name: "blackman_window",
  api: ["torch.blackman_window"],
  args: windowArgs,
  doc: {
    summary: "The Blackman window: one period of `0.42 - 0.5 cos x + 0.08 cos 2x`.",
    details,
    example: "torch.blackman_window(4)",
  },
  derivative: "not-differentiable",
  dtypes: floatDTypes,
  decomposition: (args) => cosineWindow("blackman_window", args, blackman),
  reference: (args) => naiveWindow(args, blackman),
  samples: windowSamples,
});

/** Elements, or whole channels, set to zero at random; the others grow so that the mean stays. */
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { emptyTensor } from "../../core/make-tensor.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { empty_like } from "../create/full.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { div, mul } from "../pointwise/arithmetic.ts";
import { runInPlace, runOp } from "../run-op.ts";
import { squeeze, unsqueeze } from "../view/squeeze.ts";
import { bernoulli_ } from "./fill-in-place.ts";

// The masks are PyTorch's for the same seed (test/golden-values), so these records have no reference.

const dropoutArgs = {
  self: arg.tensor,
  p: arg.withDefault(arg.number, 0.5),
  training: arg.withDefault(arg.bool, true),
} as const;

type DropoutArgs = ArgsOf<typeof dropoutArgs>;

function drop(
  { self, p, training }: DropoutArgs,
  maskFor: (self: TensorBase) => TensorBase,
): TensorBase {
  if (p < 0 || p > 1)
    throw new ValueError(`dropout probability has to be between 0 and 1, but got ${p}`);
  if (p === 0 || !training || self.numel() === 0) return self;
  if (p === 1) return runOp(mul, { self, other: 0 });
  const mask = maskFor(self);
  runOp(bernoulli_, { self: mask, p: 1 - p });
  runInPlace(div, { ...div.defaults, self: mask, other: 1 - p });
  return runOp(mul, { self, other: mask });
}

export const dropout = defineOp({
  name: "dropout",
  api: ["torch.nn.functional.dropout", "torch.dropout"],
  args: dropoutArgs,
  random: true,
  doc: {
    summary:
      "Sets elements to zero with probability `p` and divides the others by 1 - `p`; the input itself unless `training`.",
    example: "torch.nn.functional.dropout(torch.ones(3), 0.5, { training: false })",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: (args) => drop(args, (self) => runOp(empty_like, { self })),
  reference: null,
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3]), p: 0.25 };
    yield { self: make.tensor([2, 3]), p: 1 };
    yield { self: make.tensor([0]) };
  },
});

/** One number of the mask for each channel of each example. */
function dropChannels(args: DropoutArgs): TensorBase {
  return drop(args, ({ shape, dtype }) =>
    emptyTensor(
      shape.map((size, axis) => (axis < 2 ? size : 1)),
      dtype,
    ),
  );
}

/** `unbatched`: how many dimensions an input without a batch has. */
function channelDropout(name: "dropout1d" | "dropout2d" | "dropout3d", unbatched: number | null) {
  return defineOp({
    name,
    api: [`torch.nn.functional.${name}`],
    args: dropoutArgs,
    random: true,
    doc: {
      summary:
        "Sets whole channels (dimension 1) to zero with probability `p` and divides the others by 1 - `p`; the input itself unless `training`.",
      example: `torch.nn.functional.${name}(torch.ones(2, 3, 4, 1, 1).squeeze(), 0.5, { training: false })`,
    },
    derivative: "pending",
    dtypes: floatDTypes,
    decomposition: (args) => {
      const { self } = args;
      if (self.ndim < 2)
        throw new RuntimeError(
          `${name}: Expected an input with a batch and channels, but received a ${self.ndim}D input`,
        );
      if (self.ndim !== unbatched) return dropChannels(args);
      const batch = runOp(unsqueeze, { self, dim: 0 });
      const dropped = dropChannels({ ...args, self: batch });
      return dropped === batch ? self : runOp(squeeze, { self: dropped, dim: [0] });
    },
    reference: null,
    samples: function* (make) {
      yield { self: make.tensor([2, 3, 4]) };
      yield { self: make.strided([2, 3, 2, 2]), p: 0.25 };
      yield { self: make.tensor([2, 3]), training: false };
    },
  });
}

export const dropout1d = channelDropout("dropout1d", 2);
export const dropout2d = channelDropout("dropout2d", null);
export const dropout3d = channelDropout("dropout3d", 4);

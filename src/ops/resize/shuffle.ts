/** Channels into pixels and back. */
import { RuntimeError } from "../../base/errors.ts";
import { at, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { permute } from "../view/permute.ts";
import { reshape } from "../view/reshape.ts";

function checkPlanes(op: string, name: string, self: TensorBase, factor: number): void {
  if (self.ndim < 3) {
    throw new RuntimeError(
      `${op} expects input to have at least 3 dimensions, but got input with ${self.ndim} dimension(s)`,
    );
  }
  if (factor <= 0) throw new RuntimeError(`${op} expects a positive ${name}, but got ${factor}`);
}

/** `self` as `split`, with the dimensions after the leading ones in another order, as `shape`. */
function rearranged(
  self: TensorBase,
  split: Shape,
  order: readonly number[],
  shape: Shape,
): TensorBase {
  const lead = self.shape.slice(0, -3);
  const parts = runOp(reshape, { self, shape: [...lead, ...split] });
  const dims = [...lead.map((_, axis) => axis), ...order.map((axis) => lead.length + axis)];
  const moved = runOp(permute, { self: parts, dims });
  return runOp(reshape, { self: moved, shape: [...lead, ...shape] });
}

export const pixel_shuffle = defineOp({
  name: "pixel_shuffle",
  api: ["torch.nn.functional.pixel_shuffle", "torch.pixel_shuffle"],
  args: { self: arg.tensor, upscale_factor: arg.int },
  doc: {
    summary: "Spreads groups of `upscale_factor`² channels over larger planes.",
    example: "torch.nn.functional.pixel_shuffle(torch.arange(8).reshape(1, 4, 1, 2), 2)",
  },
  derivative: "pending",
  decomposition: ({ self, upscale_factor: factor }) => {
    checkPlanes("pixel_shuffle", "upscale_factor", self, factor);
    const [channels = 0, height = 0, width = 0] = self.shape.slice(-3);
    if (channels % (factor * factor) !== 0) {
      throw new RuntimeError(
        `pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${channels} is not divisible by ${factor * factor}`,
      );
    }
    const kept = channels / (factor * factor);
    const split = [kept, factor, factor, height, width];
    return rearranged(self, split, [0, 3, 1, 4, 2], [kept, height * factor, width * factor]);
  },
  reference: ({ self, upscale_factor: factor }) => {
    const source = naive(self);
    const [channels = 0, height = 0, width = 0] = self.shape.slice(-3);
    const shape = [channels / factor ** 2, height * factor, width * factor];
    return naiveFill([...self.shape.slice(0, -3), ...shape], (point) => {
      const [channel = 0, row = 0, column = 0] = point.slice(-3);
      const own = channel * factor ** 2 + (row % factor) * factor + (column % factor);
      const place = [own, Math.floor(row / factor), Math.floor(column / factor)];
      return elementAt(source, [...point.slice(0, -3), ...place]);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([1, 8, 2, 3]), upscale_factor: 2 };
    yield { self: make.strided([9, 2, 2]), upscale_factor: 3 };
    yield { self: make.tensor([2, 3, 2]), upscale_factor: 1 };
  },
});

export const pixel_unshuffle = defineOp({
  name: "pixel_unshuffle",
  api: ["torch.nn.functional.pixel_unshuffle", "torch.pixel_unshuffle"],
  args: { self: arg.tensor, downscale_factor: arg.int },
  doc: {
    summary: "Gathers squares of `downscale_factor` pixels into channels.",
    example: "torch.nn.functional.pixel_unshuffle(torch.arange(8).reshape(1, 1, 2, 4), 2)",
  },
  derivative: "pending",
  decomposition: ({ self, downscale_factor: factor }) => {
    checkPlanes("pixel_unshuffle", "downscale_factor", self, factor);
    const [channels = 0, height = 0, width = 0] = self.shape.slice(-3);
    for (const [name, dim, size] of [
      ["height", -2, height],
      ["width", -1, width],
    ] as const) {
      if (size % factor === 0) continue;
      throw new RuntimeError(
        `pixel_unshuffle expects ${name} to be divisible by downscale_factor, but input.size(${dim})=${size} is not divisible by ${factor}`,
      );
    }
    const [rows, columns] = [height / factor, width / factor];
    const split = [channels, rows, factor, columns, factor];
    return rearranged(self, split, [0, 2, 4, 1, 3], [channels * factor * factor, rows, columns]);
  },
  reference: ({ self, downscale_factor: factor }) => {
    const source = naive(self);
    const [channels = 0, height = 0, width = 0] = self.shape.slice(-3);
    const shape = [channels * factor ** 2, height / factor, width / factor];
    return naiveFill([...self.shape.slice(0, -3), ...shape], (point) => {
      const [channel = 0, row = 0, column = 0] = point.slice(-3);
      const inside = channel % factor ** 2;
      const place = [
        Math.floor(channel / factor ** 2),
        row * factor + Math.floor(inside / factor),
        column * factor + (inside % factor),
      ];
      return elementAt(source, [...point.slice(0, -3), ...place]);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([1, 2, 4, 6]), downscale_factor: 2 };
    yield { self: make.strided([2, 3, 6]), downscale_factor: 3 };
  },
});

export const channel_shuffle = defineOp({
  name: "channel_shuffle",
  api: ["torch.nn.functional.channel_shuffle", "torch.channel_shuffle"],
  args: { self: arg.tensor, groups: arg.int },
  doc: {
    summary: "Takes channels (dimension 1) from each of `groups` groups in turn.",
    example: "torch.nn.functional.channel_shuffle(torch.arange(4).reshape(1, 4, 1), 2)",
  },
  derivative: "pending",
  decomposition: ({ self, groups }) => {
    if (self.ndim < 3)
      throw new RuntimeError(
        `channel_shuffle expects input with > 2 dims, but got input with sizes [${self.shape.join(", ")}]`,
      );
    if (groups <= 0)
      throw new RuntimeError(
        `Number of groups to divide channels in must be positive. Value of groups:${groups}`,
      );
    const channels = at(self.shape, 1);
    if (channels % groups !== 0) {
      throw new RuntimeError(
        `Number of channels must be divisible by groups. Got ${channels} channels and ${groups} groups.`,
      );
    }
    const rest = self.shape.slice(2);
    const parts = runOp(reshape, {
      self,
      shape: [at(self.shape, 0), groups, channels / groups, ...rest],
    });
    const dims = [0, 2, 1, ...rest.map((_, axis) => axis + 3)];
    return runOp(reshape, { self: runOp(permute, { self: parts, dims }), shape: self.shape });
  },
  reference: ({ self, groups }) => {
    const source = naive(self);
    const size = at(self.shape, 1) / groups;
    return naiveFill(self.shape, ([example = 0, channel = 0, ...rest]) => {
      const own = (channel % groups) * size + Math.floor(channel / groups);
      return elementAt(source, [example, own, ...rest]);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 6, 2]), groups: 3 };
    yield { self: make.strided([1, 4, 2, 2]), groups: 2 };
  },
});

/** Blocks of planes as columns, and columns summed into planes. */
import { RuntimeError } from "../../base/errors.ts";
import { emptyTensor } from "../../core/make-tensor.ts";
import { at, formatShape, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { scatter, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import { add, mul } from "../../loops/expression.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { clone } from "../data/clone.ts";
import { zero_ } from "../data/fill.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { slidingWindows, type WindowAxis } from "../pool/windows.ts";
import { runOp } from "../run-op.ts";
import { permute } from "../view/permute.ts";
import { reshape } from "../view/reshape.ts";
import { narrow } from "../view/select.ts";

const blockArgs = {
  kernel_size: arg.intOrInts,
  dilation: arg.withDefault(arg.intOrInts, 1),
  padding: arg.withDefault(arg.intOrInts, 0),
  stride: arg.withDefault(arg.intOrInts, 1),
} as const;

type BlockArgs = ArgsOf<typeof blockArgs>;
type Pair = readonly [number, number];

function pair(name: string, value: number | readonly number[]): Pair {
  if (typeof value === "number") return [value, value];
  if (value.length !== 2)
    throw new RuntimeError(`It is expected ${name} equals to 2, but got size ${value.length}`);
  return [at(value, 0), at(value, 1)];
}

interface Blocks {
  readonly kernel: Pair;
  readonly dilation: Pair;
  readonly padding: Pair;
  readonly stride: Pair;
}

function blocksOf(args: BlockArgs): Blocks {
  const blocks = {
    kernel: pair("kernel_size", args.kernel_size),
    dilation: pair("dilation", args.dilation),
    padding: pair("padding", args.padding),
    stride: pair("stride", args.stride),
  };
  for (const name of ["kernel", "dilation", "stride"] as const) {
    const [height, width] = blocks[name];
    if (height > 0 && width > 0) continue;
    const shown = name === "kernel" ? "kernel size" : name;
    throw new RuntimeError(
      `${shown} should be greater than zero, but got ${name}_height: ${height} ${name}_width: ${width}`,
    );
  }
  const [height, width] = blocks.padding;
  if (height < 0 || width < 0) {
    throw new RuntimeError(
      `padding should be non-negative, but got pad_height: ${height} pad_width: ${width}`,
    );
  }
  return blocks;
}

function axesOf(
  plane: Pair,
  { kernel, dilation, padding, stride }: Blocks,
): readonly [WindowAxis, WindowAxis] {
  const axis = (own: 0 | 1): WindowAxis => ({
    size: plane[own],
    kernel: kernel[own],
    stride: stride[own],
    padding: padding[own],
    dilation: dilation[own],
    count:
      Math.floor(
        (plane[own] + 2 * padding[own] - dilation[own] * (kernel[own] - 1) - 1) / stride[own],
      ) + 1,
  });
  return [axis(0), axis(1)];
}

const tuple = (values: readonly number[]): string => `(${values.join(", ")})`;

function checkBlocks(plane: Pair, blocks: Blocks, counts: readonly number[]): void {
  if (Math.min(...counts) >= 1) return;
  throw new RuntimeError(
    `Given input with spatial size ${tuple(plane)}, kernel_size=${tuple(blocks.kernel)}, dilation=${tuple(blocks.dilation)}, padding=${tuple(blocks.padding)}, calculated shape of the array of sliding blocks as ${tuple(counts)}, but its components must be at least one.`,
  );
}

/** [batch, channels, rows, columns]; an input without a batch gets one. */
function batched(self: TensorBase, rank: number): TensorBase {
  return self.ndim === rank ? self : runOp(reshape, { self, shape: [1, ...self.shape] });
}

export const unfold = defineOp({
  name: "im2col",
  api: ["torch.nn.functional.unfold"],
  args: { self: arg.tensor, ...blockArgs },
  doc: {
    summary: "The sliding blocks of planes as columns: [batch, channels * block, blocks].",
    example: "torch.nn.functional.unfold(torch.arange(9).reshape(1, 1, 3, 3).float(), 2)",
  },
  derivative: "pending",
  decomposition: ({ self, ...args }) => {
    wrapDim(2, self.ndim);
    const blocks = blocksOf(args);
    if (self.ndim !== 3 && self.ndim !== 4) {
      throw new RuntimeError(
        `Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: ${formatShape(self.shape)}`,
      );
    }
    const input = batched(self, 4);
    const [batch = 0, channels = 0, height = 0, width = 0] = input.shape;
    const axes = axesOf([height, width], blocks);
    const counts = axes.map(({ count }) => count);
    checkBlocks([height, width], blocks, counts);
    const windows = slidingWindows(input, axes, 0);
    const columns = runOp(permute, { self: windows, dims: [0, 1, 4, 5, 2, 3] });
    const rows = channels * blocks.kernel[0] * blocks.kernel[1];
    const length = at(counts, 0) * at(counts, 1);
    const shape = self.ndim === 4 ? [batch, rows, length] : [rows, length];
    return runOp(reshape, { self: columns, shape });
  },
  reference: ({ self, ...args }) => {
    const source = naive(self);
    const blocks = blocksOf(args);
    const [height = 0, width = 0] = self.shape.slice(-2);
    const axes = axesOf([height, width], blocks);
    const block = blocks.kernel[0] * blocks.kernel[1];
    const rows = at(self.shape, self.ndim - 3) * block;
    const shape = [...self.shape.slice(0, -3), rows, axes[0].count * axes[1].count];
    return naiveFill(shape, (point) => {
      const [row = 0, column = 0] = point.slice(-2);
      const place = axes.map(({ stride, padding, dilation }, axis) => {
        const window = axis === 0 ? Math.floor(column / axes[1].count) : column % axes[1].count;
        const inside = row % block;
        const tap = axis === 0 ? Math.floor(inside / blocks.kernel[1]) : inside % blocks.kernel[1];
        return window * stride - padding + tap * dilation;
      });
      const outside = place.some((each, axis) => each < 0 || each >= at([height, width], axis));
      if (outside) return 0;
      return elementAt(source, [...point.slice(0, -2), Math.floor(row / block), ...place]);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 2, 4, 5]), kernel_size: 2 };
    yield { self: make.strided([2, 4, 5]), kernel_size: [2, 3], padding: 1, stride: [1, 2] };
    yield { self: make.tensor([1, 1, 4, 5]), kernel_size: 2, dilation: 2 };
    yield { self: make.tensor([0, 1, 3, 3]), kernel_size: 2 };
  },
});

/** Positions: example, channel, two places in the block, two blocks. Scalars: strides and dilations. */
function addToPlane({ positions, load, scalar }: IndexedContext) {
  const along = (axis: 0 | 1) =>
    add(
      mul(at(positions, 4 + axis), scalar(2 * axis)),
      mul(at(positions, 2 + axis), scalar(2 * axis + 1)),
    );
  return { coordinates: [...positions.slice(0, 2), along(0), along(1)], value: load(0) };
}

export const addBlocks_ = defineOp({
  name: "add_blocks_",
  api: [],
  args: { self: arg.tensor, columns: arg.tensor, stride: arg.ints, dilation: arg.ints },
  mutates: "self",
  doc: { summary: "Adds blocks [batch, channels, block, blocks] to planes where they stand." },
  derivative: "pending",
  dtypes: floatDTypes,
  check: () => {
    // Only fold calls this, with planes that hold the blocks.
  },
  mutation: ({ columns, stride, dilation }) =>
    scatter(addToPlane, {
      shape: columns.shape,
      operands: [columns],
      mode: "add",
      scalars: [0, 1].flatMap((axis) => [
        scalarValue("index", at(stride, axis)),
        scalarValue("index", at(dilation, axis)),
      ]),
    }),
  reference: null,
  samples: () => [],
});

const foldArgs = { self: arg.tensor, output_size: arg.intOrInts, ...blockArgs } as const;

function checkColumns(self: TensorBase, plane: Pair, blocks: Blocks, counts: Pair): void {
  if (self.ndim !== 2 && self.ndim !== 3) {
    throw new RuntimeError(
      `Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: ${formatShape(self.shape)}`,
    );
  }
  const [rows = 0, length = 0] = self.shape.slice(-2);
  if (rows % (blocks.kernel[0] * blocks.kernel[1]) !== 0) {
    throw new RuntimeError(
      `Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=${rows} and kernel_size=${tuple(blocks.kernel)}.`,
    );
  }
  if (length === counts[0] * counts[1]) return;
  throw new RuntimeError(
    `Given output_size=${tuple(plane)}, kernel_size=${tuple(blocks.kernel)}, dilation=${tuple(blocks.dilation)}, padding=${tuple(blocks.padding)}, stride=${tuple(blocks.stride)}, expected size of input's dimension 2 to match the calculated number of sliding blocks ${counts[0]} * ${counts[1]} = ${counts[0] * counts[1]}, but got input.size(2)=${length}.`,
  );
}

export const fold = defineOp({
  name: "col2im",
  api: ["torch.nn.functional.fold"],
  args: foldArgs,
  doc: {
    summary: "Sums columns, as `unfold` gives them, into planes of `output_size`.",
    example: "torch.nn.functional.fold(torch.ones(1, 4, 4), 3, 2)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, output_size, ...args }) => {
    const plane = pair("output_size", output_size);
    const blocks = blocksOf(args);
    const axes = axesOf(plane, blocks);
    const counts: Pair = [axes[0].count, axes[1].count];
    checkColumns(self, plane, blocks, counts);
    const [batch = 0, rows = 0] = batched(self, 3).shape;
    const { kernel, padding, stride, dilation } = blocks;
    const channels = rows / (kernel[0] * kernel[1]);
    const columns = runOp(reshape, { self, shape: [batch, channels, ...kernel, ...counts] });
    const size = plane.map((each, axis) => each + 2 * at(padding, axis));
    const padded = emptyTensor([batch, channels, ...size], self.dtype);
    runOp(zero_, { self: padded });
    runOp(addBlocks_, { self: padded, columns, stride, dilation });
    const planes = withoutPadding(padded, plane, padding);
    return self.ndim === 3 ? planes : runOp(reshape, { self: planes, shape: [channels, ...plane] });
  },
  reference: ({ self, output_size, ...args }) => {
    const source = naive(self);
    const plane = pair("output_size", output_size);
    const blocks = blocksOf(args);
    const axes = axesOf(plane, blocks);
    const block = blocks.kernel[0] * blocks.kernel[1];
    const channels = at(self.shape, self.ndim - 2) / block;
    return naiveFill([...self.shape.slice(0, -2), channels, ...plane], (point) => {
      const [channel = 0, row = 0, column = 0] = point.slice(-3);
      let total = 0;
      for (let inside = 0; inside < block; inside++) {
        for (let window = 0; window < axes[0].count * axes[1].count; window++) {
          const taps = [Math.floor(inside / blocks.kernel[1]), inside % blocks.kernel[1]];
          const windows = [Math.floor(window / axes[1].count), window % axes[1].count];
          const covers = axes.every(({ stride, padding, dilation }, axis) => {
            const place = at(windows, axis) * stride - padding + at(taps, axis) * dilation;
            return place === at([row, column], axis);
          });
          if (!covers) continue;
          total += elementAt(source, [...point.slice(0, -3), channel * block + inside, window]);
        }
      }
      return total;
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 8, 12]), output_size: [4, 5], kernel_size: 2 };
    yield {
      self: make.strided([6, 6]),
      output_size: [4, 4],
      kernel_size: [2, 3],
      stride: [1, 2],
      padding: [0, 1],
    };
    yield { self: make.tensor([1, 4, 6]), output_size: [4, 5], kernel_size: 2, dilation: 2 };
  },
});

function withoutPadding(padded: TensorBase, plane: Pair, padding: Pair): TensorBase {
  if (padding[0] === 0 && padding[1] === 0) return padded;
  const rows = runOp(narrow, { self: padded, dim: 2, start: padding[0], length: plane[0] });
  const inner = runOp(narrow, { self: rows, dim: 3, start: padding[1], length: plane[1] });
  return runOp(clone, { self: inner });
}

/** Sizes and checks of pooling with a kernel, in PyTorch's words. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { at, formatShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import type { WindowAxis } from "./windows.ts";

type Pair = readonly [number, number];

/** One int for both spatial dimensions, or one for each. */
export function pairOf(
  op: string,
  name: string,
  value: number | readonly number[],
  what = "must either be a single int, or a tuple of two ints",
): Pair {
  const list = typeof value === "number" ? [value] : value;
  if (list.length !== 1 && list.length !== 2) throw new RuntimeError(`${op}: ${name} ${what}`);
  return [at(list, 0), at(list, list.length - 1)];
}

export interface Pooling {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly ceilMode: boolean;
}

function windowCount(size: number, pooling: Pooling, axis: 0 | 1): number {
  const [kernel, stride, padding, dilation] = [
    pooling.kernel[axis],
    pooling.stride[axis],
    pooling.padding[axis],
    pooling.dilation[axis],
  ];
  if (stride === 0) throw new RuntimeError("stride should not be zero");
  if (padding < 0) throw new RuntimeError(`pad must be non-negative, but got pad: ${padding}`);
  if (padding > Math.floor(((kernel - 1) * dilation + 1) / 2)) {
    throw new RuntimeError(
      `pad should be at most half of effective kernel size, but got pad=${padding}, kernel_size=${kernel} and dilation=${dilation}`,
    );
  }
  const span = size + 2 * padding - dilation * (kernel - 1) - 1;
  const count = Math.floor((span + (pooling.ceilMode ? stride - 1 : 0)) / stride) + 1;
  // The last window has to start inside the input or the padding before it.
  return pooling.ceilMode && (count - 1) * stride >= size + padding ? count - 1 : count;
}

function checkPositive(pooling: Pooling): void {
  if (Math.min(...pooling.kernel) <= 0) {
    const [height, width] = pooling.kernel;
    throw new RuntimeError(
      `kernel size should be greater than zero, but got kH: ${height} kW: ${width}`,
    );
  }
  if (Math.min(...pooling.stride) <= 0) {
    const [height, width] = pooling.stride;
    throw new RuntimeError(
      `stride should be greater than zero, but got dH: ${height} dW: ${width}`,
    );
  }
  if (Math.min(...pooling.dilation) <= 0) {
    const [height, width] = pooling.dilation;
    throw new RuntimeError(
      `dilation should be greater than zero, but got dilationH: ${height} dilationW: ${width}`,
    );
  }
}

/** The windows of both spatial dimensions of [channels, height, width] or a batch of them. */
export function poolAxes(self: TensorBase, pooling: Pooling): readonly [WindowAxis, WindowAxis] {
  if (self.ndim < 3) {
    throw new IndexError(
      `Dimension out of range (expected to be in range of [-${self.ndim}, ${self.ndim - 1}], but got -3)`,
    );
  }
  const [height, width] = [at(self.shape, self.ndim - 2), at(self.shape, self.ndim - 1)];
  const counts: Pair = [windowCount(height, pooling, 0), windowCount(width, pooling, 1)];
  checkPositive(pooling);
  if (self.ndim > 4 || self.shape.slice(self.ndim === 4 ? 1 : 0).includes(0)) {
    throw new RuntimeError(
      `Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:${formatShape(self.shape)}`,
    );
  }
  if (Math.min(...counts) < 1) {
    const channels = at(self.shape, self.ndim - 3);
    throw new RuntimeError(
      `Given input size: (${channels}x${height}x${width}). Calculated output size: (${channels}x${counts.join("x")}). Output size is too small`,
    );
  }
  const axisOf = (axis: 0 | 1, size: number): WindowAxis => ({
    size,
    kernel: pooling.kernel[axis],
    stride: pooling.stride[axis],
    padding: pooling.padding[axis],
    dilation: pooling.dilation[axis],
    count: counts[axis],
  });
  return [axisOf(0, height), axisOf(1, width)];
}

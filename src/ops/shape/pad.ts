/** Padding at the ends of dimensions. */
import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { aliasOf, emptyTensor } from "../../core/make-tensor.ts";
import { at, formatShape, type Shape } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import {
  add,
  compare,
  type Expression,
  maximum,
  minimum,
  mul,
  select,
  sub,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { copy_ } from "../data/copy.ts";
import { fill_ } from "../data/fill.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { runOp } from "../run-op.ts";

/** How much is added before and after each dimension; `pad` lists the last dimension first. */
function amounts(self: TensorBase, pad: readonly number[]): readonly (readonly [number, number])[] {
  if (pad.length % 2 !== 0) throw new RuntimeError("Padding length must be divisible by 2");
  if (pad.length / 2 > self.ndim) {
    throw new RuntimeError(
      `Padding length should be less than or equal to two times the input dimension but got padding length ${pad.length} and input of dimension ${self.ndim}`,
    );
  }
  return self.shape.map((_, axis) => {
    const place = 2 * (self.ndim - 1 - axis);
    return [pad[place] ?? 0, pad[place + 1] ?? 0];
  });
}

function paddedShape(self: TensorBase, pad: readonly number[]): Shape {
  const added = amounts(self, pad);
  return self.shape.map((size, axis) => {
    const [before, after] = at(added, axis);
    const total = size + before + after;
    if (total < 0) {
      throw new RuntimeError(
        `The input size ${size}, plus negative padding ${before} and ${after} resulted in a negative output size, which is invalid. Check dimension ${axis} of your input.`,
      );
    }
    return total;
  });
}

export const constantPad = defineOp({
  name: "constant_pad_nd",
  api: [],
  args: { self: arg.tensor, pad: arg.ints, value: arg.withDefault(arg.scalar, 0) },
  doc: { summary: "Dimensions extended by a constant; negative amounts cut." },
  derivative: "pending",
  decomposition: ({ self, pad, value }) => {
    const output = emptyTensor(paddedShape(self, pad), self.dtype);
    runOp(fill_, { self: output, value });
    const added = amounts(self, pad);
    const inner = self.shape.map((size, axis) =>
      Math.max(size + Math.min(at(added, axis)[0], 0) + Math.min(at(added, axis)[1], 0), 0),
    );
    const target = stateOf(output);
    const source = stateOf(self);
    const shift = (strides: Shape, sign: 1 | -1): number =>
      strides.reduce(
        (total, stride, axis) => total + stride * Math.max(sign * at(added, axis)[0], 0),
        0,
      );
    runOp(copy_, {
      self: aliasOf(output, {
        shape: inner,
        strides: target.strides,
        offset: shift(target.strides, 1),
      }),
      src: aliasOf(self, {
        shape: inner,
        strides: source.strides,
        offset: source.offset + shift(source.strides, -1),
      }),
    });
    return output;
  },
  reference: ({ self, pad, value }) => {
    const source = naive(self);
    const added = amounts(self, pad);
    return naiveFill(paddedShape(self, pad), (coordinates) => {
      const original = coordinates.map((place, axis) => place - at(added, axis)[0]);
      const inside = original.every((place, axis) => place >= 0 && place < at(self.shape, axis));
      return inside ? elementAt(source, original) : Number(value);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), pad: [1, 2] };
    yield { self: make.strided([2, 3, 4]), pad: [1, 0, 2, 1], value: 1 };
    yield { self: make.tensor([2, 4]), pad: [-1, 1, 0, -1] };
    yield { self: make.tensor([0, 2]), pad: [0, 0, 1, 1], value: 1 };
  },
});

/** Scalars: for each dimension the amount before and the size. */
function sourceBody(toSource: (place: Expression, size: Expression) => Expression) {
  return ({ positions, gather, scalar }: IndexedContext): Expression =>
    gather(
      positions.map((place, axis) => toSource(sub(place, scalar(2 * axis)), scalar(2 * axis + 1))),
    );
}

const mirrored = sourceBody((place, size) => {
  const forward = select(compare("lt", place, 0), sub(0, place), place);
  return select(compare("ge", forward, size), sub(mul(2, sub(size, 1)), forward), forward);
});
const nearest = sourceBody((place, size) => minimum(maximum(place, 0), sub(size, 1)));
const wrapped = sourceBody((place, size) => {
  const forward = select(compare("lt", place, 0), add(place, size), place);
  return select(compare("ge", forward, size), sub(forward, size), forward);
});

const bodies = { reflect: mirrored, replicate: nearest, circular: wrapped } as const;
type EdgeMode = keyof typeof bodies;

function checkEdges(self: TensorBase, pad: readonly number[], mode: EdgeMode): void {
  const padded = pad.length / 2;
  if (padded > 3 || (self.ndim !== padded + 1 && self.ndim !== padded + 2)) {
    throw new NotImplementedError(
      `Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now (got ${mode} padding of ${padded} dimensions of an input of dimension ${self.ndim})`,
    );
  }
  amounts(self, pad).forEach(([before, after], axis) => {
    const size = at(self.shape, axis);
    const limit = mode === "reflect" ? size - 1 : mode === "circular" ? size : Infinity;
    if (before > limit || after > limit) {
      throw new RuntimeError(
        mode === "circular"
          ? "Padding value causes wrapping around more than once."
          : `Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${after}) at dimension ${axis} of input ${formatShape(self.shape)}`,
      );
    }
  });
}

export const edgePad = defineOp({
  name: "edge_pad",
  api: [],
  args: { self: arg.tensor, pad: arg.ints, mode: arg.choice("reflect", "replicate", "circular") },
  doc: { summary: "Dimensions extended by their own elements." },
  derivative: "pending",
  meta: ({ self, pad, mode }) => {
    checkEdges(self, pad, mode);
    return { dtype: self.dtype, shape: paddedShape(self, pad) };
  },
  lowering: ({ self, pad, mode }) => {
    const added = amounts(self, pad);
    const scalars = self.shape.flatMap((size, axis) => [
      scalarValue("index", at(added, axis)[0]),
      scalarValue("index", size),
    ]);
    return indexed(bodies[mode], { gathered: self, scalars });
  },
  reference: ({ self, pad, mode }) => {
    const source = naive(self);
    const added = amounts(self, pad);
    return naiveFill(paddedShape(self, pad), (coordinates) =>
      elementAt(
        source,
        coordinates.map((place, axis) =>
          naiveSource(place - at(added, axis)[0], at(self.shape, axis), mode),
        ),
      ),
    );
  },
  samples: function* (make) {
    for (const mode of ["reflect", "replicate", "circular"] as const) {
      yield { self: make.tensor([2, 3]), pad: [1, 2], mode };
      yield { self: make.strided([2, 3, 4]), pad: [2, 1, 1, 2], mode };
      yield { self: make.tensor([2, 4]), pad: [-1, 1], mode };
    }
  },
});

function naiveSource(place: number, size: number, mode: EdgeMode): number {
  if (mode === "replicate") return Math.min(Math.max(place, 0), size - 1);
  if (mode === "circular") return ((place % size) + size) % size;
  const forward = Math.abs(place);
  return forward >= size ? 2 * (size - 1) - forward : forward;
}

export const pad = defineOp({
  name: "pad",
  api: ["torch.nn.functional.pad"],
  args: {
    self: arg.tensor,
    pad: arg.ints,
    mode: arg.positional(
      arg.withDefault(arg.choice("constant", "reflect", "replicate", "circular"), "constant"),
    ),
    value: arg.optional(arg.scalar),
  },
  doc: {
    summary:
      "Extends dimensions at their ends: `pad` is [before, after] of the last dimension, then of the one before it, and so on.",
    example: "torch.nn.functional.pad(torch.ones(2), [1, 1])",
  },
  derivative: "pending",
  decomposition: ({ self, pad: padding, mode, value }) => {
    if (mode === "constant") return runOp(constantPad, { self, pad: padding, value: value ?? 0 });
    if (value !== null && value !== 0)
      throw new RuntimeError(`Padding mode "${mode}" doesn't take in value argument`);
    return runOp(edgePad, { self, pad: padding, mode });
  },
  reference: ({ self, pad: padding, mode, value }) => {
    const source = naive(self);
    const added = amounts(self, padding);
    return naiveFill(paddedShape(self, padding), (coordinates) => {
      const original = coordinates.map((place, axis) => place - at(added, axis)[0]);
      if (mode !== "constant")
        return elementAt(
          source,
          original.map((place, axis) => naiveSource(place, at(self.shape, axis), mode)),
        );
      const inside = original.every((place, axis) => place >= 0 && place < at(self.shape, axis));
      return inside ? elementAt(source, original) : Number(value ?? 0);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), pad: [1, 2] };
    yield { self: make.tensor([2, 3]), pad: [1, 1], mode: "reflect" };
  },
});

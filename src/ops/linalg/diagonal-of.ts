import { at } from "../../core/shape.ts";
import { stateOf } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { coordinatesOf, elementAt, naive } from "../naive-array.ts";

/** The elements whose coordinates along two dimensions of the same size are equal; only the first dimension stays. */
export const diagonalOf = defineOp({
  name: "diagonal.fold",
  api: [],
  args: { self: arg.tensor, kept: arg.dim, dropped: arg.dim },
  doc: { summary: "The diagonal of two dimensions of the same size, in the place of the first." },
  view: ({ self, kept, dropped }) => {
    const { shape, strides, offset } = stateOf(self);
    const joined = strides.map((stride, axis) =>
      axis === kept ? stride + at(strides, dropped) : stride,
    );
    return {
      shape: shape.filter((_, axis) => axis !== dropped),
      strides: joined.filter((_, axis) => axis !== dropped),
      offset,
    };
  },
  reference: ({ self, kept, dropped }) => {
    const source = naive(self);
    const shape = self.shape.filter((_, axis) => axis !== dropped);
    const values = coordinatesOf(shape).map((point) =>
      elementAt(source, point.toSpliced(dropped, 0, at(point, kept))),
    );
    return { shape, values };
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 3]), kept: 0, dropped: 1 };
    yield { self: make.strided([2, 3, 2]), kept: 0, dropped: 2 };
  },
});

/** Windows that divide dimensions as evenly as whole numbers allow. */
import { at } from "../../core/shape.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import {
  add,
  arithmetic,
  cast,
  compare,
  div,
  type Expression,
  logicalAnd,
  mul,
  select,
  sub,
} from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";

/** The places [start, end) that window number `window` of `count` covers in a dimension. */
export function windowBounds(
  window: number,
  size: number,
  count: number,
): { readonly start: number; readonly end: number } {
  return {
    start: Math.floor((window * size) / count),
    end: Math.ceil(((window + 1) * size) / count),
  };
}

function boundsOf(window: Expression, size: Expression, count: Expression) {
  const start = arithmetic("floorDivide", mul(window, size), count);
  const next = sub(add(mul(add(window, 1), size), count), 1);
  return { start, end: arithmetic("floorDivide", next, count) };
}

/** Positions: what comes before, two windows, two places in them. Scalars: size and count of both dimensions, fill. */
function elementOfWindow({ positions, gather, scalar }: IndexedContext): Expression {
  const lead = positions.slice(0, -4);
  const inner = positions.slice(-4);
  const axes = [0, 1].map((axis) => {
    const { start, end } = boundsOf(at(inner, axis), scalar(2 * axis), scalar(2 * axis + 1));
    const place = add(start, at(inner, axis + 2));
    const inside = compare("lt", place, end);
    return { inside, place: select(inside, place, start) };
  });
  const element = gather([...lead, ...axes.map(({ place }) => place)]);
  const inside = logicalAnd(at(axes, 0).inside, at(axes, 1).inside);
  return select(inside, element, cast(scalar(4), element.type));
}

export const adaptiveWindows = defineOp({
  name: "adaptive_windows",
  api: [],
  args: { self: arg.tensor, size: arg.ints, fill: arg.number },
  doc: {
    summary:
      "The elements of windows over the last two dimensions, `fill` where a window ends early.",
  },
  derivative: "pending",
  meta: ({ self, size }) => {
    const plane = self.shape.slice(-2);
    const longest = size.map((count, axis) =>
      Math.max(
        0,
        ...Array.from({ length: count }, (_, window) => {
          const { start, end } = windowBounds(window, at(plane, axis), count);
          return end - start;
        }),
      ),
    );
    return { dtype: self.dtype, shape: [...self.shape.slice(0, -2), ...size, ...longest] };
  },
  lowering: ({ self, size, fill }) => {
    const plane = self.shape.slice(-2);
    const scalars = size.flatMap((count, axis) => [
      scalarValue("index", at(plane, axis)),
      scalarValue("index", count),
    ]);
    return indexed(elementOfWindow, {
      gathered: self,
      scalars: [...scalars, scalarValue("float64", fill)],
    });
  },
  reference: null,
  samples: () => [],
});

function divideBySize({ positions, load, scalar }: IndexedContext): Expression {
  const lengths = [0, 1].map((axis) => {
    const window = at(positions, positions.length - 2 + axis);
    const { start, end } = boundsOf(window, scalar(2 * axis), scalar(2 * axis + 1));
    return sub(end, start);
  });
  const total = load(0);
  return div(total, cast(mul(at(lengths, 0), at(lengths, 1)), total.type));
}

export const divideByAdaptiveSizes = defineOp({
  name: "divide_by_adaptive_sizes",
  api: [],
  args: { self: arg.tensor, plane: arg.ints },
  doc: { summary: "Sums of windows divided by their sizes; `plane` is what they divide." },
  derivative: "pending",
  meta: ({ self }) => ({ dtype: self.dtype, shape: self.shape }),
  lowering: ({ self, plane }) =>
    indexed(divideBySize, {
      operands: [self],
      scalars: plane.flatMap((size, axis) => [
        scalarValue("index", size),
        scalarValue("index", at(self.shape, self.ndim - 2 + axis)),
      ]),
    }),
  reference: null,
  samples: () => [],
});

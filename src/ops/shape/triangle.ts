/** Triangular parts of matrices. */
import { RuntimeError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { indexed, type IndexedContext, scalarValue } from "../../loops/computation.ts";
import { add, compare, constant, type Expression, select } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import type { Op } from "../op-record.ts";

const triangleArgs = { self: arg.tensor, diagonal: arg.withDefault(arg.int, 0) } as const;

function triangleOp(
  name: "tril" | "triu",
  summary: string,
  comparison: "le" | "ge",
): Op<typeof triangleArgs, TensorBase> {
  const body = ({ positions, load, scalar }: IndexedContext): Expression => {
    const row = at(positions, positions.length - 2);
    const column = at(positions, positions.length - 1);
    const element = load(0);
    return select(
      compare(comparison, column, add(row, scalar(0))),
      element,
      constant(element.type, 0),
    );
  };
  return defineOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`, `Tensor.${name}_`],
    args: triangleArgs,
    doc: { summary, example: `torch.ones(2, 2).${name}()` },
    derivative: "pending",
    meta: ({ self }) => {
      if (self.ndim < 2)
        throw new RuntimeError(`${name}: input tensor must have at least 2 dimensions`);
      return { dtype: self.dtype, shape: self.shape };
    },
    lowering: ({ self, diagonal }) =>
      indexed(body, { operands: [self], scalars: [scalarValue("index", diagonal)] }),
    reference: ({ self, diagonal }) => {
      const source = naive(self);
      return naiveFill(self.shape, (coordinates) => {
        const distance = at(coordinates, self.ndim - 1) - at(coordinates, self.ndim - 2);
        return (name === "tril" ? distance <= diagonal : distance >= diagonal)
          ? elementAt(source, coordinates)
          : 0;
      });
    },
    samples: function* (make) {
      yield { self: make.tensor([3, 3]) };
      yield { self: make.strided([2, 3, 4]), diagonal: 1 };
      yield { self: make.tensor([3, 2]), diagonal: -1 };
      yield { self: make.tensor([0, 2]) };
    },
  });
}

export const tril = triangleOp(
  "tril",
  "The lower triangle of a matrix, up to `diagonal`; zero above.",
  "le",
);
export const triu = triangleOp(
  "triu",
  "The upper triangle of a matrix, from `diagonal`; zero below.",
  "ge",
);

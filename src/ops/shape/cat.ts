/** Joining tensors. */
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { aliasOf } from "../../core/make-tensor.ts";
import { resultType } from "../../core/promotion.ts";
import { at, formatShape, type Shape, wrapDim } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { copy_ } from "../data/copy.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { sliced } from "../view/select.ts";
import { unsqueeze } from "../view/squeeze.ts";

/** A 1-d tensor of no elements joins anything, for the sake of loops that start from `torch.tensor([])`. */
function isSkipped(tensor: TensorBase): boolean {
  return tensor.ndim === 1 && tensor.shape[0] === 0;
}

interface Joined {
  readonly axis: number;
  readonly shape: Shape;
  readonly parts: readonly TensorBase[];
}

function joined(tensors: readonly TensorBase[], dim: number): Joined {
  const [first] = tensors;
  if (first === undefined)
    throw new ValueError("torch.cat(): expected a non-empty list of Tensors");
  tensors.forEach((tensor, position) => {
    if (tensor.ndim === 0)
      throw new RuntimeError(
        `zero-dimensional tensor (at position ${position}) cannot be concatenated`,
      );
  });
  const parts = tensors.filter((tensor) => !isSkipped(tensor));
  const model = parts[0] ?? first;
  const axis = wrapDim(dim, model.ndim);
  tensors.forEach((tensor, position) => {
    if (isSkipped(tensor)) return;
    if (tensor.ndim !== model.ndim) {
      throw new RuntimeError(
        `Tensors must have same number of dimensions: got ${model.ndim} and ${tensor.ndim}`,
      );
    }
    model.shape.forEach((size, other) => {
      if (other !== axis && at(tensor.shape, other) !== size) {
        throw new RuntimeError(
          `Sizes of tensors must match except in dimension ${axis}. Expected size ${size} but got size ${at(tensor.shape, other)} for tensor number ${position} in the list.`,
        );
      }
    });
  });
  const length = parts.reduce((total, tensor) => total + at(tensor.shape, axis), 0);
  return { axis, parts, shape: model.shape.map((size, other) => (other === axis ? length : size)) };
}

export const cat = defineOp({
  name: "cat",
  api: ["torch.cat"],
  args: { tensors: arg.tensors, dim: arg.withDefault(arg.dim, 0) },
  doc: {
    summary: "Joins tensors along an existing dimension.",
    example: "torch.cat([torch.ones(2), torch.zeros(1)])",
  },
  derivative: "pending",
  meta: ({ tensors, dim }) => ({ dtype: resultType(tensors), shape: joined(tensors, dim).shape }),
  routine: ({ tensors, dim }, outputs) => {
    const output = at(outputs, 0);
    const { axis, parts } = joined(tensors, dim);
    let start = 0;
    for (const part of parts) {
      const length = at(part.shape, axis);
      runOp(copy_, {
        self: aliasOf(output, sliced(stateOf(output), axis, start, length, 1)),
        src: part,
      });
      start += length;
    }
  },
  reference: ({ tensors, dim }) => {
    const { axis, parts, shape } = joined(tensors, dim);
    const sources = parts.map(naive);
    return naiveFill(shape, (coordinates) => {
      let place = at(coordinates, axis);
      const source = sources.find(({ shape: own }) => {
        if (place < at(own, axis)) return true;
        place -= at(own, axis);
        return false;
      });
      return source === undefined
        ? NaN
        : elementAt(
            source,
            coordinates.map((own, other) => (other === axis ? place : own)),
          );
    });
  },
  samples: function* (make) {
    yield { tensors: [make.tensor([2, 3]), make.tensor([1, 3])] };
    yield { tensors: [make.strided([2, 3]), make.tensor([2, 1]), make.tensor([2, 0])], dim: -1 };
    yield { tensors: [make.tensor([0]), make.tensor([2, 2])] };
    yield { tensors: [make.tensor([3])] };
  },
});

export const stack = defineOp({
  name: "stack",
  api: ["torch.stack"],
  args: { tensors: arg.tensors, dim: arg.withDefault(arg.dim, 0) },
  doc: {
    summary: "Joins tensors of one shape along a new dimension.",
    example: "torch.stack([torch.zeros(2), torch.ones(2)])",
  },
  derivative: "pending",
  decomposition: ({ tensors, dim }) => {
    const [first] = tensors;
    if (first === undefined) throw new RuntimeError("stack expects a non-empty TensorList");
    tensors.forEach((tensor, position) => {
      if (formatShape(tensor.shape) !== formatShape(first.shape)) {
        throw new RuntimeError(
          `stack expects each tensor to be equal size, but got ${formatShape(first.shape)} at entry 0 and ${formatShape(tensor.shape)} at entry ${position}`,
        );
      }
    });
    const axis = wrapDim(dim, first.ndim + 1);
    return runOp(cat, {
      tensors: tensors.map((self) => runOp(unsqueeze, { self, dim: axis })),
      dim: axis,
    });
  },
  reference: ({ tensors, dim }) => {
    const sources = tensors.map(naive);
    const shape = [...at(sources, 0).shape];
    const axis = dim < 0 ? dim + shape.length + 1 : dim;
    shape.splice(axis, 0, tensors.length);
    return naiveFill(shape, (coordinates) =>
      elementAt(
        at(sources, at(coordinates, axis)),
        coordinates.filter((_, other) => other !== axis),
      ),
    );
  },
  samples: function* (make) {
    yield { tensors: [make.tensor([2, 3]), make.strided([2, 3])] };
    yield { tensors: [make.tensor([2, 3]), make.tensor([2, 3])], dim: -1 };
    yield { tensors: [make.tensor([]), make.tensor([])] };
    yield { tensors: [make.tensor([0])], dim: 1 };
  },
});

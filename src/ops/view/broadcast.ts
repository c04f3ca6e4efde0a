/** Several tensors brought to one shape. */
import { RuntimeError } from "../../base/errors.ts";
import { aliasOf } from "../../core/make-tensor.ts";
import { at, broadcastStrides, type Shape } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { returns } from "../returns.ts";
import { broadcastAll } from "./expand.ts";

function broadcastView(tensor: TensorBase, shape: Shape): TensorBase {
  const { shape: own, strides, offset } = stateOf(tensor);
  return aliasOf(tensor, { shape, strides: broadcastStrides(own, strides, shape), offset });
}

export const broadcast_tensors = defineOp({
  name: "broadcast_tensors",
  api: ["torch.broadcast_tensors"],
  args: { tensors: arg.tensors },
  returns: returns.tensors,
  doc: {
    summary:
      "Views of tensors with their common shape. Differs: the tensors are given as an array.",
    example: "torch.broadcast_tensors([torch.ones(2, 1), torch.ones(3)])",
  },
  derivative: "pending",
  decomposition: ({ tensors }) => {
    const shape = broadcastAll(tensors.map((tensor) => tensor.shape));
    return Object.freeze(tensors.map((tensor) => broadcastView(tensor, shape)));
  },
  reference: ({ tensors }) => {
    const shape = broadcastAll(tensors.map((tensor) => tensor.shape));
    return tensors.map((tensor) => {
      const source = naive(tensor);
      return naiveFill(shape, (coordinates) => elementAt(source, coordinates));
    });
  },
  samples: function* (make) {
    yield { tensors: [make.tensor([2, 1]), make.tensor([3])] };
    yield { tensors: [make.tensor([])] };
  },
});

export const meshgrid = defineOp({
  name: "meshgrid",
  api: ["torch.meshgrid"],
  args: { tensors: arg.tensors, indexing: arg.withDefault(arg.choice("ij", "xy"), "ij") },
  returns: returns.tensors,
  doc: {
    summary:
      "Views of 1-d tensors as the coordinates of a grid. Differs: the tensors are given as an array.",
    example: "torch.meshgrid([torch.arange(2), torch.arange(3)])",
  },
  derivative: "pending",
  decomposition: ({ tensors, indexing }) => {
    const wrong = tensors.find((tensor) => tensor.ndim > 1);
    if (wrong !== undefined) {
      throw new RuntimeError(
        `torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${wrong.ndim}D`,
      );
    }
    const order = gridOrder(tensors.length, indexing);
    const shape = order.map((position) => at(tensors, position).numel());
    const views = tensors.map((tensor, position) => {
      const axis = order.indexOf(position);
      const stride = tensor.ndim === 0 ? 0 : at(stateOf(tensor).strides, 0);
      const strides = shape.map((_, other) => (other === axis ? stride : 0));
      return aliasOf(tensor, { shape, strides, offset: stateOf(tensor).offset });
    });
    return Object.freeze(views);
  },
  reference: ({ tensors, indexing }) => {
    const order = gridOrder(tensors.length, indexing);
    const shape = order.map((position) => at(tensors, position).numel());
    return tensors.map((tensor, position) =>
      naiveFill(shape, (coordinates) =>
        at(naive(tensor).values, at(coordinates, order.indexOf(position))),
      ),
    );
  },
  samples: function* (make) {
    yield { tensors: [make.tensor([2]), make.tensor([3])] };
    yield { tensors: [make.tensor([2]), make.tensor([3]), make.tensor([])], indexing: "xy" };
  },
});

/** Which tensor each dimension of the grid belongs to: "xy" exchanges the first two. */
function gridOrder(count: number, indexing: "ij" | "xy"): number[] {
  const order = Array.from({ length: count }, (_, position) => position);
  return indexing === "xy" && count >= 2 ? [1, 0, ...order.slice(2)] : order;
}

import { Tensor } from "../../api/tensor.ts";
import { InternalError } from "../../base/errors.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { findInGraph } from "../in-graph-lookup.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ArrayVariable,
  ConstantVariable,
  InGraphVariable,
  type TensorVariable,
  type Variable,
} from "../variables/variable.ts";
import { tensorItem } from "./tensor-item.ts";

/** Each element takes two operations of the graph. */
const mostElements = 256;

/** `tensor.tolist()`: with capture_scalar_outputs each element of a tensor of fixed size is a number of the graph. */
export function tensorToList(machine: Machine, tensor: TensorVariable): Variable {
  const { shapes, unbacked } = machine.tracer;
  const hasFixedSize = !shapes.isDynamic(tensor.fake) && !unbacked.isUnbacked(tensor.fake);
  if (
    !machine.options.captureScalarOutputs() ||
    !hasFixedSize ||
    tensor.fake.numel() > mostElements
  ) {
    return breakGraph(
      "tensorToArray",
      { method: "tolist" },
      "call_method TensorVariable() tolist () {}",
      tensor,
    );
  }
  return elementsOf(machine, tensor);
}

function elementsOf(machine: Machine, tensor: TensorVariable): Variable {
  const [size] = tensor.fake.shape;
  if (size === undefined) return tensorItem(machine, tensor, "item");
  const items = Array.from({ length: size }, (_, index) => {
    const place = [new ConstantVariable(0), new ConstantVariable(index)];
    const part = machine.call(selectMethod(), tensor, place);
    if (part?.kind !== "tensor") throw new InternalError("select gives a tensor");
    return elementsOf(machine, part);
  });
  return new ArrayVariable({ items });
}

function selectMethod(): InGraphVariable {
  const method = Tensor.prototype.select;
  const known = findInGraph(method);
  if (known === null) throw new InternalError("select is no method that graphs can call");
  return new InGraphVariable(method, known);
}

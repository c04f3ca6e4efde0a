import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { onlyDecidesOrReturns } from "../interpreter/only-decides-or-returns.ts";
import { elementCountOf } from "./tensor-property.ts";
import { NumberVariable, type TensorVariable, type Variable } from "../variables/variable.ts";

/**
 * `tensor.item()`, or the same through coercion (`t > 0`). With capture_scalar_outputs the value is computed in the graph.
 * Otherwise it can only be waited for at the end of a segment: when all that happens to it is being compared and branched
 * on, or returned, nothing can come between, and the segment ends there; anything else is a graph break at this place.
 */
export function tensorItem(
  machine: Machine,
  tensor: TensorVariable,
  form: "item" | "coercion",
): Variable {
  if (elementCount(machine, tensor) !== 1) {
    return breakGraph(
      "fakeCallRuntimeError",
      {
        operator: form,
        message: `a Tensor with ${tensor.fake.numel()} elements cannot be converted to Scalar`,
      },
      `call_method ${form}`,
    );
  }
  const type = tensor.fake.dtype.category === "bool" ? "boolean" : "number";
  if (machine.options.captureScalarOutputs()) {
    const node = machine.tracer.graph.callMethod(
      "item",
      [machine.tracer.nodeOf(tensor)],
      undefined,
      machine.place(),
    );
    return new NumberVariable({ kind: "leaf", leaf: { kind: "node", node, type } }, undefined);
  }
  if (onlyDecidesOrReturns(machine.tracer.frames)) {
    return new NumberVariable({ kind: "leaf", leaf: { kind: "item", tensor } }, undefined);
  }
  if (form === "coercion") {
    return breakGraph(
      "tensorToPrimitive",
      { operation: machine.expressionText(), replacement: null },
      "Symbol.toPrimitive TensorVariable()",
      tensor,
    );
  }
  return breakGraph("tensorItem", {}, "call_method TensorVariable() item () {}", tensor);
}

/** The number of elements in the call being captured; that it is 1 or not is guarded where sizes vary. */
export function elementCount(machine: Machine, tensor: TensorVariable): number {
  const count = machine.force(elementCountOf(machine.tracer, tensor));
  const elements = tensor.fake.numel();
  if (count.kind === "number") {
    machine.tracer.decideExpression({
      kind: "binary",
      operator: "===",
      left: count.expression,
      right: { kind: "constant", value: 1 },
    });
  }
  return elements;
}

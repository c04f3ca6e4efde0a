import { Tensor } from "../../api/tensor.ts";
import { stateOf } from "../../core/tensor.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { TensorVariable, Variable } from "../variables/variable.ts";
import { snapshotOf } from "./log-snapshot.ts";

/**
 * Before an operation changes `targets`: calls of log functions that wait for the end of the graph get copies, made in
 * the graph at this place, of the tensors they show. What is inside objects from outside cannot be copied: that breaks.
 */
export function keepLoggedTensors(
  machine: Machine,
  operator: string,
  targets: readonly TensorVariable[],
  clone: (tensor: TensorVariable) => Variable,
): void {
  const { tracer } = machine;
  const clones = new Map<TensorVariable, Variable>();
  const native = (): never =>
    breakGraph(
      "skippedFunction",
      {
        functionName: operator,
        why: "it changes a tensor, and a log function that waits for the end of the graph may have to show it as it was",
      },
      `call ${operator} after a reordered call`,
    );
  for (const [index, effect] of tracer.effects.entries()) {
    if (effect.kind !== "log") continue;
    const rules = {
      tensor: (tensor: TensorVariable): Variable => {
        if (!targets.some((target) => mayShareMemory(machine, target, tensor))) return tensor;
        let copy = clones.get(tensor);
        if (copy === undefined) clones.set(tensor, (copy = clone(tensor)));
        return copy;
      },
      outside: native,
      refuse: native,
    };
    const cloneCount = clones.size;
    const args = effect.args.map((arg) => snapshotOf(machine, arg, rules));
    tracer.effects[index] =
      clones.size > cloneCount
        ? { ...effect, args, afterCall: tracer.graph.callCount }
        : { ...effect, args };
  }
}

/** Tensors from outside may be views of one another; no guard says. */
function mayShareMemory({ tracer }: Machine, a: TensorVariable, b: TensorVariable): boolean {
  const storageOf = ({ fake }: TensorVariable): unknown => stateOf(fake).storage;
  if (storageOf(a) === storageOf(b)) return true;
  const outside = new Set<unknown>();
  for (const { example } of tracer.rootGraph.inputs)
    if (example instanceof Tensor) outside.add(stateOf(example).storage);
  const isOutside = (tensor: TensorVariable): boolean =>
    tensor.source !== null || outside.has(storageOf(tensor));
  return isOutside(a) && isOutside(b);
}

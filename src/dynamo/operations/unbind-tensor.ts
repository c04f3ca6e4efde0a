import { Tensor } from "../../api/tensor.ts";
import type { Machine } from "../interpreter/machine.ts";
import { findInGraph } from "../in-graph-lookup.ts";
import { ArrayVariable, InGraphVariable, type TensorVariable } from "../variables/variable.ts";
import { callInGraph } from "./call-in-graph.ts";

/** Iterating over a tensor is `unbind(0)` (Tensor's Symbol.iterator). */
export function unbindTensor(machine: Machine, tensor: TensorVariable): ArrayVariable {
  const method: unknown = Reflect.get(Tensor.prototype, "unbind");
  const unbind = typeof method === "function" ? findInGraph(method) : null;
  if (typeof method !== "function" || unbind === null) throw new Error("Tensor has no unbind");
  const rows = callInGraph(machine, new InGraphVariable(method, unbind), tensor, []);
  return rows.kind === "array" ? rows : new ArrayVariable({ items: [rows], frozen: true });
}

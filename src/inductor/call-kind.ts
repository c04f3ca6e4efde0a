/** What a call of a graph means to the compiler. */
import { Tensor } from "../api/tensor.ts";
import { inGraphFunctions, tensorMethods } from "../api/in-graph.ts";
import { findInGraph } from "../dynamo/in-graph-lookup.ts";
import type { CallNode } from "../fx/node.ts";
import { operatorOf } from "../fx/operators.ts";

export type CallKind =
  | "getitem"
  | "metadata"
  | "comparison"
  | "arithmetic"
  | "text"
  | "item"
  | "operator"
  /** No operator of the library: only calling it tells what it gives. */
  | "foreign";

/** Methods that answer from the metadata, which a program is made for. */
const metadataMethods: ReadonlySet<string> = new Set(["size", "numel", "dim", "stride"]);
/** Kinds of parameters that take part in the arithmetic only. */
const operandKinds: ReadonlySet<string> = new Set(["operand", "scalar", "data", "tensor"]);

const comparisons: ReadonlySet<string> = new Set(["lt", "le", "gt", "ge", "eq", "ne", "not"]);

export function kindOfCall(node: CallNode): CallKind {
  if (node.op === "call_method") {
    if (node.target === "item") return "item";
    if (metadataMethods.has(node.target)) return "metadata";
    return tensorMethods().has(node.target) ? "operator" : "foreign";
  }
  const operator = operatorOf(node.target);
  if (operator?.syntax.kind === "index") return "getitem";
  if (operator?.syntax.kind === "template") return "text";
  if (operator !== null)
    return comparisons.has(operator.name.replace("operator.", "")) ? "comparison" : "arithmetic";
  if (node.targetName.startsWith("Math.")) return "arithmetic";
  return inGraphFunctions().has(node.target) ? "operator" : "foreign";
}

/** Whether a number at a position of a call (the receiver of a method counts) or under a name only takes part in the arithmetic. */
export function operandTest(node: CallNode): (position: number | string) => boolean {
  const target: unknown =
    node.op === "call_function" ? node.target : Reflect.get(Tensor.prototype, node.target);
  const known = typeof target === "function" ? findInGraph(target) : null;
  return (position) => operandKinds.has(known?.parameterKind(position) ?? "structure");
}

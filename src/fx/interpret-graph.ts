import { InternalError } from "../base/errors.ts";
import type { FailureReport } from "./compile-graph.ts";
import type { Graph } from "./graph.ts";
import { isNode, mapArgument } from "./node.ts";
import type { Argument, CallNode, Node } from "./node.ts";

/** Runs a graph node by node. When a call throws, the failure is reported and the error passes unchanged. */
export function interpretGraph(
  graph: Graph,
  inputs: readonly unknown[],
  reportFailure: FailureReport,
): unknown {
  const values = new Map<Node, unknown>();
  const valueOf = (argument: Argument): unknown =>
    mapArgument(argument, (leaf) => (isNode(leaf) ? values.get(leaf) : leaf));
  let inputIndex = 0;
  let callIndex = 0;
  for (const node of graph.nodes) {
    switch (node.op) {
      case "placeholder":
        values.set(node, inputs[inputIndex++]);
        break;
      case "get_attr":
        values.set(node, graph.attributes.get(node.target));
        break;
      case "call_function":
      case "call_method":
        try {
          values.set(node, runCall(node, valueOf));
        } catch (error) {
          reportFailure(callIndex, valueOf(graph.output.args[0]));
          throw error;
        }
        callIndex++;
        break;
      case "output":
        return valueOf(node.args[0]);
    }
  }
  throw new InternalError("a graph must end with its output node");
}

function runCall(node: CallNode, valueOf: (argument: Argument) => unknown): unknown {
  const args = node.args.map(valueOf);
  if (Object.keys(node.kwargs).length > 0) args.push(valueOf(node.kwargs));
  if (node.op === "call_function") return Reflect.apply(node.target, undefined, args);
  const [self, ...rest] = args;
  // Property access converts primitives to objects, as the printed `self.method(…)` does.
  const method: unknown = Reflect.get(Object(self), node.target, self);
  if (typeof method !== "function")
    throw new TypeError(`${node.target} is not a method of ${String(self)}`);
  return Reflect.apply(method, self, rest);
}

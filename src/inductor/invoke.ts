import type { CallNode } from "../fx/node.ts";

/** Makes the call of a node on the given arguments; keyword arguments are the last of them. */
export function invoke(node: CallNode, args: readonly unknown[]): unknown {
  if (node.op === "call_function") return Reflect.apply(node.target, undefined, args);
  const [self, ...rest] = args;
  const method: unknown = Reflect.get(Object(self), node.target, self);
  // Properties such as `x.T` are read, not called.
  return typeof method === "function" ? Reflect.apply(method, self, rest) : method;
}

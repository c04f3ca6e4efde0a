/** `#x` of a class around the function: on the operand stack a value of its own, where a computed key has its place. */
import type { MemberExpression, PrivateIdentifier } from "acorn";
import type { Lowering } from "./lowering.ts";

export function pushPrivateName(at: Lowering, node: PrivateIdentifier): void {
  const variable = at.source.analysis.privateUses.get(node);
  if (variable === undefined) at.unsupported(node, `private name #${node.name}`);
  else at.loadVariable(node, variable);
}

const isPrivate = ({ property }: MemberExpression): boolean =>
  property.type === "PrivateIdentifier";

/** Whether a reference is two operands: the object and a key. */
export const hasKey = (member: MemberExpression): boolean => member.computed || isPrivate(member);

export const getKeyed = (member: MemberExpression): "getPrivate" | "getElement" =>
  isPrivate(member) ? "getPrivate" : "getElement";

export const setKeyed = (member: MemberExpression): "setPrivate" | "setElement" =>
  isPrivate(member) ? "setPrivate" : "setElement";

/** How V8 names an expression in "… is not a function". */
import type { AnyNode } from "acorn";

export function describeNode(node: AnyNode): string {
  switch (node.type) {
    case "Identifier":
      return node.name;
    case "ThisExpression":
      return "this";
    case "Literal":
      return typeof node.value === "string" ? JSON.stringify(node.value) : (node.raw ?? "");
    case "MemberExpression": {
      const object = describeNode(node.object);
      if (node.property.type === "PrivateIdentifier") return `${object}.#${node.property.name}`;
      if (!node.computed) return `${object}.${describeNode(node.property)}`;
      const { property } = node;
      if (property.type === "Literal" && typeof property.value === "string")
        return `${object}.${property.value}`;
      return `${object}[${property.type === "Identifier" || property.type === "Literal" ? describeNode(property) : "..."}]`;
    }
    case "CallExpression":
      return `${describeNode(node.callee)}(...)`;
    case "AssignmentExpression":
      return describeNode(node.left);
    case "ChainExpression":
      return describeNode(node.expression);
    case "SequenceExpression":
      return describeNode(node.expressions.at(-1) ?? node);
    default:
      return "(intermediate value)";
  }
}

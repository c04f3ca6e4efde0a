/** How V8 prints an expression in "… is not a function": its CallPrinter, for the shapes that occur. */

import type { AnyNode } from "acorn";

const unprintable = "(intermediate value)";

export const conditionalSite = unprintable.repeat(3);

export function printCallSite(node: AnyNode): string {
  switch (node.type) {
    case "Identifier":
      return node.name;
    case "ThisExpression":
      return "this";
    case "Literal":
      if (node.regex) return `/${node.regex.pattern}/${node.regex.flags}`;
      return typeof node.value === "string" ? `"${node.value}"` : String(node.value);
    case "TemplateLiteral":
      return node.expressions.length === 0
        ? `"${node.quasis[0]?.value.cooked ?? ""}"`
        : unprintable;
    case "MemberExpression":
      return printMember(node.object, node.property, node.computed, node.optional);
    case "ChainExpression":
      return printCallSite(node.expression);
    case "CallExpression":
      return `${printCallSite(node.callee)}${node.optional ? "?." : ""}(...)`;
    case "UnaryExpression":
      return `(${node.operator}${node.operator.length > 1 ? " " : ""}${printCallSite(node.argument)})`;
    case "BinaryExpression":
    case "LogicalExpression":
      return `(${printCallSite(node.left)} ${node.operator} ${printCallSite(node.right)})`;
    case "SequenceExpression":
      return `(${node.expressions.map(printCallSite).join(" , ")})`;
    case "AssignmentExpression":
      return node.left.type === "Identifier" ? node.left.name : unprintable;
    case "ConditionalExpression":
      return conditionalSite;
    case "ArrayExpression":
      return `[${node.elements.map((element) => (element ? printCallSite(element) : "")).join(",")}]`;
    case "SpreadElement":
      return `(...${printCallSite(node.argument)})`;
    case "ObjectExpression":
      return `{${node.properties.map(() => unprintable).join("")}}`;
    default:
      return unprintable;
  }
}

function printMember(
  object: AnyNode,
  property: AnyNode,
  isComputed: boolean,
  isOptional: boolean,
): string {
  const base = printCallSite(object);
  if (!isComputed && property.type === "Identifier")
    return `${base}${isOptional ? "?" : ""}.${property.name}`;
  const literal =
    property.type === "Literal"
      ? property.value
      : property.type === "TemplateLiteral"
        ? property.quasis[0]?.value.cooked
        : null;
  const isName =
    typeof literal === "string" &&
    (property.type !== "TemplateLiteral" || property.expressions.length === 0);
  if (isName) return `${base}${isOptional ? "?" : ""}.${literal}`;
  return `${base}${isOptional ? "?." : ""}[${printCallSite(property)}]`;
}

/** The subject of "… is not iterable". */
export function printIterableSite(node: AnyNode): string {
  const isCall = node.type === "CallExpression";
  return isCall
    ? `${printCallSite(node.callee)} is not a function or its return value`
    : printCallSite(node);
}

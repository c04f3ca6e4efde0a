/** How V8 prints an expression in "… is not a function": its CallPrinter, for the shapes that occur. */

import type { AnyNode } from "acorn";
import { binaryOperator } from "../../../script/interpret/operators.ts";

const unprintable = "(intermediate value)";

export const conditionalSite = unprintable.repeat(3);

export function printCallSite(node: AnyNode): string {
  const constant = foldedBy(node);
  if (constant !== null) return String(constant);
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
      return `(${operandsOf(node, node.operator).map(printCallSite).join(` ${node.operator} `)})`;
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

/** The operands of an operator in a row, which V8's parser makes one operation of; comparisons and powers it does not. */
function operandsOf(node: AnyNode, operator: string): readonly AnyNode[] {
  const isRow =
    (node.type === "BinaryExpression" || node.type === "LogicalExpression") &&
    node.operator === operator &&
    foldedBy(node) === null;
  if (!isRow) return [node];
  const left = inRows.has(operator) ? operandsOf(node.left, operator) : [node.left];
  return [...left, node.right];
}

const inRows: ReadonlySet<string> = new Set("+ - * / % << >> >>> & | ^ && || ??".split(" "));

/** What V8's parser makes of operators on literals, null where it leaves them. */
function foldedBy(node: AnyNode): number | boolean | null {
  if (node.type === "UnaryExpression") {
    const { operator, argument } = node;
    if (operator === "!" && argument.type === "Literal" && !argument.regex) return !argument.value;
    const value = numberOf(argument);
    if (value === null) return null;
    return operator === "-" ? -value : operator === "+" ? value : operator === "~" ? ~value : null;
  }
  if (node.type !== "BinaryExpression") return null;
  const { operator } = node;
  const [left, right] = [numberOf(node.left), numberOf(node.right)];
  if (left === null || right === null || !(inRows.has(operator) || operator === "**")) return null;
  return Number(binaryOperator(operator)(left, right));
}

function numberOf(node: AnyNode): number | null {
  if (node.type === "Literal") return typeof node.value === "number" ? node.value : null;
  const folded = foldedBy(node);
  return typeof folded === "number" ? folded : null;
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

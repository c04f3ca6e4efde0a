import type { Expression, PrivateIdentifier, SpreadElement, Super } from "acorn";
import { ValueError } from "../base/errors.ts";
import type { GraphBuilder, NodeDetails } from "./graph-builder.ts";
import type { Argument, Node } from "./node.ts";
import { operators, operatorWritten } from "./operators.ts";
import type { OperatorRecord } from "./operators.ts";

/** What names mean while a printed graph is read. */
export interface ParseScope {
  /** The values defined so far. */
  readonly nodes: ReadonlyMap<string, Node>;
  readonly resolve: (name: string) => unknown;
}

type Written = Expression | PrivateIdentifier | SpreadElement | Super;

/** The call node that an expression describes. */
export function parseCall(
  value: Expression,
  builder: GraphBuilder,
  details: NodeDetails,
  scope: ParseScope,
): Node {
  const operator = parseOperator(value, scope);
  if (operator !== null)
    return builder.callFunction(
      operator.record.apply,
      operator.record.name,
      operator.args,
      details,
    );
  if (value.type !== "CallExpression")
    throw new ValueError(`unexpected ${value.type} in a printed graph`);
  const args = value.arguments.map((argument) => readArgument(argument, scope));
  const { callee } = value;
  const name = dottedName(callee);
  if (name !== null && !scope.nodes.has(rootOf(name))) {
    const target = scope.resolve(name);
    if (typeof target !== "function") throw new ValueError(`${name} is not a function`);
    return builder.callFunction(target, name, args, details);
  }
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") {
    throw new ValueError(`unexpected callee ${callee.type} in a printed graph`);
  }
  return builder.callMethod(
    callee.property.name,
    [readArgument(callee.object, scope), ...args],
    details,
  );
}

interface OperatorCall {
  readonly record: OperatorRecord;
  readonly args: readonly Argument[];
}

function parseOperator(value: Expression, scope: ParseScope): OperatorCall | null {
  if (value.type === "ParenthesizedExpression") return parseOperator(value.expression, scope);
  if (value.type === "BinaryExpression") {
    const record = operatorWritten("binary", value.operator);
    return (
      record && {
        record,
        args: [readArgument(value.left, scope), readArgument(value.right, scope)],
      }
    );
  }
  if (value.type === "UnaryExpression") {
    const record = operatorWritten("unary", value.operator);
    return record && { record, args: [readArgument(value.argument, scope)] };
  }
  if (value.type === "TemplateLiteral") {
    const args = value.quasis.flatMap(({ value: { cooked } }, index): Argument[] => {
      const hole = value.expressions[index];
      return [cooked ?? "", ...(hole === undefined ? [] : [readArgument(hole, scope)])];
    });
    return { record: operators.text, args: args.filter((part) => part !== "") };
  }
  if (value.type !== "MemberExpression") return null;
  const { property } = value;
  const key =
    !value.computed && property.type === "Identifier"
      ? property.name
      : readArgument(property, scope);
  return { record: operators.getitem, args: [readArgument(value.object, scope), key] };
}

/** The argument that an expression describes: a value by name, a literal, an array or object of these. */
export function readArgument(value: Written, scope: ParseScope): Argument {
  switch (value.type) {
    case "Literal":
      return value.value;
    case "Identifier":
      return readName(value.name, scope);
    case "MemberExpression":
      return scope.resolve(dottedName(value) ?? "");
    case "ArrayExpression":
      return value.elements.map((item) => (item === null ? undefined : readArgument(item, scope)));
    case "ObjectExpression":
      return Object.fromEntries(value.properties.map((property) => readProperty(property, scope)));
    case "ParenthesizedExpression":
      return readArgument(value.expression, scope);
    case "UnaryExpression": {
      const operand = readArgument(value.argument, scope);
      if (value.operator === "-" && typeof operand === "number") return -operand;
      if (value.operator === "-" && typeof operand === "bigint") return -operand;
      throw new ValueError(`unexpected operator ${value.operator} in a printed graph`);
    }
    default:
      throw new ValueError(`unexpected ${value.type} in a printed graph`);
  }
}

function readName(name: string, scope: ParseScope): Argument {
  const node = scope.nodes.get(name);
  if (node !== undefined) return node;
  if (name === "undefined") return undefined;
  if (name === "NaN") return NaN;
  if (name === "Infinity") return Infinity;
  return scope.resolve(name);
}

function readProperty(
  property: Extract<Expression, { type: "ObjectExpression" }>["properties"][number],
  scope: ParseScope,
): readonly [string, Argument] {
  if (property.type !== "Property") throw new ValueError("unexpected spread in a printed graph");
  const { key } = property;
  const name =
    key.type === "Identifier" && !property.computed ? key.name : String(readArgument(key, scope));
  return [name, readArgument(property.value, scope)];
}

/** `torch.ops.demo.half` for nested property accesses of names; null for all else. */
function dottedName(value: Written): string | null {
  if (value.type === "Identifier") return value.name;
  if (value.type !== "MemberExpression" || value.computed || value.property.type !== "Identifier")
    return null;
  const object = dottedName(value.object);
  return object === null ? null : `${object}.${value.property.name}`;
}

function rootOf(name: string): string {
  const [root = name] = name.split(".");
  return root;
}

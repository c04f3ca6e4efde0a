import { InternalError } from "../base/errors.ts";
import { isNode, isPlainObject } from "./node.ts";
import type { Argument, CallNode, Node } from "./node.ts";
import { operatorOf } from "./operators.ts";
import type { OperatorRecord } from "./operators.ts";

/** How leaves are written; printed and compiled code differ only in this. */
export interface ArgumentPrinter {
  readonly node: (node: Node) => string;
  /** The spelling of a constant that is not a JavaScript literal. */
  readonly constant: (value: unknown) => string;
  /** The callee of a `call_function` node. */
  readonly target: (node: CallNode & { readonly op: "call_function" }) => string;
}

/** The spelling of graphs for readers: values by name, functions and constants as users write them. */
export const readable: ArgumentPrinter = {
  node: (node) => node.name,
  constant: (value) => String(value),
  target: (node) => node.targetName,
};

/** A call as a JavaScript expression: `torch.add(x, y)`, `x.sum(1, { keepdim: true })`, `item + 1`. */
export function printCall(node: CallNode, printer: ArgumentPrinter): string {
  const operator = node.op === "call_function" ? operatorOf(node.target) : null;
  if (operator !== null) return printOperator(operator, node, printer);
  const args = node.args.map((argument) => printArgument(argument, printer));
  if (Object.keys(node.kwargs).length > 0) args.push(printArgument(node.kwargs, printer));
  if (node.op === "call_function") return `${printer.target(node)}(${args.join(", ")})`;
  const [self, ...rest] = args;
  if (self === undefined)
    throw new InternalError(`method call ${node.name} has no object to call the method on`);
  return `${self}.${node.target}(${rest.join(", ")})`;
}

/** An argument as a JavaScript expression. */
export function printArgument(argument: Argument, printer: ArgumentPrinter): string {
  if (isNode(argument)) return printer.node(argument);
  if (Array.isArray(argument))
    return `[${argument.map((item) => printArgument(item, printer)).join(", ")}]`;
  if (isPlainObject(argument)) {
    const entries = Object.entries(argument).map(([key, item]) => {
      const value = printArgument(item, printer);
      return key === value ? key : `${printKey(key)}: ${value}`;
    });
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return printLiteral(argument) ?? printer.constant(argument);
}

function printOperator(operator: OperatorRecord, node: CallNode, printer: ArgumentPrinter): string {
  if (operator.syntax.kind === "template") return printTemplate(node, printer);
  const [a = "", b = ""] = node.args.map((argument) => printArgument(argument, printer));
  switch (operator.syntax.kind) {
    case "binary":
      // A negative literal as base of ** is a syntax error without the parentheses.
      return `${a.startsWith("-") ? `(${a})` : a} ${operator.syntax.symbol} ${b}`;
    case "unary":
      return `${operator.syntax.symbol}${a.startsWith("-") ? `(${a})` : a}`;
    case "index": {
      const [, key] = node.args;
      return typeof key === "string" && isIdentifier(key) ? `${a}.${key}` : `${a}[${b}]`;
    }
  }
}

function printTemplate({ args }: CallNode, printer: ArgumentPrinter): string {
  const parts = args.map((part) =>
    typeof part === "string"
      ? part.replace(/[\\`$]/g, "\\$&")
      : `\${${printArgument(part, printer)}}`,
  );
  return `\`${parts.join("")}\``;
}

function printLiteral(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "boolean":
    case "undefined":
      return String(value);
    default:
      return value === null ? "null" : null;
  }
}

function printKey(key: string): string {
  // A literal `__proto__: x` would set the prototype instead of making a property.
  if (key === "__proto__") return '["__proto__"]';
  return isIdentifier(key) ? key : JSON.stringify(key);
}

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text);
}

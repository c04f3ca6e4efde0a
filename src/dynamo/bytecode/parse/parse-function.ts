/** The text of a function object, as `Function.prototype.toString` gives it, to ESTree. */

import * as acorn from "acorn";
import type {
  ArrowFunctionExpression,
  ClassExpression,
  Expression,
  FunctionDeclaration,
  FunctionExpression,
} from "acorn";
import type { Child } from "../code.ts";
import { UnsupportedSyntax } from "../unsupported-syntax.ts";

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

export interface ParsedFunction {
  readonly node: FunctionNode | ClassExpression;
  readonly kind: Child["kind"];
  /** The text that was parsed; `node` offsets are into it. */
  readonly source: string;
  /** Subtract it from an offset into `source` to get one into the function's own text. */
  readonly base: number;
  /** The property name of a method where it is literal. */
  readonly name: string;
}

export function parseFunction(text: string, isStrict: boolean): ParsedFunction {
  const expression = tryParse(text, isStrict);
  if (expression !== null && expression.end === text.length) {
    if (expression.type === "ClassExpression") {
      return {
        node: expression,
        kind: "class",
        source: text,
        base: 0,
        name: expression.id?.name ?? "",
      };
    }
    if (expression.type === "FunctionExpression" || expression.type === "ArrowFunctionExpression") {
      const kind = functionKind(
        expression,
        expression.type === "FunctionExpression" ? "function" : "arrow",
      );
      return { node: expression, kind, source: text, base: 0, name: expression.id?.name ?? "" };
    }
  }
  return parseMethod(text, isStrict);
}

/** Which kind of child a function node is, unless it is a generator or async. */
export function functionKind<K>(
  node: FunctionNode,
  plain: K,
): K | "generator" | "async" | "asyncGenerator" {
  if (node.async) return node.generator ? "asyncGenerator" : "async";
  return node.generator ? "generator" : plain;
}

/** A method, getter or setter does not stand alone: it is parsed as the one property of an object or class. */
function parseMethod(text: string, isStrict: boolean): ParsedFunction {
  const inObject = `({${text}})`;
  const object = tryParse(inObject, isStrict);
  if (object?.type === "ObjectExpression" && object.end === inObject.length - 1) {
    const property = object.properties[0];
    if (
      object.properties.length === 1 &&
      property?.type === "Property" &&
      property.value.type === "FunctionExpression"
    ) {
      const plain =
        property.kind === "get" ? "getter" : property.kind === "set" ? "setter" : "method";
      const name = property.computed ? "" : keyName(property.key);
      return {
        node: property.value,
        kind: functionKind(property.value, plain),
        source: inObject,
        base: 2,
        name,
      };
    }
  }
  const prefix = "(class{";
  const inClass = tryParse(`${prefix}${text}})`, isStrict);
  const member = inClass?.type === "ClassExpression" ? inClass.body.body[0] : undefined;
  if (member?.type === "MethodDefinition") {
    const plain = member.kind === "get" ? "getter" : member.kind === "set" ? "setter" : "method";
    const name = member.computed
      ? ""
      : member.key.type === "PrivateIdentifier"
        ? `#${member.key.name}`
        : keyName(member.key);
    const kind = functionKind(member.value, plain);
    return { node: member.value, kind, source: `${prefix}${text}})`, base: prefix.length, name };
  }
  const construct = /\{\s*\[native code\]\s*\}\s*$/.test(text)
    ? "native function"
    : "source text that does not parse as a function";
  throw new UnsupportedSyntax(construct, 0, text.length);
}

function tryParse(source: string, isStrict: boolean): Expression | null {
  try {
    return acorn.parseExpressionAt(source, 0, {
      ecmaVersion: "latest",
      // A module is strict, and `import.meta` parses, so that it can be named when it is refused.
      sourceType: isStrict ? "module" : "script",
      allowAwaitOutsideFunction: false,
      allowImportExportEverywhere: true,
      checkPrivateFields: false,
      allowSuperOutsideMethod: true,
    });
  } catch {
    return null;
  }
}

/** The name of a literal property key, as a string. */
export function keyName(key: Expression): string {
  if (key.type === "Identifier") return key.name;
  if (key.type === "Literal")
    return typeof key.value === "bigint" ? key.value.toString() : String(key.value);
  return "";
}

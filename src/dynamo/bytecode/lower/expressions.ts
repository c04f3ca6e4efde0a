/** Expressions: each leaves exactly one value on the stack. */

import type {
  AnyNode,
  ArrayExpression,
  ArrowFunctionExpression,
  ClassExpression,
  Expression,
  FunctionExpression,
  ImportExpression,
  Literal,
  ObjectExpression,
  Property,
  TemplateLiteral,
  UnaryExpression,
} from "acorn";
import type { Constant } from "../instructions/operand.ts";
import { keyName } from "../parse/parse-function.ts";
import { constantGlobal } from "../parse/scope.ts";
import { lowerAssignment, lowerUpdate } from "./assignments.ts";
import {
  lowerChain,
  lowerMemberOrCall,
  lowerMemberReference,
  lowerNew,
  lowerTaggedTemplate,
} from "./calls.ts";
import { printCallSite } from "./call-site.ts";
import { lowerThis } from "./derived-constructor.ts";
import type { Lowering } from "./lowering.ts";
import { pushPrivateName } from "./private-names.ts";

export function lowerExpression(at: Lowering, node: Expression): void {
  switch (node.type) {
    case "Identifier":
      return at.loadVariable(node, at.reference(node).variable);
    case "Literal":
      return lowerLiteral(at, node);
    case "ThisExpression":
      return lowerThis(at, node);
    case "MetaProperty":
      return at.emit(node, { op: "loadNewTarget" });
    case "TemplateLiteral":
      return lowerTemplate(at, node);
    case "TaggedTemplateExpression":
      return lowerTaggedTemplate(at, node);
    case "ArrayExpression":
      return lowerArray(at, node);
    case "ObjectExpression":
      return lowerObject(at, node);
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassExpression":
      return lowerClosure(at, node, null);
    case "UnaryExpression":
      return lowerUnary(at, node);
    case "BinaryExpression":
      if (node.left.type === "PrivateIdentifier") {
        pushPrivateName(at, node.left);
        lowerExpression(at, node.right);
        return at.emit(node, { op: "hasPrivate" });
      }
      lowerExpression(at, node.left);
      lowerExpression(at, node.right);
      return at.emit(node, { op: "binary", operator: node.operator });
    case "LogicalExpression": {
      const end = at.label();
      lowerExpression(at, node.left);
      at.jump(node.left, jumpOfLogical[node.operator], end);
      lowerExpression(at, node.right);
      return at.emitter.bind(end);
    }
    case "ConditionalExpression": {
      const otherwise = at.label();
      const end = at.label();
      lowerExpression(at, node.test);
      at.jump(node.test, "jumpIfFalse", otherwise);
      lowerExpression(at, node.consequent);
      at.jump(node, "jump", end);
      at.emitter.bind(otherwise);
      lowerExpression(at, node.alternate);
      return at.emitter.bind(end);
    }
    case "SequenceExpression":
      node.expressions.forEach((expression, i) => {
        lowerExpression(at, expression);
        if (i < node.expressions.length - 1) at.emit(expression, { op: "pop" });
      });
      return;
    case "AssignmentExpression":
      return lowerAssignment(at, node, true);
    case "UpdateExpression":
      return lowerUpdate(at, node, true);
    case "MemberExpression":
    case "CallExpression":
      return lowerMemberOrCall(at, node, null);
    case "ChainExpression":
      return lowerChain(at, node);
    case "NewExpression":
      return lowerNew(at, node);
    case "ParenthesizedExpression":
      return lowerExpression(at, node.expression);
    case "ImportExpression":
      return lowerImport(at, node);
    case "AwaitExpression":
      lowerExpression(at, node.argument);
      return at.emit(node, { op: "await" });
    case "YieldExpression":
      if (node.argument) lowerExpression(at, node.argument);
      else at.emit(node, { op: "pushConstant", value: undefined });
      return at.emit(node, { op: node.delegate ? "yieldDelegate" : "yield" });
  }
}

function lowerImport(at: Lowering, node: ImportExpression): void {
  const importer = at.source.analysis.imports.get(node);
  if (importer === undefined) throw new Error("an import has no importer");
  at.loadVariable(node, importer);
  lowerExpression(at, node.source);
  if (node.options) lowerExpression(at, node.options);
  else at.emit(node, { op: "pushConstant", value: undefined });
  at.emit(node, { op: "importModule" });
}

export const jumpOfLogical = {
  "&&": "jumpIfFalseOrPop",
  "||": "jumpIfTrueOrPop",
  "??": "jumpIfNotNullishOrPop",
} as const;

function lowerLiteral(at: Lowering, node: Literal): void {
  if (node.regex) {
    at.emit(node, { op: "createRegExp", pattern: node.regex.pattern, flags: node.regex.flags });
    return;
  }
  // Sound: a literal that is not a regular expression is one of the constants; an unparsable bigint has `bigint` set.
  const value = (node.bigint === undefined ? node.value : BigInt(node.bigint)) as Constant;
  at.emit(node, { op: "pushConstant", value });
}

/** ECMA-262 13.2.8.6: each substitution is converted before the next is evaluated. */
function lowerTemplate(at: Lowering, node: TemplateLiteral): void {
  at.emit(node, { op: "pushConstant", value: node.quasis[0]?.value.cooked ?? "" });
  node.expressions.forEach((expression, i) => {
    lowerExpression(at, expression);
    at.emit(expression, { op: "toText" });
    at.emit(node, { op: "binary", operator: "+" });
    const text = node.quasis[i + 1]?.value.cooked ?? "";
    if (text === "") return;
    at.emit(node, { op: "pushConstant", value: text });
    at.emit(node, { op: "binary", operator: "+" });
  });
}

function lowerArray(at: Lowering, node: ArrayExpression): void {
  const simple = node.elements.findIndex(
    (element) => element === null || element.type === "SpreadElement",
  );
  const head = simple < 0 ? node.elements : node.elements.slice(0, simple);
  for (const element of head)
    if (element !== null && element.type !== "SpreadElement") lowerExpression(at, element);
  at.emit(node, { op: "buildArray", count: head.length });
  for (const element of node.elements.slice(head.length)) {
    if (element === null) at.emit(node, { op: "appendHole" });
    else if (element.type === "SpreadElement") {
      lowerExpression(at, element.argument);
      at.emit(element, { op: "appendSpread", site: printCallSite(element.argument) });
    } else {
      lowerExpression(at, element);
      at.emit(element, { op: "appendElement" });
    }
  }
}

function lowerObject(at: Lowering, node: ObjectExpression): void {
  const complex = node.properties.findIndex(
    (property) => property.type === "SpreadElement" || !isPlainProperty(property),
  );
  const head = complex < 0 ? node.properties : node.properties.slice(0, complex);
  const names: string[] = [];
  for (const property of head) {
    if (property.type === "SpreadElement") continue;
    const name = keyName(property.key);
    names.push(name);
    lowerNamed(at, property.value, name);
  }
  at.emit(node, { op: "buildObject", names });
  for (const property of node.properties.slice(head.length)) {
    if (property.type === "SpreadElement") {
      lowerExpression(at, property.argument);
      at.emit(property, { op: "spreadObject" });
    } else lowerProperty(at, property);
  }
}

/** A data property with a literal key that has no special meaning. */
function isPlainProperty(property: Property): boolean {
  return (
    property.kind === "init" &&
    !property.method &&
    !property.computed &&
    keyName(property.key) !== "__proto__"
  );
}

function lowerProperty(at: Lowering, property: Property): void {
  if (property.kind !== "init" || property.method) {
    const methodKind =
      property.kind === "get" ? "getter" : property.kind === "set" ? "setter" : "method";
    if (property.computed) {
      lowerExpression(at, property.key);
      at.emit(property.key, { op: "toPropertyKey" });
      at.emit(property, {
        op: "defineMethodElement",
        child: at.addChild(property.value, { methodKind }),
      });
    } else {
      const child = at.addChild(property.value, { methodKind });
      at.emit(property, { op: "defineMethod", child, name: keyName(property.key) });
    }
    return;
  }
  if (property.computed) {
    lowerExpression(at, property.key);
    at.emit(property.key, { op: "toPropertyKey" });
    if (isAnonymousDefinition(property.value)) {
      at.emit(property.value, {
        op: "createNamedClosure",
        child: at.addChild(property.value, { methodKind: null }),
      });
    } else lowerExpression(at, property.value);
    at.emit(property, { op: "defineElement" });
    return;
  }
  const name = keyName(property.key);
  if (name === "__proto__" && !property.shorthand) {
    lowerExpression(at, property.value);
    at.emit(property, { op: "setPrototype" });
    return;
  }
  lowerNamed(at, property.value, name);
  at.emit(property, { op: "defineProperty", name });
}

function lowerUnary(at: Lowering, node: UnaryExpression): void {
  const { argument, operator } = node;
  if (operator === "delete") return lowerDelete(at, node, argument);
  if (operator === "typeof" && argument.type === "Identifier") {
    const { variable } = at.reference(argument);
    if (!at.isOwn(variable) && constantGlobal(variable) === null) {
      at.emit(node, { op: "typeofCapture", capture: at.captureIndex(variable) });
      return;
    }
  }
  lowerExpression(at, argument);
  if (operator === "void") {
    at.emit(node, { op: "pop" });
    at.emit(node, { op: "pushConstant", value: undefined });
  } else at.emit(node, { op: "unary", operator });
}

function lowerDelete(at: Lowering, node: UnaryExpression, argument: Expression): void {
  if (argument.type === "MemberExpression") {
    lowerMemberReference(at, argument);
    emitDelete(at, node, argument);
  } else if (
    argument.type === "ChainExpression" &&
    argument.expression.type === "MemberExpression"
  ) {
    // `delete a?.b`: true when the chain stops short.
    const stop = at.label();
    const end = at.label();
    const member = argument.expression;
    lowerMemberReference(at, member, stop);
    emitDelete(at, node, member);
    at.jump(node, "jump", end);
    at.emitter.bind(stop);
    at.emit(node, { op: "pushConstant", value: true });
    at.emitter.bind(end);
  } else {
    lowerExpression(at, argument);
    at.emit(node, { op: "pop" });
    at.emit(node, { op: "pushConstant", value: true });
  }
}

function emitDelete(
  at: Lowering,
  node: AnyNode,
  member: { computed: boolean; property: AnyNode },
): void {
  if (member.computed) at.emit(node, { op: "deleteElement" });
  else if (member.property.type === "Identifier")
    at.emit(node, { op: "deleteProperty", name: member.property.name });
}

// ---- closures and names

type ClosureNode = FunctionExpression | ArrowFunctionExpression | ClassExpression;

/** IsAnonymousFunctionDefinition (ECMA-262 8.6.2). */
export function isAnonymousDefinition(node: AnyNode): node is ClosureNode {
  return (
    node.type === "ArrowFunctionExpression" ||
    ((node.type === "FunctionExpression" || node.type === "ClassExpression") && !node.id)
  );
}

/** An expression whose anonymous function or class takes the name of what it is bound to. */
export function lowerNamed(at: Lowering, node: Expression, name: string): void {
  if (isAnonymousDefinition(node)) lowerClosure(at, node, name);
  else lowerExpression(at, node);
}

export function lowerClosure(at: Lowering, node: AnyNode, name: string | null): void {
  at.emit(node, { op: "createClosure", child: at.addChild(node, { methodKind: null }), name });
}

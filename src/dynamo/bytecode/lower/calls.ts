/** Member access, calls, optional chains, `new` and tagged templates. */

import type {
  AnyNode,
  CallExpression,
  ChainExpression,
  Expression,
  MemberExpression,
  NewExpression,
  SpreadElement,
  Super,
  TaggedTemplateExpression,
} from "acorn";
import { printCallSite } from "./call-site.ts";
import { lowerSuperCall, lowerThis } from "./derived-constructor.ts";
import type { Label } from "./emitter.ts";
import { lowerExpression } from "./expressions.ts";
import type { Lowering } from "./lowering.ts";
import { getKeyed, hasKey, pushPrivateName } from "./private-names.ts";

/** `stop` is where the innermost optional chain goes when it meets null or undefined, with its base popped. */
export function lowerMemberOrCall(
  at: Lowering,
  node: MemberExpression | CallExpression,
  stop: Label | null,
): void {
  if (node.type === "MemberExpression") {
    if (node.object.type === "Super") return lowerSuperMember(at, node, node.object);
    lowerMemberReference(at, node, stop);
    if (hasKey(node)) at.emit(node, { op: getKeyed(node) });
    else at.emit(node, { op: "getProperty", name: propertyName(at, node) });
    return;
  }
  if (at.source.analysis.evals.has(node)) return lowerDirectEval(at, node);
  if (at.derived?.superCall === node) return lowerSuperCall(at, node, at.derived);
  const site = printCallSite(node.callee);
  const isMethod = lowerCallee(at, node.callee, stop);
  if (node.optional && stop !== null)
    at.jump(node.callee, isMethod ? "jumpIfMethodNullish" : "jumpIfNullish", stop);
  if (node.arguments.some(isSpread)) {
    lowerSpreadArguments(at, node, node.arguments);
    at.emit(node, isMethod ? { op: "callMethodSpread", site } : { op: "callSpread", site });
  } else {
    const count = lowerArguments(at, node.arguments);
    at.emit(node, isMethod ? { op: "callMethod", count, site } : { op: "call", count, site });
  }
}

/** A call of the closure that stands for the direct eval, with what `eval` is and what it is given. */
function lowerDirectEval(at: Lowering, node: CallExpression): void {
  at.emit(node, {
    op: "createClosure",
    child: at.addChild(node, { methodKind: null }),
    name: null,
  });
  lowerBase(at, node.callee, null);
  const count = lowerArguments(at, node.arguments) + 1;
  at.emit(node, { op: "call", count, site: "eval" });
}

export function lowerChain(at: Lowering, node: ChainExpression): void {
  const stop = at.label();
  const end = at.label();
  lowerMemberOrCall(at, node.expression, stop);
  at.jump(node, "jump", end);
  at.emitter.bind(stop);
  at.emit(node, { op: "pushConstant", value: undefined });
  at.emitter.bind(end);
}

/** Pushes the object, and the key where it is computed or private. */
export function lowerMemberReference(
  at: Lowering,
  node: MemberExpression,
  stop: Label | null = null,
): void {
  lowerBase(at, node.object, stop);
  if (node.optional && stop !== null) at.jump(node.object, "jumpIfNullish", stop);
  if (node.property.type === "PrivateIdentifier") pushPrivateName(at, node.property);
  else if (node.computed) lowerExpression(at, node.property);
}

export function propertyName(at: Lowering, node: MemberExpression): string {
  return node.property.type === "Identifier"
    ? node.property.name
    : at.unsupported(node, "property key");
}

/** `super.x` (ECMA-262 §13.3.5): looked up from the prototype of the object the method is on, read for `this`. */
function lowerSuperMember(at: Lowering, node: MemberExpression, base: Super): void {
  const home = at.source.analysis.superUses.get(base);
  if (home === undefined) at.unsupported(base, "`super`");
  lowerThis(at, node);
  if (node.computed) lowerExpression(at, node.property as Expression); // a private name cannot follow `super`
  else at.emit(node, { op: "pushConstant", value: propertyName(at, node) });
  at.loadVariable(base, home);
  at.emit(node, { op: "getSuper" });
}

function lowerBase(at: Lowering, node: Expression | Super, stop: Label | null): void {
  if (node.type === "Super") at.unsupported(node, "`super`");
  else if (node.type === "MemberExpression" || node.type === "CallExpression")
    lowerMemberOrCall(at, node, stop);
  else lowerExpression(at, node);
}

/** Pushes what is called: method and receiver (true), or the function alone (false). */
function lowerCallee(at: Lowering, callee: Expression | Super, stop: Label | null): boolean {
  if (callee.type === "MemberExpression") {
    lowerMethod(at, callee, stop);
    return true;
  }
  if (callee.type === "ParenthesizedExpression") return lowerCallee(at, callee.expression, stop);
  if (callee.type === "ChainExpression" && callee.expression.type === "MemberExpression") {
    // `(a?.b)()` keeps the receiver; a short chain calls undefined.
    const inner = at.label();
    const end = at.label();
    lowerMethod(at, callee.expression, inner);
    at.jump(callee, "jump", end);
    at.emitter.bind(inner);
    at.emit(callee, { op: "pushConstant", value: undefined });
    at.emit(callee, { op: "pushConstant", value: undefined });
    at.emitter.bind(end);
    return true;
  }
  lowerBase(at, callee, stop);
  return false;
}

function lowerMethod(at: Lowering, member: MemberExpression, stop: Label | null): void {
  if (member.object.type === "Super") {
    lowerSuperMember(at, member, member.object);
    return lowerThis(at, member);
  }
  if (member.property.type === "PrivateIdentifier") {
    lowerBase(at, member.object, stop);
    if (member.optional && stop !== null) at.jump(member.object, "jumpIfNullish", stop);
    at.emit(member, { op: "duplicate" });
    pushPrivateName(at, member.property);
    at.emit(member, { op: "getPrivate" });
    return at.emit(member, { op: "swap" });
  }
  lowerMemberReference(at, member, stop);
  if (member.computed) at.emit(member, { op: "getMethodElement" });
  else at.emit(member, { op: "getMethod", name: propertyName(at, member) });
}

function isSpread(node: AnyNode): node is SpreadElement {
  return node.type === "SpreadElement";
}

function lowerArguments(at: Lowering, list: readonly (Expression | SpreadElement)[]): number {
  for (const argument of list) if (argument.type !== "SpreadElement") lowerExpression(at, argument);
  return list.length;
}

/** One array with all arguments. */
export function lowerArgumentArray(
  at: Lowering,
  call: AnyNode,
  list: readonly (Expression | SpreadElement)[],
): void {
  if (list.some(isSpread)) lowerSpreadArguments(at, call, list);
  else at.emit(call, { op: "buildArray", count: lowerArguments(at, list) });
}

function lowerSpreadArguments(
  at: Lowering,
  call: AnyNode,
  list: readonly (Expression | SpreadElement)[],
): void {
  const first = list.findIndex(isSpread);
  at.emit(call, { op: "buildArray", count: lowerArguments(at, list.slice(0, first)) });
  // V8 words the error of a call with one final spread differently from the one of an array literal.
  const prefix = first === list.length - 1 ? "..." : "";
  for (const argument of list.slice(first)) {
    if (argument.type === "SpreadElement") {
      lowerExpression(at, argument.argument);
      at.emit(argument, {
        op: "appendSpread",
        site: `${prefix}${printCallSite(argument.argument)}`,
      });
    } else {
      lowerExpression(at, argument);
      at.emit(argument, { op: "appendElement" });
    }
  }
}

export function lowerNew(at: Lowering, node: NewExpression): void {
  const site = printCallSite(node.callee);
  lowerExpression(at, node.callee);
  if (node.arguments.some(isSpread)) {
    lowerSpreadArguments(at, node, node.arguments);
    at.emit(node, { op: "constructSpread", site });
  } else at.emit(node, { op: "construct", count: lowerArguments(at, node.arguments), site });
}

export function lowerTaggedTemplate(at: Lowering, node: TaggedTemplateExpression): void {
  const isMethod = lowerCallee(at, node.tag, null);
  const { quasis, expressions } = node.quasi;
  const cooked = quasis.map((quasi) => quasi.value.cooked ?? null);
  at.emit(node, { op: "templateObject", cooked, raw: quasis.map((quasi) => quasi.value.raw) });
  for (const expression of expressions) lowerExpression(at, expression);
  const count = expressions.length + 1;
  const site = printCallSite(node.tag);
  at.emit(node, isMethod ? { op: "callMethod", count, site } : { op: "call", count, site });
}

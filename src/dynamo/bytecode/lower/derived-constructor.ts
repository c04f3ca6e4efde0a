/**
 * The constructor of a class that extends another (ECMA-262 §10.2.2, §13.3.7.1): its `this` is a local that the one
 * `super(…)` among its statements gives a value. Constructors that could use `this` before that are not lowered.
 */

import type { AnyNode, CallExpression, Statement } from "acorn";
import { walk } from "../parse/child-nodes.ts";
import type { FunctionNode } from "../parse/parse-function.ts";
import { lowerArgumentArray } from "./calls.ts";
import type { DerivedField } from "./class-constructor.ts";
import { lowerExpression } from "./expressions.ts";
import type { Lowering } from "./lowering.ts";

export interface DerivedConstructor {
  readonly fields: readonly DerivedField[];
  /** True for the default one: its parent gets all arguments. */
  readonly passesArguments: boolean;
}

/** What the lowering of a derived constructor knows of its `this`. */
export interface DerivedThis extends DerivedConstructor {
  readonly slot: number;
  readonly superCall: CallExpression;
  /** True behind the call: everything lowered from then on runs after it. */
  isBound: boolean;
}

/** Finds the call of the parent's constructor, and refuses what would need `this` in another way. */
export function derivedThis(
  at: Lowering,
  node: FunctionNode,
  derived: DerivedConstructor,
): DerivedThis {
  if (node.body.type !== "BlockStatement") return at.unsupported(node, "constructor");
  const calls = node.body.body.flatMap((statement) => superCallOf(statement) ?? []);
  const [superCall] = calls;
  if (superCall === undefined || calls.length > 1)
    return at.unsupported(node, "constructor whose `super(…)` is not one of its statements");
  walk(node.body, (inner) => {
    switch (inner.type) {
      case "FunctionExpression":
      case "FunctionDeclaration":
        return false; // has a `this` of its own
      case "ArrowFunctionExpression":
      case "ClassExpression":
      case "ClassDeclaration":
        return usesThis(inner)
          ? at.unsupported(inner, "function in a derived constructor that uses `this`")
          : false;
      case "ReturnStatement":
        return inner.argument ? at.unsupported(inner, "derived constructor with a result") : true;
      case "CallExpression":
        return inner.callee.type === "Identifier" && inner.callee.name === "eval"
          ? at.unsupported(inner, "direct eval in a derived constructor")
          : true;
      default:
        return true;
    }
  });
  const slot = at.emitter.allocate("$this", false, false);
  return { ...derived, slot, superCall, isBound: false };
}

function superCallOf(statement: Statement): CallExpression | null {
  if (statement.type !== "ExpressionStatement") return null;
  const { expression } = statement;
  return expression.type === "CallExpression" && expression.callee.type === "Super"
    ? expression
    : null;
}

function usesThis(node: Parameters<typeof walk>[0]): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.type === "ThisExpression" || inner.type === "Super") found = true;
    const isEval =
      inner.type === "CallExpression" &&
      inner.callee.type === "Identifier" &&
      inner.callee.name === "eval";
    if (isEval) found = true;
    return !found;
  });
  return found;
}

/** Makes the object by the parent's constructor, and defines the fields of this class on it. */
export function lowerSuperCall(at: Lowering, node: CallExpression, self: DerivedThis): void {
  at.emit(node, { op: "loadSelf" });
  at.emit(node, { op: "loadNewTarget" });
  if (self.passesArguments) at.emit(node, { op: "restParameters", index: 0 });
  else lowerArgumentArray(at, node, node.arguments);
  at.emit(node, { op: "superConstruct" });
  for (const field of self.fields) {
    if (field.value === null) at.emit(field.node, { op: "pushConstant", value: undefined });
    else lowerExpression(at, field.value);
    at.emit(field.node, { op: "defineProperty", name: field.name });
  }
  at.emit(node, { op: "duplicate" });
  at.emit(node, { op: "storeLocal", slot: self.slot });
  self.isBound = true;
}

export function lowerThis(at: Lowering, node: AnyNode): void {
  const { derived } = at;
  if (derived === null) return at.emit(node, { op: "loadThis" });
  if (!derived.isBound) at.unsupported(node, "`this` before `super(…)`");
  at.emit(node, { op: "loadLocal", slot: derived.slot });
}

/** What a function gives that says nothing: undefined, and a derived constructor its object. */
export function lowerNoResult(at: Lowering, node: AnyNode): void {
  const { derived } = at;
  if (derived === null) return at.emit(node, { op: "pushConstant", value: undefined });
  if (!derived.isBound) at.unsupported(node, "return before `super(…)`");
  at.emit(node, { op: "loadLocal", slot: derived.slot });
}

/** What moving a direct eval into a closure of its own has to keep, and when that is not possible. */

import type { AnyNode, CallExpression } from "acorn";
import {
  engineAccepts,
  type EvalCode,
  isEvalCall,
  literalText,
  namesDeclaredOutside,
  parseEvalCode,
} from "./eval-text.ts";
import type { Scope, Unit, Variable } from "./scope.ts";
import { walk } from "./child-nodes.ts";

export interface EvalUse {
  readonly usesArguments: boolean;
  /** The text may say `super` or a private name. */
  readonly mayNeedMethod: boolean;
  /** The text declares variables in the function around it: that has to be a function of the engine. */
  readonly needsFunction: boolean;
}

/** A text gives the construct that cannot be moved. */
export function evalUse(
  node: CallExpression,
  isStrict: boolean,
  scope: Scope,
  isAlone: () => boolean,
): EvalUse | string {
  const refused = "direct eval";
  if (node.arguments.some(({ type }) => type === "SpreadElement")) return refused;
  if (isDeclared("eval", scope) || !isAlone()) return refused;
  const text = literalText(node);
  const hasFunction = functionAround(scope.unit)?.node !== null;
  if (text === null) {
    // What a sloppy text declares would be seen by everything in the function. The `arguments` and `new.target` of an
    // arrow function are out of reach.
    return isStrict && hasFunction
      ? { usesArguments: true, mayNeedMethod: true, needsFunction: false }
      : refused;
  }
  if (/\bimport\b|\bcaller\b/.test(text)) return refused;
  if (!hasFunction && /arguments|target|super|\\/.test(text)) return refused;
  const code = parseEvalCode(text, isStrict);
  if (code === null) {
    // The engine throws its SyntaxError wherever the call is; a text that only it understands is not moved.
    return engineAccepts(text)
      ? refused
      : { usesArguments: false, mayNeedMethod: false, needsFunction: false };
  }
  const names = isStrict ? [] : [...namesDeclaredOutside(code)];
  if (!isStrict && !isPlain(code)) return refused;
  const needsFunction = names.length > 0 && !isUnseen(names, node, outermost(scope.unit));
  if (needsFunction && !staysInFunction(names, node, scope)) return refused;
  return {
    usesArguments: /arguments|\\/.test(text),
    mayNeedMethod: /super|#|\\/.test(text),
    needsFunction,
  };
}

/** Whether the variables in sight of sloppy code are those that its text shows. */
function isPlain({ body }: EvalCode): boolean {
  let plain = true;
  for (const statement of body) {
    walk(statement, (inner) => {
      if (inner.type === "WithStatement") plain = false;
      if (inner.type === "UnaryExpression" && inner.operator === "delete")
        plain &&= inner.argument.type !== "Identifier";
      if (inner.type === "CallExpression") plain &&= !isEvalCall(inner);
      return plain;
    });
  }
  return plain;
}

/** Whether nothing in the node but the eval itself can tell where the variables are that it declares. */
function isUnseen(
  names: readonly string[],
  eval_: CallExpression,
  within: AnyNode | null,
): boolean {
  let unseen = within !== null && !names.includes("arguments");
  if (within === null) return false;
  walk(within, (node) => {
    if (node === eval_) return false;
    if (node.type === "Identifier" && names.includes(node.name)) unseen = false;
    if (node.type === "CallExpression" && isEvalCall(node)) {
      const text = literalText(node);
      if (text === null || text.includes("\\") || names.some((name) => text.includes(name)))
        unseen = false;
    }
    return unseen;
  });
  return unseen;
}

/** Whether all that can see the variables is in the function around the eval, and can only mean them. */
function staysInFunction(names: readonly string[], node: CallExpression, scope: Scope): boolean {
  const { unit } = scope;
  if (unit.node === null || unit.parent?.node === null || unit.node.type === "CallExpression")
    return false;
  return names.every(
    (name) =>
      isOwn(name, scope) ||
      (name === "arguments" && unit.node?.type !== "ArrowFunctionExpression") ||
      isUnseen([name], node, unit.node),
  );
}

/** Declared by the function that the scope is in. */
function isOwn(name: string, from: Scope): boolean {
  for (let scope: Scope | null = from; scope?.unit === from.unit; scope = scope.parent)
    if (scope.variables.has(name)) return true;
  return false;
}

function outermost(from: Unit): AnyNode | null {
  let unit = from;
  while (unit.parent !== null && unit.parent.node !== null) unit = unit.parent;
  return unit.node;
}

function isDeclared(name: string, scope: Scope): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.parent)
    if (at.kind !== "outer" && at.variables.has(name)) return true;
  return false;
}

/** Innermost first, one a name. `arguments` is made where it is wanted and there is a function to have it. */
export function visibleVariables(from: Scope, wantsArguments: boolean): readonly Variable[] {
  const found = new Map<string, Variable>();
  let mayHaveArguments = wantsArguments;
  for (
    let scope: Scope | null = from;
    scope !== null && scope.kind !== "outer";
    scope = scope.parent
  ) {
    if (scope.kind === "function" && scope.unit.hasOwnThis && mayHaveArguments)
      scope.declare("arguments", "arguments");
    for (const variable of scope.variables.values())
      if (!found.has(variable.name)) found.set(variable.name, variable);
    // Initializers and static blocks of a class have none (ECMA-262 15.7.1).
    if (scope.unit.hasOwnThis && scope.parent?.unit !== scope.unit) mayHaveArguments = false;
  }
  return [...found.values()];
}

/** The innermost function with a `this` of its own. */
export function functionAround(from: Unit): Unit | null {
  let unit: Unit | null = from;
  while (unit !== null && !unit.hasOwnThis) unit = unit.parent;
  return unit;
}

export function isInClass({ parent }: Unit): boolean {
  const type = parent?.node?.type;
  return type === "ClassDeclaration" || type === "ClassExpression";
}

/** A function's entry: own name, `arguments`, parameters, hoisted declarations (ECMA-262 10.2.11). */

import type { FunctionNode } from "../parse/parse-function.ts";
import type { Scope } from "../parse/scope.ts";
import { lowerNoResult } from "./derived-constructor.ts";
import { lowerExpression } from "./expressions.ts";
import type { Lowering } from "./lowering.ts";
import { lowerPattern } from "./patterns.ts";
import { lowerStatements } from "./statements.ts";

export function lowerBody(at: Lowering, node: FunctionNode): void {
  const { analysis } = at.source;
  bindOwnName(at, node, analysis.ownNameScopes.get(node) ?? null);
  const scope = at.scopeOf(node);
  if (scope === null) throw new Error("a function without a scope");
  at.enterScope(node, scope);
  const argumentsVariable = scope.variables.get("arguments");
  if (argumentsVariable?.kind === "arguments") {
    at.emit(node, { op: "createArguments" });
    at.initializeVariable(node, argumentsVariable);
  }
  bindParameters(at, node);
  const bodyScope = analysis.bodyScopes.get(node) ?? null;
  if (bodyScope !== null) enterBodyScope(at, node, scope, bodyScope);
  if (at.isGenerator) at.emit(node, { op: "startGenerator" });
  if (node.body.type === "BlockStatement") {
    lowerStatements(at, node.body.body);
    lowerNoResult(at, node);
    at.emit(node, { op: "return" });
  } else {
    lowerExpression(at, node.body);
    at.emit(node.body, { op: "return" });
  }
}

function bindOwnName(at: Lowering, node: FunctionNode, scope: Scope | null): void {
  if (scope === null || !node.id) return;
  const variable = scope.variables.get(node.id.name);
  if (variable === undefined) return;
  const isUsed =
    variable.isCaptured ||
    [...at.source.analysis.references.values()].some(
      (reference) => reference.variable === variable,
    );
  if (!isUsed) return;
  at.enterScope(node.id, scope);
  at.emit(node.id, { op: "loadSelf" });
  at.initializeVariable(node.id, variable);
}

function bindParameters(at: Lowering, node: FunctionNode): void {
  node.params.forEach((parameter, index) => {
    if (parameter.type === "RestElement") {
      at.emit(parameter, { op: "restParameters", index });
      lowerPattern(at, parameter.argument, { initializes: true, site: "" });
    } else {
      at.emit(parameter, { op: "loadParameter", index });
      lowerPattern(at, parameter, { initializes: true, site: "", isParameter: true });
    }
  });
}

/** A `var` that has a parameter's name starts with the parameter's value (step 28). */
function enterBodyScope(at: Lowering, node: FunctionNode, parameters: Scope, body: Scope): void {
  at.enterScope(node.body, body);
  for (const variable of body.variables.values()) {
    const parameter = parameters.variables.get(variable.name);
    if (variable.kind !== "var" || parameter === undefined) continue;
    at.loadVariable(node.body, parameter);
    at.initializeVariable(node.body, variable);
  }
}

/** Statements: each starts and ends with an empty operand stack. */

import type {
  BlockStatement,
  Expression,
  ExpressionStatement,
  LabeledStatement,
  ReturnStatement,
  Statement,
  SwitchStatement,
  VariableDeclaration,
} from "acorn";
import type { Scope } from "../parse/scope.ts";
import { lowerAssignment, lowerUpdate } from "./assignments.ts";
import { printCallSite, printIterableSite } from "./call-site.ts";
import { lowerNoResult } from "./derived-constructor.ts";
import { lowerBreak, lowerContinue, lowerExit } from "./exits.ts";
import { lowerClosure, lowerExpression, lowerNamed } from "./expressions.ts";
import { lowerDoWhile, lowerFor, lowerForIn, lowerForOf, lowerWhile } from "./loops.ts";
import type { Lowering } from "./lowering.ts";
import { lowerPattern } from "./patterns.ts";
import { lowerTry } from "./try.ts";

export function lowerStatement(at: Lowering, node: Statement): void {
  const labels = at.pendingLabels;
  at.pendingLabels = [];
  switch (node.type) {
    case "EmptyStatement":
    case "DebuggerStatement":
    case "FunctionDeclaration":
      // A function declaration was made when its block was entered.
      return;
    case "ExpressionStatement":
      return lowerExpressionStatement(at, node);
    case "BlockStatement":
      return breakable(at, labels, () => lowerBlock(at, node));
    case "VariableDeclaration":
      return lowerVariables(at, node);
    case "ClassDeclaration":
      lowerClosure(at, node, null);
      return at.initializeVariable(node, at.reference(node.id).variable);
    case "ReturnStatement":
      return lowerReturn(at, node);
    case "ThrowStatement":
      lowerExpression(at, node.argument);
      return at.emit(node, { op: "throw" });
    case "IfStatement":
      return breakable(at, labels, () => {
        const otherwise = at.label();
        const end = at.label();
        lowerExpression(at, node.test);
        at.jump(node.test, "jumpIfFalse", otherwise);
        lowerStatement(at, node.consequent);
        if (node.alternate) {
          at.jump(node, "jump", end);
          at.emitter.bind(otherwise);
          lowerStatement(at, node.alternate);
        } else at.emitter.bind(otherwise);
        at.emitter.bind(end);
      });
    case "LabeledStatement":
      return lowerLabeled(at, node, labels);
    case "BreakStatement":
      return lowerBreak(at, node, node.label?.name ?? null);
    case "ContinueStatement":
      return lowerContinue(at, node, node.label?.name ?? null);
    case "WhileStatement":
      return lowerWhile(at, node, labels);
    case "DoWhileStatement":
      return lowerDoWhile(at, node, labels);
    case "ForStatement":
      return lowerFor(at, node, labels);
    case "ForInStatement":
      return lowerForIn(at, node, labels);
    case "ForOfStatement":
      return lowerForOf(at, node, labels);
    case "SwitchStatement":
      return lowerSwitch(at, node, labels);
    case "TryStatement":
      return breakable(at, labels, () => lowerTry(at, node));
    case "WithStatement":
      return at.unsupported(node, "`with` statement");
  }
}

/** Runs `body` as a statement that `break label` can leave. */
function breakable(at: Lowering, labels: readonly string[], body: () => void): void {
  if (labels.length === 0) return body();
  const end = at.label();
  at.controls.push({
    kind: "place",
    labels,
    breakTo: end,
    continueTo: null,
    takesPlainBreak: false,
  });
  body();
  at.controls.pop();
  at.emitter.bind(end);
}

function lowerLabeled(at: Lowering, node: LabeledStatement, labels: readonly string[]): void {
  const all = [...labels, node.label.name];
  const takesLabels = /^(For|While|DoWhile|Switch|Labeled|Block|If|Try)/.test(node.body.type);
  if (!takesLabels) return breakable(at, all, () => lowerStatement(at, node.body));
  at.pendingLabels = all;
  lowerStatement(at, node.body);
}

export function lowerBlock(at: Lowering, node: BlockStatement): void {
  const scope = at.scopeOf(node);
  if (scope !== null) at.enterScope(node, scope);
  lowerStatements(at, node.body);
  if (scope !== null) at.leaveScope(scope);
}

/** Function declarations first (ECMA-262 14.2.3), then everything in order. */
export function lowerStatements(at: Lowering, statements: readonly Statement[]): void {
  lowerFunctionDeclarations(at, statements);
  for (const statement of statements) lowerStatement(at, statement);
}

function lowerFunctionDeclarations(at: Lowering, statements: readonly Statement[]): void {
  for (const statement of statements) {
    if (statement.type !== "FunctionDeclaration") continue;
    lowerClosure(at, statement, null);
    at.initializeVariable(statement, at.reference(statement.id).variable);
  }
}

/** Evaluates an expression for its effects. */
export function lowerEffect(at: Lowering, node: Expression): void {
  if (node.type === "UpdateExpression") lowerUpdate(at, node, false);
  else if (node.type === "AssignmentExpression") lowerAssignment(at, node, false);
  else if (node.type === "SequenceExpression")
    for (const expression of node.expressions) lowerEffect(at, expression);
  else {
    lowerExpression(at, node);
    at.emit(node, { op: "pop" });
  }
}

function lowerExpressionStatement(at: Lowering, node: ExpressionStatement): void {
  if (node.directive === undefined) lowerEffect(at, node.expression);
}

export function lowerVariables(at: Lowering, node: VariableDeclaration): void {
  if (node.kind === "using" || node.kind === "await using")
    at.unsupported(node, `\`${node.kind}\` declaration`);
  for (const declarator of node.declarations) {
    const { id, init } = declarator;
    if (!init) {
      if (node.kind === "var") continue;
      at.emit(declarator, { op: "pushConstant", value: undefined });
    } else if (id.type === "Identifier") lowerNamed(at, init, id.name);
    else lowerExpression(at, init);
    lowerPattern(at, id, { initializes: true, site: patternSite(id.type, init ?? null) });
  }
}

/** How messages name the value of a declaration's pattern. */
function patternSite(pattern: string, init: Expression | null): string {
  if (init === null) return "";
  if (pattern !== "ArrayPattern") return printCallSite(init);
  return init.type === "Identifier" || init.type === "Literal" ? printIterableSite(init) : "";
}

function lowerReturn(at: Lowering, node: ReturnStatement): void {
  if (node.argument) lowerExpression(at, node.argument);
  else lowerNoResult(at, node);
  if (at.suspends === "asyncGenerator" && node.argument)
    return at.emit(node, { op: "returnAwaited" });
  lowerExit(at, node, { to: "return", controlCount: 0 });
}

function lowerSwitch(at: Lowering, node: SwitchStatement, labels: readonly string[]): void {
  const discriminant = at.emitter.allocate("$discriminant", false, false);
  const end = at.label();
  lowerExpression(at, node.discriminant);
  at.emit(node.discriminant, { op: "storeLocal", slot: discriminant });
  const scope: Scope | null = at.scopeOf(node);
  if (scope !== null) at.enterScope(node, scope);
  for (const clause of node.cases) lowerFunctionDeclarations(at, clause.consequent);
  at.controls.push({
    kind: "place",
    labels,
    breakTo: end,
    continueTo: null,
    takesPlainBreak: true,
  });
  const bodies = node.cases.map(() => at.label());
  let otherwise = end;
  node.cases.forEach((clause, i) => {
    const body = bodies[i] ?? end;
    if (!clause.test) {
      otherwise = body;
      return;
    }
    at.emit(clause.test, { op: "loadLocal", slot: discriminant });
    lowerExpression(at, clause.test);
    at.emit(clause.test, { op: "binary", operator: "===" });
    at.jump(clause.test, "jumpIfTrue", body);
  });
  at.jump(node, "jump", otherwise);
  node.cases.forEach((clause, i) => {
    at.emitter.bind(bodies[i] ?? end);
    for (const statement of clause.consequent) lowerStatement(at, statement);
  });
  at.controls.pop();
  at.emitter.bind(end);
  if (scope !== null) at.leaveScope(scope);
  at.emitter.release(discriminant);
}

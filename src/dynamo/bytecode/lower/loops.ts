/** Loops. Captured loop variables get a new cell each iteration (ECMA-262 14.7.4.4, 14.7.5.6). */

import type {
  DoWhileStatement,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  WhileStatement,
} from "acorn";
import type { Label } from "./emitter.ts";
import { printIterableSite } from "./call-site.ts";
import { closeAndThrow } from "./exits.ts";
import { lowerForAwait } from "./for-await.ts";
import { lowerExpression } from "./expressions.ts";
import type { Control, Lowering } from "./lowering.ts";
import { lowerMemberTarget, lowerPattern } from "./patterns.ts";
import { lowerEffect, lowerStatement, lowerVariables } from "./statements.ts";

export function place(
  labels: readonly string[],
  breakTo: Label | null,
  continueTo: Label | null,
): Control {
  return { kind: "place", labels, breakTo, continueTo, takesPlainBreak: breakTo !== null };
}

export function lowerWhile(at: Lowering, node: WhileStatement, labels: readonly string[]): void {
  const head = at.label();
  const end = at.label();
  at.emitter.bind(head);
  at.controls.push(place(labels, end, head));
  lowerExpression(at, node.test);
  at.jump(node.test, "jumpIfFalse", end);
  lowerStatement(at, node.body);
  at.jump(node, "jump", head);
  at.controls.pop();
  at.emitter.bind(end);
}

export function lowerDoWhile(
  at: Lowering,
  node: DoWhileStatement,
  labels: readonly string[],
): void {
  const head = at.label();
  const test = at.label();
  const end = at.label();
  at.emitter.bind(head);
  at.controls.push(place(labels, end, test));
  lowerStatement(at, node.body);
  at.controls.pop();
  at.emitter.bind(test);
  lowerExpression(at, node.test);
  at.jump(node.test, "jumpIfTrue", head);
  at.emitter.bind(end);
}

export function lowerFor(at: Lowering, node: ForStatement, labels: readonly string[]): void {
  const scope = at.scopeOf(node);
  if (scope !== null) at.enterScope(node, scope);
  if (node.init?.type === "VariableDeclaration") lowerVariables(at, node.init);
  else if (node.init) lowerEffect(at, node.init);
  const isLet = node.init?.type === "VariableDeclaration" && node.init.kind === "let";
  const perIteration =
    isLet && scope !== null
      ? [...scope.variables.values()].filter((variable) => variable.isCaptured)
      : [];
  const copyCells = (): void => {
    for (const variable of perIteration)
      at.emit(node, { op: "copyCell", slot: at.slotOf(variable) });
  };
  const head = at.label();
  const step = at.label();
  const end = at.label();
  copyCells();
  at.emitter.bind(head);
  at.controls.push(place(labels, end, step));
  if (node.test) {
    lowerExpression(at, node.test);
    at.jump(node.test, "jumpIfFalse", end);
  }
  lowerStatement(at, node.body);
  at.controls.pop();
  at.emitter.bind(step);
  copyCells();
  if (node.update) lowerEffect(at, node.update);
  at.jump(node, "jump", head);
  at.emitter.bind(end);
  if (scope !== null) at.leaveScope(scope);
}

export function lowerForIn(at: Lowering, node: ForInStatement, labels: readonly string[]): void {
  const iterator = openIteration(at, node, () => at.emit(node.right, { op: "enumerateKeys" }));
  const head = at.label();
  const end = at.label();
  at.emitter.bind(head);
  at.controls.push(place(labels, end, head));
  at.emit(node.left, { op: "advanceIterator", iterator, target: end });
  bindIteration(at, node, () => at.emit(node.left, { op: "iteratorValue", iterator }));
  lowerStatement(at, node.body);
  at.controls.pop();
  at.jump(node, "jump", head);
  at.emitter.bind(end);
  closeIteration(at, node, iterator);
}

export function lowerForOf(at: Lowering, node: ForOfStatement, labels: readonly string[]): void {
  if (node.await) return lowerForAwait(at, node, labels);
  const site = printIterableSite(node.right);
  const iterator = openIteration(at, node, () => at.emit(node.right, { op: "getIterator", site }));
  const head = at.label();
  const next = at.label();
  const end = at.label();
  const handler = at.label();
  at.emitter.bind(head);
  at.controls.push(place(labels, end, null));
  at.emit(node.left, { op: "advanceIterator", iterator, target: end });
  // `break` crosses the iterator and closes it; `continue` stays inside.
  at.controls.push({
    kind: "iterator",
    slot: iterator,
    isAsync: false,
    regionCount: at.emitter.openRegions.length,
  });
  at.controls.push(place(labels, null, next));
  at.emitter.openRegion(handler, 0);
  bindIteration(at, node, () => at.emit(node.left, { op: "iteratorValue", iterator }));
  lowerStatement(at, node.body);
  at.emitter.closeRegion();
  at.controls.splice(-3);
  at.emitter.bind(next);
  at.jump(node, "jump", head);
  at.emitter.bind(handler);
  closeAndThrow(at, node, iterator);
  at.emitter.bind(end);
  closeIteration(at, node, iterator);
}

type ForEach = ForInStatement | ForOfStatement;

/** Evaluates the subject, with the loop variables in their dead zone, and keeps the iterator record in a local. */
export function openIteration(at: Lowering, node: ForEach, begin: () => void): number {
  if (node.left.type === "VariableDeclaration" && node.left.kind === "var") {
    const declarator = node.left.declarations[0];
    // Annex B `for (var x = 1 in o)`
    if (declarator?.init) lowerVariables(at, node.left);
  }
  const scope = at.scopeOf(node);
  if (scope !== null) at.enterScope(node, scope);
  lowerExpression(at, node.right);
  begin();
  const iterator = at.emitter.allocate("$iterator", false, false);
  at.emit(node.right, { op: "storeLocal", slot: iterator });
  return iterator;
}

/** The variables of one iteration, bound to the record's current value. */
export function bindIteration(at: Lowering, node: ForEach, fetch: () => void): void {
  const scope = at.scopeOf(node);
  if (scope !== null) at.enterScope(node, scope);
  const { left } = node;
  const target = left.type === "VariableDeclaration" ? left.declarations[0]?.id : left;
  if (target === undefined) at.unsupported(node, "loop without a variable");
  if (
    left.type === "VariableDeclaration" &&
    (left.kind === "using" || left.kind === "await using")
  ) {
    at.unsupported(left, `\`${left.kind}\` declaration`);
  }
  lowerLoopTarget(at, target, left.type === "VariableDeclaration", fetch);
}

function lowerLoopTarget(
  at: Lowering,
  target: Parameters<typeof lowerPattern>[1],
  initializes: boolean,
  fetch: () => void,
): void {
  if (target.type === "MemberExpression") lowerMemberTarget(at, target, fetch);
  else {
    fetch();
    lowerPattern(at, target, { initializes, site: ".for" });
  }
}

export function closeIteration(at: Lowering, node: ForEach, iterator: number): void {
  at.emitter.release(iterator);
  const scope = at.scopeOf(node);
  if (scope !== null) at.leaveScope(scope);
}

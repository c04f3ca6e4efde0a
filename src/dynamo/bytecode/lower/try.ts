/** `try`, `catch` and `finally`. A `finally` block exists once; a token says what happens after it. */

import type { CatchClause, TryStatement } from "acorn";
import { completion, lowerExit } from "./exits.ts";
import type { Control, Lowering } from "./lowering.ts";
import { lowerPattern } from "./patterns.ts";
import { lowerBlock } from "./statements.ts";

export function lowerTry(at: Lowering, node: TryStatement): void {
  if (!node.finalizer) return lowerTryCatch(at, node);
  const token = at.emitter.allocate("$completion", false, false);
  const value = at.emitter.allocate("$value", false, false);
  const entry = at.label();
  const handler = at.label();
  const control: Extract<Control, { kind: "finally" }> = {
    kind: "finally",
    token,
    value,
    entry,
    regionCount: at.emitter.openRegions.length,
    exits: [],
  };
  at.emitter.openRegion(handler, 0);
  at.controls.push(control);
  lowerTryCatch(at, node);
  at.controls.pop();
  at.emitter.closeRegion();
  // Every way in sets both locals, so that neither is live before the `try`.
  at.emit(node.finalizer, { op: "pushConstant", value: undefined });
  at.emit(node.finalizer, { op: "storeLocal", slot: value });
  at.emit(node.finalizer, { op: "pushConstant", value: completion.normal });
  at.emit(node.finalizer, { op: "storeLocal", slot: token });
  at.jump(node.finalizer, "jump", entry);
  at.emitter.bind(handler);
  at.emit(node.finalizer, { op: "storeLocal", slot: value });
  at.emit(node.finalizer, { op: "pushConstant", value: completion.throw });
  at.emit(node.finalizer, { op: "storeLocal", slot: token });
  at.emitter.bind(entry);
  lowerBlock(at, node.finalizer);
  lowerDispatch(at, node, control);
  at.emitter.release(value);
  at.emitter.release(token);
}

/** After the `finally` block: go on as it was entered. */
function lowerDispatch(
  at: Lowering,
  node: TryStatement,
  control: Extract<Control, { kind: "finally" }>,
): void {
  const finalizer = node.finalizer ?? node;
  const whenToken = (token: number, then: () => void): void => {
    const other = at.label();
    at.emit(finalizer, { op: "loadLocal", slot: control.token });
    at.emit(finalizer, { op: "pushConstant", value: token });
    at.emit(finalizer, { op: "binary", operator: "===" });
    at.jump(finalizer, "jumpIfFalse", other);
    then();
    at.emitter.bind(other);
  };
  whenToken(completion.throw, () => {
    at.emit(finalizer, { op: "loadLocal", slot: control.value });
    at.emit(finalizer, { op: "throw" });
  });
  control.exits.forEach((exit, i) => {
    whenToken(completion.firstExit + i, () => {
      if (exit.to === "return") at.emit(finalizer, { op: "loadLocal", slot: control.value });
      lowerExit(at, finalizer, exit);
    });
  });
}

function lowerTryCatch(at: Lowering, node: TryStatement): void {
  if (!node.handler) return lowerBlock(at, node.block);
  const handler = at.label();
  const end = at.label();
  at.emitter.openRegion(handler, 0);
  lowerBlock(at, node.block);
  at.emitter.closeRegion();
  at.jump(node, "jump", end);
  at.emitter.bind(handler);
  lowerCatch(at, node.handler);
  at.emitter.bind(end);
}

/** A generator's `return` is no error: no `catch` clause sees it. */
function letReturnsBy(at: Lowering, node: CatchClause): void {
  if (!at.isGenerator) return;
  const isError = at.label();
  at.emit(node, { op: "isReturnCompletion" });
  at.jump(node, "jumpIfFalse", isError);
  at.emit(node, { op: "throw" });
  at.emitter.bind(isError);
}

function lowerCatch(at: Lowering, node: CatchClause): void {
  const scope = at.scopeOf(node);
  if (scope !== null) at.enterScope(node, scope);
  letReturnsBy(at, node);
  if (node.param) lowerPattern(at, node.param, { initializes: true, site: ".catch" });
  else at.emit(node, { op: "pop" });
  lowerBlock(at, node.body);
  if (scope !== null) at.leaveScope(scope);
}

/** `for await`: each step and the closing of the iterator are awaited (ECMA-262 14.7.5.6). */

import type { ForOfStatement } from "acorn";
import { printIterableSite } from "./call-site.ts";
import { closeAsyncIterator } from "./exits.ts";
import { bindIteration, closeIteration, openIteration, place } from "./loops.ts";
import type { Lowering } from "./lowering.ts";
import { lowerStatement } from "./statements.ts";

export function lowerForAwait(at: Lowering, node: ForOfStatement, labels: readonly string[]): void {
  const site = printIterableSite(node.right);
  const iterator = openIteration(at, node, () =>
    at.emit(node.right, { op: "getAsyncIterator", site }),
  );
  const value = at.emitter.allocate("$awaited", false, false);
  const head = at.label();
  const next = at.label();
  const end = at.label();
  const handler = at.label();
  at.emitter.bind(head);
  at.controls.push(place(labels, end, null));
  at.emit(node.left, { op: "asyncIteratorNext", iterator });
  at.emit(node.left, { op: "await" });
  at.emit(node.left, { op: "requireIteratorResult" });
  at.emit(node.left, { op: "storeLocal", slot: value });
  at.emit(node.left, { op: "loadLocal", slot: value });
  at.emit(node.left, { op: "getProperty", name: "done" });
  at.jump(node.left, "jumpIfTrue", end);
  at.emit(node.left, { op: "loadLocal", slot: value });
  at.emit(node.left, { op: "getProperty", name: "value" });
  at.emit(node.left, { op: "storeLocal", slot: value });
  at.controls.push({
    kind: "iterator",
    slot: iterator,
    isAsync: true,
    regionCount: at.emitter.openRegions.length,
  });
  at.controls.push(place(labels, null, next));
  at.emitter.openRegion(handler, 0);
  bindIteration(at, node, () => at.emit(node.left, { op: "loadLocal", slot: value }));
  lowerStatement(at, node.body);
  at.emitter.closeRegion();
  at.controls.splice(-3);
  at.emitter.bind(next);
  at.jump(node, "jump", head);
  at.emitter.bind(handler);
  closeAndThrow(at, node, iterator);
  at.emitter.bind(end);
  at.emitter.release(value);
  closeIteration(at, node, iterator);
}

/** AsyncIteratorClose for a throw completion: whatever goes wrong on the way, the first error is thrown. */
function closeAndThrow(at: Lowering, node: ForOfStatement, iterator: number): void {
  const error = at.emitter.allocate("$error", false, false);
  if (at.isGenerator) {
    const isError = at.label();
    at.emit(node, { op: "isReturnCompletion" });
    at.jump(node, "jumpIfFalse", isError);
    at.emit(node, { op: "storeLocal", slot: error });
    closeAsyncIterator(at, node, iterator);
    at.emit(node, { op: "loadLocal", slot: error });
    at.emit(node, { op: "throw" });
    at.emitter.bind(isError);
  }
  const failed = at.label();
  const done = at.label();
  at.emit(node, { op: "storeLocal", slot: error });
  at.emitter.openRegion(failed, 0);
  at.emit(node, { op: "hasAsyncReturn", iterator });
  at.jump(node, "jumpIfFalse", done);
  at.emit(node, { op: "asyncIteratorReturn", iterator });
  at.emit(node, { op: "await" });
  at.emit(node, { op: "pop" });
  at.emitter.closeRegion();
  at.jump(node, "jump", done);
  at.emitter.bind(failed);
  at.emit(node, { op: "pop" });
  at.emitter.bind(done);
  at.emit(node, { op: "loadLocal", slot: error });
  at.emit(node, { op: "throw" });
  at.emitter.release(error);
}

/** Abrupt completions: `break`, `continue` and `return` through iterators and `finally` blocks. */

import type { AnyNode } from "acorn";
import type { Label } from "./emitter.ts";
import type { Control, Exit, Lowering } from "./lowering.ts";

/** Tokens that say how a `finally` block was entered; exits count up from `firstExit`. */
export const completion = { normal: 0, throw: 1, firstExit: 2 } as const;

export function lowerBreak(at: Lowering, node: AnyNode, label: string | null): void {
  leaveToPlace(at, node, "break", (place) =>
    (label === null ? place.takesPlainBreak : place.labels.includes(label)) ? place.breakTo : null,
  );
}

export function lowerContinue(at: Lowering, node: AnyNode, label: string | null): void {
  leaveToPlace(at, node, "continue", (place) =>
    label === null || place.labels.includes(label) ? place.continueTo : null,
  );
}

function leaveToPlace(
  at: Lowering,
  node: AnyNode,
  what: string,
  find: (place: Extract<Control, { kind: "place" }>) => Label | null,
): void {
  for (let i = at.controls.length - 1; i >= 0; i--) {
    const control = at.controls[i];
    const to = control?.kind === "place" ? find(control) : null;
    if (to !== null) return lowerExit(at, node, { to, controlCount: i + 1 });
  }
  throw new Error(`${what} without a target: the parser should have refused it`);
}

/** Leaves all controls above `exit.controlCount`, then goes to `exit.to`. A value being returned is on the stack. */
export function lowerExit(at: Lowering, node: AnyNode, exit: Exit): void {
  for (let i = at.controls.length - 1; i >= exit.controlCount; i--) {
    const control = at.controls[i];
    if (control === undefined || control.kind === "place") continue;
    // Each step runs outside the regions of what it leaves, and so does the rest of the way.
    at.emitter.outsideRegions(control.regionCount, () => {
      const below = at.controls.splice(i);
      if (control.kind === "iterator") {
        if (control.isAsync) closeAsyncIterator(at, node, control.slot);
        else at.emit(node, { op: "iteratorClose", iterator: control.slot });
        lowerExit(at, node, exit);
      } else lowerEntryOfFinally(at, node, control, exit);
      at.controls.push(...below);
    });
    return;
  }
  if (exit.to === "return") at.emit(node, { op: "return" });
  else at.jump(node, "jump", exit.to);
}

function lowerEntryOfFinally(
  at: Lowering,
  node: AnyNode,
  control: Extract<Control, { kind: "finally" }>,
  exit: Exit,
): void {
  let index = control.exits.findIndex((known) => known.to === exit.to);
  if (index < 0) index = control.exits.push(exit) - 1;
  if (exit.to !== "return") at.emit(node, { op: "pushConstant", value: undefined });
  at.emit(node, { op: "storeLocal", slot: control.value });
  at.emit(node, { op: "pushConstant", value: completion.firstExit + index });
  at.emit(node, { op: "storeLocal", slot: control.token });
  at.jump(node, "jump", control.entry);
}

/** The handler around the use of an iterator: closes it as what was thrown demands, and throws on. */
export function closeAndThrow(at: Lowering, node: AnyNode, iterator: number): void {
  if (at.isGenerator) {
    const isError = at.label();
    at.emit(node, { op: "isReturnCompletion" });
    at.jump(node, "jumpIfFalse", isError);
    at.emit(node, { op: "iteratorClose", iterator });
    at.emit(node, { op: "throw" });
    at.emitter.bind(isError);
  }
  at.emit(node, { op: "iteratorCloseQuietly", iterator });
  at.emit(node, { op: "throw" });
}

/** AsyncIteratorClose (ECMA-262 7.4.13) for a completion that is not a throw. */
export function closeAsyncIterator(at: Lowering, node: AnyNode, iterator: number): void {
  const end = at.label();
  at.emit(node, { op: "hasAsyncReturn", iterator });
  at.jump(node, "jumpIfFalse", end);
  at.emit(node, { op: "asyncIteratorReturn", iterator });
  at.emit(node, { op: "await" });
  at.emit(node, { op: "requireIteratorResult" });
  at.emit(node, { op: "pop" });
  at.emitter.bind(end);
}

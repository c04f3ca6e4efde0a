/** Runs generated JavaScript. */

import type { BindingCell } from "../cell.ts";
import { makeClosure, markClosure } from "../closures/make-closure.ts";
import type { Code } from "../code.ts";
import { apply, arrayPrototype, ownKeys } from "../intrinsics.ts";
import { withPristineBuiltins } from "../pristine-builtins.ts";
import { runtime } from "../runtime.ts";
import { type GenerateOptions, generateFrom } from "./generate.ts";
import { makeFunction } from "../../../script/make-function.ts";

/** A frame about to be continued at `pc`. */
export interface FrameState {
  readonly pc: number;
  readonly this: unknown;
  readonly args: ArrayLike<unknown>;
  readonly newTarget: unknown;
  /** The function object. */
  readonly self: unknown;
  /** Aligned with `code.captures`. */
  readonly captures: readonly BindingCell[];
  /** Aligned with `code.locals`; dead locals may be missing. */
  readonly locals: readonly unknown[];
  /** `code.depthAt(pc)` operands. */
  readonly stack: readonly unknown[];
}

/** A compiled continuation: call it with the frame's `this`. */
export type Continuation = (
  this: unknown,
  args: ArrayLike<unknown>,
  newTarget: unknown,
  self: unknown,
  captures: readonly BindingCell[],
  locals: readonly unknown[],
  stack: readonly unknown[],
) => unknown;

const cache = new WeakMap<Code, Map<string, Continuation>>();

/** The continuation at `pc`, compiled once per pc and set of globals. */
function continuationAt(
  code: Code,
  pc: number,
  globalNames: ReadonlySet<string> = new Set(),
): Continuation {
  let known = cache.get(code);
  if (known === undefined) {
    known = new Map();
    cache.set(code, known);
  }
  let key = `${pc}`;
  if (globalNames.size > 0) key += ` ${[...globalNames].join(" ")}`;
  let continuation = known.get(key);
  if (continuation === undefined) {
    // Asked for in the middle of the program, which may have patched anything.
    continuation = withPristineBuiltins(() => {
      refuseElementsOfPrototype();
      return compileContinuation(code, pc, { globalNames });
    });
    known.set(key, continuation);
  }
  return continuation;
}

/** What the library was loaded with takes part in its lists from the start. */
const knownKeys: ReadonlySet<PropertyKey> = new Set(ownKeys(arrayPrototype));

/** An element of Array.prototype that cannot be put aside takes part in every list that is made here: text would be lost. */
function refuseElementsOfPrototype(): void {
  for (const key of ownKeys(arrayPrototype)) {
    if (typeof key !== "string" || !/^\d+$/.test(key) || knownKeys.has(key)) continue;
    throw new Error(
      `a function cannot go on after a graph break: meanwhile Array.prototype was given an element ${key} for good. ` +
        "Define it with configurable: true, or before the compiled function is called.",
    );
  }
}

/** Continues a frame natively and gives its result. */
export function runFrom(
  code: Code,
  frame: FrameState,
  globalNames: ReadonlySet<string> = new Set(),
): unknown {
  return resume(continuationAt(code, frame.pc, globalNames), frame);
}

export function resume(continuation: Continuation, frame: FrameState): unknown {
  const { args, newTarget, self, captures, locals, stack } = frame;
  return apply(continuation, frame.this, [args, newTarget, self, captures, locals, stack]);
}

/** Compiles without the cache. `onSplit` takes over at `options.splitAt`, and its result is the frame's. */
export function compileContinuation(
  code: Code,
  pc: number,
  options: GenerateOptions,
  onSplit: (frame: FrameState) => unknown = refuseSplit,
): Continuation {
  const name = code.name === "" ? "anonymous" : encodeURI(code.name);
  const text = `return ${generateFrom(code, pc, options)}\n//# sourceURL=fullgraph:///${name}@${pc}`;
  const closure = (
    child: number,
    cells: readonly BindingCell[],
    receiver: unknown,
    newTarget: unknown,
    given: PropertyKey | null,
  ): unknown =>
    makeClosure(
      code,
      child,
      cells,
      { this: receiver, newTarget },
      { name: given, globalNames: options.globalNames },
    );
  const mark = (
    made: object,
    index: number,
    cells: readonly BindingCell[],
    receiver: unknown,
    newTarget: unknown,
  ): object => {
    const child = code.children[index];
    if (child === undefined) throw new Error(`${code.name} has no child ${index}`);
    return markClosure(made, child, cells, { this: receiver, newTarget });
  };
  const split = (
    at: number,
    receiver: unknown,
    args: ArrayLike<unknown>,
    newTarget: unknown,
    self: unknown,
    captures: readonly BindingCell[],
    locals: readonly unknown[],
    stack: readonly unknown[],
  ): unknown => onSplit({ pc: at, this: receiver, args, newTarget, self, captures, locals, stack });
  const make = makeFunction(["$r", "$instructions", "$closure", "$mark", "$split"], text);
  // Sound: the text is a function of this shape.
  return make(runtime, code.instructions, closure, mark, split) as Continuation;
}

function refuseSplit(frame: FrameState): never {
  throw new Error(`nobody takes over at pc ${frame.pc}`);
}

/** The bytecode of one function. */

import type { Instruction } from "./instructions/table.ts";
import type { UnsupportedSyntax } from "./unsupported-syntax.ts";

export type CodeKind = "function" | "arrow" | "method" | "getter" | "setter" | "classConstructor";

/** Offsets into `Code.text`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * While `start <= pc < end`, an exception cuts the operand stack to `depth`, pushes the error and goes to `handler`.
 * Regions nest; regions cut into pieces by early exits share their handler.
 */
export interface Region {
  readonly start: number;
  readonly end: number;
  readonly handler: number;
  readonly depth: number;
}

/** Invariant: a slot is a cell for the whole life of the frame or never. */
export interface Local {
  /** The user's name, or a `$name` for a slot of the compiler. Sibling scopes with a variable of the same name share a slot. */
  readonly name: string;
  readonly isCell: boolean;
  readonly isUserVariable: boolean;
}

/** A free variable of a function, reached through a cell-like object with a `v` property. */
export interface Capture {
  readonly name: string;
  readonly from:
    | { readonly kind: "outer" }
    | { readonly kind: "local"; readonly slot: number }
    | { readonly kind: "capture"; readonly index: number };
  /** True if the function or a function in it assigns the variable. */
  readonly assigned: boolean;
}

/** A function or class nested directly in a function. */
export interface Child {
  readonly kind: CodeKind | "generator" | "async" | "asyncGenerator" | "class";
  /** The name in its own source; "" where it has none. */
  readonly name: string;
  /** True if creation gives it a name: an anonymous function or class. */
  readonly isAnonymous: boolean;
  readonly span: Span;
  /** What it and everything in it uses of the enclosing functions and of the outside. Same order as `code.captures`. */
  readonly captures: readonly Capture[];
  /** Its own bytecode, lowered on first use; null for a class or an unsupported function: then it is opaque. */
  readonly code: Code | null;
  /** Why `code` is null. A class has the construct "class". */
  readonly unsupported: UnsupportedSyntax | null;
}

/** An instance field of a class whose constructor was lowered. */
export interface ClassField {
  /** null where the name is computed or private. */
  readonly name: string | null;
  readonly initializerSpan: Span | null;
}

export interface Code {
  /** The function's own name, "" if it has none. */
  readonly name: string;
  /** The text of the outermost function; all spans of nested code point into this same text. */
  readonly text: string;
  /** Where this function is in `text`. */
  readonly span: Span;
  readonly kind: CodeKind;
  /** Whether and how the function stops in the middle. */
  readonly suspends: "generator" | "async" | "asyncGenerator" | null;
  /** False: generated code must be sloppy too, and the frame's `this` must be coerced by whoever makes the frame. */
  readonly isStrict: boolean;
  /** Declared parameters, rest not counted. */
  readonly parameterCount: number;
  /** The function's `length`. */
  readonly length: number;
  readonly instructions: readonly Instruction[];
  /** The source range of the instruction at each pc. */
  readonly spans: readonly Span[];
  /** Innermost first. */
  readonly regions: readonly Region[];
  readonly locals: readonly Local[];
  readonly captures: readonly Capture[];
  readonly children: readonly Child[];
  readonly usesThis: boolean;
  readonly usesArguments: boolean;
  readonly usesNewTarget: boolean;
  /** Of a class constructor: what `new` does beside the constructor body; null otherwise. */
  readonly classBody: {
    readonly fields: readonly ClassField[];
    /** Whether all fields have names and start with literals, and nothing is private. */
    readonly isPlain: boolean;
    readonly isDerived: boolean;
  } | null;
  readonly maxDepth: number;
  /** Operand stack depth before `pc`; -1 if no path reaches it. */
  depthAt(pc: number): number;
  /** The innermost region that protects `pc`. */
  regionAt(pc: number): Region | null;
  /** Slots whose value may still be read at or after `pc`, ascending. */
  liveLocalsAt(pc: number): readonly number[];
  /** Slots whose value may still be read while the frame waits for the call before `pc`, which may throw: ascending. */
  liveLocalsDuringCall(pc: number): readonly number[];
  /** Slots of cells that are out of their temporal dead zone before `pc`, whichever way led there. */
  initializedCellsAt(pc: number): ReadonlySet<number>;
}

/** What is known about a JavaScript function object before it is captured. */
export interface FunctionSource {
  readonly kind: FunctionKind;
  readonly name: string;
  /** Exact source slice, as `Function.prototype.toString` gives it. */
  readonly text: string;
  readonly isArrow: boolean;
  /** Strict mode code (ECMA-262 11.2.2). */
  readonly isStrict: boolean;
  /** Maps offsets in `text` to the user's file; null where the script is unknown (browsers, generated closures). */
  readonly location: SourceLocation | null;
  /** A free variable of the function. */
  binding(name: string): Binding;
  /** Whether all variables around it are known to be global: those of functions and modules are not. */
  isAlone(): boolean;
  /** `this` of an arrow function; throws ScopeAccessError where no tier can see it. */
  lexicalThis(): unknown;
}

export type FunctionKind =
  | "function"
  | "arrow"
  | "method"
  | "getter"
  | "setter"
  | "classConstructor"
  | "generator"
  | "async"
  | "asyncGenerator";

export interface Binding {
  readonly name: string;
  /** unresolved: no such variable anywhere; `typeof` gives "undefined" and a read throws ReferenceError. */
  readonly scope: "closure" | "global" | "unresolved";
  /** Never reassigned after its initialisation, which has happened: needs no guard. */
  readonly constant: boolean;
  /** Throws ReferenceError before initialisation, ScopeAccessError when `unavailable` is not null. */
  readonly read: () => unknown;
  /** null: cannot be written from outside with the tiers at hand. */
  readonly write: ((value: unknown) => void) | null;
  /** Using it runs a getter or setter of the program: a global variable defined as one. */
  readonly isAccessor?: boolean;
  /** Asked of global variables: assigning it sets its value and does nothing else, in strict and sloppy code. */
  readonly isAssignable?: boolean;
  /** How sloppy code assigns a global variable: one that does not exist is made, and one that is read-only stays. */
  readonly writeLoosely?: (value: unknown) => void;
  /** Why the variable cannot be read from outside, or null if it can. */
  readonly unavailable: string | null;
}

export interface SourceLocation {
  /** Equal for functions of the same place in the same script only. */
  readonly identity: string;
  /** Position of the function's first character. Asking for positions the first time takes some milliseconds. */
  readonly start: SourcePosition;
  positionAt(offsetInText: number): SourcePosition;
}

export interface SourcePosition {
  /** Absolute path, or the URL of a script that is not a file. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  readonly lineText: string | null;
}

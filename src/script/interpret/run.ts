/** What parsed text becomes: closures over the places of its variables. */

/** The variables of a scope. Slot 0 holds the scope around it. No array: a program may put setters on Array.prototype. */
export interface Environment {
  [slot: number]: unknown;
}

/** What a running function has beside variables; shared by its arrow functions. */
export interface Activation {
  readonly receiver: unknown;
  readonly args: readonly unknown[];
  readonly newTarget: unknown;
  /** The object that `arguments` means, made when first asked for. */
  argumentsObject: unknown;
}

/** One call of one function, arrow functions included. */
export interface Frame {
  readonly activation: Activation;
  /** The value under way with a `return`. */
  result: unknown;
}

export type Evaluate = (env: Environment, frame: Frame) => unknown;

/** How a statement ended; undefined: normally. */
export type Completion = undefined | Jump;

export interface Jump {
  readonly kind: "break" | "continue" | "return";
  readonly label: string | null;
}

export const returned: Jump = { kind: "return", label: null };

export type Execute = (env: Environment, frame: Frame) => Completion;

/** Puts a value where a pattern says. */
export type Assign = (env: Environment, frame: Frame, value: unknown) => void;

/** The content of a variable before its declaration ran. */
export const hole: unique symbol = Symbol("hole");

/** What an optional chain gives up with. */
export const skipped: unique symbol = Symbol("skipped");

/** Syntax that text for interpretation must not have. */
export class NotInterpretable extends Error {
  static {
    this.prototype.name = "NotInterpretable";
  }
}

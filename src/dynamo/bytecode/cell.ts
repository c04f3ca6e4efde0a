/** A boxed variable: shared by a frame, its closures and the code that resumes it. */

import { throwUninitialized } from "./errors.ts";

/** The content of a variable in its temporal dead zone. Never seen by user code. */
export const uninitialized: unique symbol = Symbol("uninitialized");

/** Anything that reads and writes one variable. Cells, and accessors of variables outside the compiled function. */
export interface BindingCell {
  /** Reading throws the ReferenceError of the temporal dead zone or of an unresolvable name. */
  v: unknown;
  /** True while no such variable exists anywhere: `typeof` gives "undefined" instead of throwing. */
  readonly isUnresolvable?: boolean;
  /** The same variable with the assignments of sloppy code (ECMA-262 6.2.5.6), where these differ from those of strict code. */
  readonly loose?: BindingCell | undefined;
}

export class Cell implements BindingCell {
  /** The content as it is, `uninitialized` included. */
  raw: unknown;
  readonly name: string;

  constructor(raw: unknown, name: string) {
    this.raw = raw;
    this.name = name;
  }

  get v(): unknown {
    if (this.raw === uninitialized) throwUninitialized(this.name);
    return this.raw;
  }

  set v(value: unknown) {
    if (this.raw === uninitialized) throwUninitialized(this.name);
    this.raw = value;
  }

  get isInitialized(): boolean {
    return this.raw !== uninitialized;
  }

  /** The variable of the next loop iteration. */
  copy(): Cell {
    return new Cell(this.raw, this.name);
  }
}

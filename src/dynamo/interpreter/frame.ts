import type { Code } from "../bytecode/code.ts";
import type { BreakPolicy } from "../transparent-wrapper.ts";
import type { Source } from "../variables/source.ts";
import { type CellVariable, type Variable, undefinedVariable } from "../variables/variable.ts";

/** Deeper than this a call runs natively: a runaway recursion must end in the engine's own RangeError. */
export const maximumDepth = 64;

/** What becomes of the value that an inlined frame returns. */
export type ReturnMode =
  | "push" // the caller's operand stack gets it
  | "pushUnder" // a getter that gives a method: it goes below the receiver on top of the caller's stack
  | "discard" // a setter: the caller goes on with what it has
  | "construct"; // `new`: the fresh object, unless the constructor returned another (ECMA-262 §10.2.2 step 10)

/** The caller's operand stack once the frame has returned. */
export function stackAfterReturn<Operand>(
  mode: ReturnMode,
  stack: readonly Operand[],
  value: Operand,
): Operand[] {
  switch (mode) {
    case "push":
    case "construct":
      return [...stack, value];
    case "pushUnder":
      return [...stack.slice(0, -1), value, ...stack.slice(-1)];
    case "discard":
      return [...stack];
  }
}

/** One activation of a function of the program; the machine's state is a stack of frames. */
export class Frame {
  readonly code: Code;
  readonly captures: readonly CellVariable[];
  /** The array of cells at run time when the function exists outside the region, else null. */
  readonly capturesSource: Source | null;
  readonly thisValue: Variable;
  readonly args: readonly Variable[];
  readonly newTarget: Variable;
  readonly self: Variable;
  returnMode: ReturnMode;
  /** Entered through a handle compiled with `fullgraph: true`: nothing in it may break. */
  readonly isFullgraph: boolean;
  /** Whether breaks in it, and in what it calls, are errors. */
  readonly breakPolicy: BreakPolicy;
  readonly locals: (Variable | CellVariable | null)[];
  stack: Variable[] = [];
  pc: number;

  constructor(init: {
    readonly code: Code;
    readonly captures: readonly CellVariable[];
    readonly capturesSource: Source | null;
    readonly thisValue: Variable;
    readonly args: readonly Variable[];
    readonly newTarget: Variable;
    readonly self: Variable;
    readonly returnMode: ReturnMode;
    readonly isFullgraph?: boolean;
    readonly breakPolicy?: BreakPolicy;
    readonly pc?: number;
  }) {
    this.code = init.code;
    this.captures = init.captures;
    this.capturesSource = init.capturesSource;
    this.thisValue = init.thisValue;
    this.args = init.args;
    this.newTarget = init.newTarget;
    this.self = init.self;
    this.returnMode = init.returnMode;
    this.isFullgraph = init.isFullgraph ?? false;
    this.breakPolicy = init.breakPolicy ?? null;
    this.pc = init.pc ?? 0;
    this.locals = init.code.locals.map(() => null);
  }

  /** The same activation, to be gone on with in another way than this one. */
  copy(): Frame {
    const copy = new Frame(this);
    copy.locals.splice(0, copy.locals.length, ...this.locals);
    copy.stack = this.stack.slice();
    return copy;
  }

  push(value: Variable): void {
    this.stack.push(value);
  }

  pop(): Variable {
    const value = this.stack.pop();
    if (value === undefined)
      throw new Error(`operand stack underflow in ${this.code.name} at ${this.pc}`);
    return value;
  }

  popMany(count: number): Variable[] {
    return count === 0 ? [] : this.stack.splice(this.stack.length - count, count);
  }

  peek(depth = 0): Variable {
    const value = this.stack[this.stack.length - 1 - depth];
    if (value === undefined)
      throw new Error(`operand stack underflow in ${this.code.name} at ${this.pc}`);
    return value;
  }

  /** The value of a local that is not a cell; an unwritten one holds undefined. */
  local(slot: number): Variable {
    const value = this.locals[slot];
    if (value === null || value === undefined) return undefinedVariable;
    if (value.kind === "cell") throw new Error(`local ${slot} is a cell`);
    return value;
  }

  cell(slot: number): CellVariable {
    const value = this.locals[slot];
    if (value?.kind !== "cell") throw new Error(`local ${slot} is not a cell`);
    return value;
  }

  capture(index: number): CellVariable {
    const value = this.captures[index];
    if (value === undefined) throw new Error(`capture ${index} is missing`);
    return value;
  }
}

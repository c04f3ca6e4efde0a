import type { Frame } from "../interpreter/frame.ts";
import {
  type ClosureVariable,
  nextBirth,
  type UserFunctionVariable,
  type Variable,
} from "./variable.ts";

/**
 * A generator object of this region: the frame that its steps run in stands still between them. It lives and ends between
 * two graph breaks; one that would outlive them is made by the engine instead.
 */
export class GeneratorVariable {
  readonly kind = "generator";
  readonly callee: UserFunctionVariable | ClosureVariable;
  /** The instruction that made it (`Tracer.lastStep`). */
  readonly step: number;
  readonly birth = nextBirth();
  /** null while a step runs, and for good once it has ended. */
  frame: Frame | null;
  state: "start" | "yield" | "running" | "done" = "start";
  /** What `yield*` goes over at present. */
  delegate: Variable | null = null;
  constructor(callee: UserFunctionVariable | ClosureVariable, frame: Frame, step: number) {
    this.callee = callee;
    this.frame = frame;
    this.step = step;
  }
}

/** A loop's record of an iterator of the program: every step calls its `next`. */
export class ProtocolVariable {
  readonly kind = "protocol";
  readonly iterator: Variable;
  readonly next: Variable;
  readonly birth = nextBirth();
  done = false;
  current: Variable | null = null;
  constructor(iterator: Variable, next: Variable) {
    this.iterator = iterator;
    this.next = next;
  }
}

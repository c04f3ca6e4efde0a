import type { Machine } from "../interpreter/machine.ts";
import type { Variable } from "../variables/variable.ts";

/** A call either gives its result at once (a variable), or pushed a frame that will give it (null). */
export type CallResult = Variable | null;

/** One function of the engine that the interpreter understands. */
export interface Builtin {
  readonly name: string;
  readonly call: (
    machine: Machine,
    thisValue: Variable,
    args: readonly Variable[],
    self: Builtin,
  ) => CallResult;
  /** Set when `new` may be applied. */
  readonly construct?: (machine: Machine, args: readonly Variable[], self: Builtin) => CallResult;
  /** Set when classes of the program may extend it: what `super(…)` gives a class that is constructed as `newTarget`. */
  readonly constructFor?: (
    machine: Machine,
    args: readonly Variable[],
    newTarget: Function,
  ) => Variable;
}

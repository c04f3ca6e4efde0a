import type { SymbolicInterpreter } from "../../interpreter/symbolic-interpreter.ts";
import type { Variable } from "../../variables/variable.ts";

/** What an instruction does next: nothing said means the next one. */
export type Next =
  | void
  | { readonly jump: number }
  | { readonly return: Variable }
  | { readonly throw: Variable };

/**
 * What an instruction means while capturing: on variables, which stand for values. `O` is the instruction's own operand.
 * The interpreter is known here as a type only: at run time the bytecode depends on nothing.
 */
export interface SymbolicRule<O> {
  readonly run: (it: SymbolicInterpreter, operand: O) => Next;
}

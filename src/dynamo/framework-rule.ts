import type { CallResult } from "./builtins/builtin.ts";
import type { Machine } from "./interpreter/machine.ts";
import type { Variable } from "./variables/variable.ts";

/** What a call of a function of this package means to the interpreter. */
export type FrameworkRule = (machine: Machine, args: readonly Variable[]) => CallResult;

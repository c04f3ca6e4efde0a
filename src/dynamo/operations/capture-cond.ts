import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { CallResult } from "../builtins/builtin.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Variable } from "../variables/variable.ts";

/** placeholder until branches are captured */
export function captureCond(_machine: Machine, _args: readonly Variable[]): CallResult {
  return breakGraph("unsupportedCall", { callee: "torch.cond", kind: "not captured yet" }, "cond");
}

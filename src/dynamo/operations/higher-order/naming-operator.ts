import { UncapturedHigherOrderOpError } from "../../exc.ts";
import { GraphBreak } from "../../graph-breaks/graph-break.ts";
import { graphBreakRecord } from "../../graph-breaks/graph-break-record.ts";
import type { Machine } from "../../interpreter/machine.ts";
import { userCallers, userStack } from "../../units/user-stack.ts";

/** In which of an operator's functions a break lies. */
const roles = new WeakMap<GraphBreak, string>();

export function noteRole(graphBreak: GraphBreak, role: string): void {
  roles.set(graphBreak, role);
}

/** A break inside the functions of an operator is an error, since it has no other way to run while compiling. */
export function namingOperator<Result>(
  machine: Machine,
  operator: string,
  body: () => Result,
): Result {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof GraphBreak)) throw error;
    const stack = userStack(machine.tracer.frames, "", true);
    throw new UncapturedHigherOrderOpError(
      graphBreakRecord(error.reason, {
        stack,
        callers: userCallers(),
        higherOrderOperator: operator,
        higherOrderFunction: roles.get(error) ?? null,
      }),
    );
  }
}

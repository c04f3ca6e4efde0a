import { _check } from "../../api/check.ts";
import type { Argument } from "../../fx/node.ts";
import type { CallResult } from "../builtins/builtin.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { findHandler } from "../interpreter/find-handler.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ConstantVariable,
  type ForcedVariable,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";
import { scalarExpression } from "./scalar-expression.ts";

/** `torch._check(condition, message)`: what only running the graph can tell is checked there, and assumed from here on. */
export function checkCondition(machine: Machine, args: readonly Variable[]): CallResult {
  const [given, message] = args.map((arg) => machine.force(arg));
  const native = (why: string): never =>
    breakGraph("skippedFunction", { functionName: "torch._check", why }, "call torch._check");
  if (given === undefined) return native("it was given no condition");
  const expression = scalarExpression(given);
  if (expression === null) return native("its condition is no boolean");
  const known = machine.tracer.decideExpression(expression);
  if (known === true && typeof knownType(given) === "boolean") return undefinedVariable;
  if (known !== undefined)
    return breakGraph("failedCheck", { condition: machine.expressionText() }, "call torch._check");
  if (findHandler(machine.tracer.frames) !== null)
    return native("it may throw, and the program catches errors here");
  const { graph, assumptions } = machine.tracer;
  graph.callFunction(
    _check,
    "torch._check",
    [graph.scalar(expression), ...messageOf(message)],
    undefined,
    machine.place(),
  );
  assumptions.add(expression);
  return undefinedVariable;
}

/** A value of the type that the condition has. */
function knownType(given: ForcedVariable): unknown {
  if (given.kind === "constant") return given.value;
  return given.kind === "number" ? (given.hint ?? true) : null;
}

/** The message as an argument of the graph: a function made in the compiled code would have to be made there, too. */
function messageOf(message: ForcedVariable | undefined): readonly Argument[] {
  if (message === undefined) return [];
  if (message.kind === "constant" || message.kind === "function") return [message.value];
  return breakGraph("checkMessage", {}, "call torch._check");
}

/** `guard_or_false` and its kin: an answer that never ends the graph. */
export const askCondition =
  (fallback: boolean, mayGuard: boolean) =>
  (machine: Machine, [given]: readonly Variable[]): CallResult => {
    const condition = given === undefined ? undefinedVariable : machine.force(given);
    if (condition.kind !== "number") return condition;
    const { tracer } = machine;
    const isDecidable = mayGuard || condition.hint === undefined;
    return new ConstantVariable(
      (isDecidable ? tracer.decideExpression(condition.expression) : undefined) ?? fallback,
    );
  };

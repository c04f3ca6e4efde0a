import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { toTemplatePart } from "../operations/operators.ts";
import { ObjectVariable, type Variable, describeVariable } from "../variables/variable.ts";
import type { BuiltinRow } from "./builtin-table.ts";

const constructors = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
] as const;

/** Error objects (ECMA-262 §20.5) made inside the region; they become real where they leave it. */
export const errorBuiltins: readonly BuiltinRow[] = constructors.map((constructor): BuiltinRow => {
  const make = (machine: Machine, args: readonly Variable[]): Variable =>
    newError(machine, constructor, args);
  return [
    constructor,
    {
      name: constructor.name,
      call: (machine, _, args) => make(machine, args),
      construct: make,
      constructFor: (machine, args, newTarget) => newError(machine, constructor, args, newTarget),
    },
  ];
});

function newError(
  machine: Machine,
  constructor: ErrorConstructor,
  args: readonly Variable[],
  newTarget: Function | null = null,
): Variable {
  const [given, options] = args;
  if (options !== undefined)
    return breakGraph(
      "untraceableBuiltin",
      { functionName: constructor.name, argumentTypes: "an options object", loggingFunction: null },
      `construct ${describeVariable(options)}`,
    );
  const isMissing =
    given === undefined ||
    (machine.force(given).kind === "constant" && constantOf(machine, given) === undefined);
  const message = isMissing ? null : toTemplatePart(machine, given);
  const error = new ObjectVariable({
    prototype: newTarget === null ? constructor.prototype : (newTarget.prototype as object), // a class has one
    error: { constructor, message, ...(newTarget === null ? {} : { newTarget }) },
  });
  if (message !== null)
    error.properties.set("message", { kind: "data", value: message, enumerable: false });
  return error;
}

function constantOf(machine: Machine, variable: Variable): unknown {
  const value = machine.force(variable);
  return value.kind === "constant" ? value.value : null;
}

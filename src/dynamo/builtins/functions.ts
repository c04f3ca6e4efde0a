import { breakGraph } from "../graph-breaks/graph-break.ts";
import { arrayItems } from "../interpreter/contents.ts";
import {
  BoundFunctionVariable,
  describeForUser,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { BuiltinRow } from "./builtin-table.ts";

/** Function.prototype.call, apply and bind (ECMA-262 §20.2.3). */
export const functionBuiltins: readonly BuiltinRow[] = [
  [
    Reflect.apply,
    {
      name: "Reflect.apply",
      call: (machine, _, [callee, thisValue, list]) => {
        const args = machine.force(list ?? undefinedVariable);
        if (callee === undefined || args.kind !== "array") {
          return breakGraph(
            "untraceableBuiltin",
            {
              functionName: "Reflect.apply",
              argumentTypes: describeVariable(args),
              loggingFunction: null,
            },
            "call Reflect.apply",
          );
        }
        const items = arrayItems(machine, args).map((item) => item ?? undefinedVariable);
        return machine.call(callee, thisValue ?? undefinedVariable, items);
      },
    },
  ],
  [
    Function.prototype.call,
    {
      name: "Function.prototype.call",
      call: (machine, callee, [thisValue, ...args]) =>
        machine.call(callee, thisValue ?? undefinedVariable, args),
    },
  ],
  [
    Function.prototype.apply,
    {
      name: "Function.prototype.apply",
      call: (machine, callee, [thisValue, list]) => {
        const args = machine.force(list ?? undefinedVariable);
        if (args.kind === "constant" && (args.value === undefined || args.value === null)) {
          return machine.call(callee, thisValue ?? undefinedVariable, []);
        }
        if (args.kind !== "array") {
          return breakGraph(
            "untraceableBuiltin",
            {
              functionName: "Function.prototype.apply",
              argumentTypes: describeVariable(args),
              loggingFunction: null,
            },
            "call Function.prototype.apply",
          );
        }
        const items = arrayItems(machine, args).map((item) => item ?? undefinedVariable);
        return machine.call(callee, thisValue ?? undefinedVariable, items);
      },
    },
  ],
  [
    Function.prototype.bind,
    {
      name: "Function.prototype.bind",
      call: (machine, callee, [thisValue, ...args]) => {
        const target = machine.force(callee);
        if (target.kind === "constant")
          return breakGraph(
            "unsupportedCall",
            { callee: machine.expressionText(), kind: describeForUser(target) },
            "bind",
          );
        return new BoundFunctionVariable(target, thisValue ?? undefinedVariable, args);
      },
    },
  ],
];

import { print } from "../../../api/higher-order/print.ts";
import type { Argument } from "../../../fx/node.ts";
import type { CallResult } from "../../builtins/builtin.ts";
import type { Machine } from "../../interpreter/machine.ts";
import { type Variable, undefinedVariable } from "../../variables/variable.ts";
import { ownDataProperties } from "../own-data-properties.ts";
import { refuseArguments } from "./checks.ts";
import { namingOperator } from "./naming-operator.ts";

const operator = "torch._higher_order_ops.print";

/** `torch._higher_order_ops.print(format, ...args)`: printed by the graph, in its order. */
export function capturePrint(machine: Machine, args: readonly Variable[]): CallResult {
  return namingOperator(machine, operator, () => {
    const argumentOf = (arg: Variable): Argument => {
      const value = machine.force(arg);
      if (value.kind === "tensor") return machine.tracer.nodeOf(value);
      if (value.kind === "number") return machine.tracer.graph.scalar(value.expression);
      if (value.kind === "constant") return value.value;
      return refuseArguments(
        operator,
        "a format, tensors, numbers and strings to put into it, and a plain object of such",
      );
    };
    const values = args.map((arg, index): Argument => {
      const value = machine.force(arg);
      if (value.kind !== "object" || index < args.length - 1) return argumentOf(value);
      const named = ownDataProperties(machine, value);
      return Object.fromEntries(named.map(([name, each]) => [String(name), argumentOf(each)]));
    });
    machine.tracer.graph.callFunction(print, operator, values, undefined, machine.place());
    return undefinedVariable;
  });
}

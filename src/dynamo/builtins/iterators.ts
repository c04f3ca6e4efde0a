import { breakGraph } from "../graph-breaks/graph-break.ts";
import { listOf } from "../operations/iteration.ts";
import {
  ArrayVariable,
  CursorVariable,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { Builtin } from "./builtin.ts";
import type { BuiltinRow } from "./builtin-table.ts";

type Mode = "keys" | "values" | "entries";

/** keys(), values() and entries() of arrays, Maps and Sets; Array.from of what can be listed. */
export const iteratorBuiltins: readonly BuiltinRow[] = [
  ...[Array.prototype, Map.prototype, Set.prototype].flatMap((holder) =>
    (["keys", "values", "entries"] as const).map((mode): BuiltinRow => {
      const fn: unknown = Reflect.get(holder, mode);
      if (typeof fn !== "function") throw new TypeError(`${mode} is missing`);
      return [
        fn,
        {
          name: `${holder === Array.prototype ? "Array" : holder === Map.prototype ? "Map" : "Set"}.prototype.${mode}`,
          call: iterateBy(mode),
        },
      ];
    }),
  ),
  [
    Array.from,
    {
      name: "Array.from",
      call: (machine, _, args, self) => {
        const value = machine.force(args[0] ?? undefinedVariable);
        if (args.length > 1 || value.kind === "object" || value.kind === "opaque") {
          return breakGraph(
            "untraceableBuiltin",
            {
              functionName: self.name,
              argumentTypes: args.map(describeVariable).join(", "),
              loggingFunction: null,
            },
            `call ${self.name}`,
          );
        }
        return new ArrayVariable({ items: listOf(machine, value, self.name) });
      },
    },
  ],
];

function iterateBy(mode: Mode): Builtin["call"] {
  return (machine, thisValue, _, self) => {
    const target = machine.force(thisValue);
    if (target.kind === "array") {
      return new CursorVariable({ over: target, mode, flavour: "object" });
    }
    if (target.kind === "map" || target.kind === "set") {
      const cursor = new CursorVariable({ over: target, mode, flavour: "object" });
      machine.noteIteration(cursor);
      return cursor;
    }
    return breakGraph(
      "untraceableBuiltin",
      { functionName: self.name, argumentTypes: describeVariable(target), loggingFunction: null },
      `call ${self.name}`,
    );
  };
}

import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { listOf, step } from "../operations/iteration.ts";
import {
  ArrayVariable,
  ConstantVariable,
  CursorVariable,
  type ForcedVariable,
  ObjectVariable,
  type Variable,
  describeForUser,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { Builtin } from "./builtin.ts";
import type { BuiltinRow } from "./builtin-table.ts";
import { prototypesOfIterators } from "./intrinsics.ts";
import { refuseBuiltin } from "./refuse-builtin.ts";

type Mode = "keys" | "values" | "entries";

/** keys(), values() and entries() of arrays, Maps and Sets, the steps of what they give; Array.from of what can be listed. */
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
  ...(["array", "map", "set"] as const).map((kind): BuiltinRow => {
    const fn: unknown = Reflect.get(prototypesOfIterators[kind], "next");
    if (typeof fn !== "function") throw new TypeError("next is missing");
    return [fn, { name: "next", call: stepOf(kind) }];
  }),
  [
    Array.from,
    {
      name: "Array.from",
      call: (machine, thisValue, args, self) => {
        requirePlainArrayClass(machine, thisValue, self.name);
        const value = machine.force(args[0] ?? undefinedVariable);
        if (args.length > 1 || value.kind === "opaque" || isArrayLike(machine, value)) {
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

/** An object without an iterator has its elements under indices, as `{ length: 3 }`. */
const isArrayLike = (machine: Machine, value: ForcedVariable): boolean =>
  value.kind === "object" && !machine.hasProperty(value, Symbol.iterator);

/** `from` and `of` make what their receiver constructs (ECMA-262 §23.1.2): a subclass of Array is left to the engine. */
export function requirePlainArrayClass(machine: Machine, thisValue: Variable, name: string): void {
  const receiver = machine.force(thisValue);
  const isArray = receiver.kind === "builtin" && receiver.value === Array;
  const isMissing = receiver.kind === "constant" && receiver.value === undefined;
  if (!isArray && !isMissing) refuseBuiltin(name, receiver);
}

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

/** One step of an iterator that the program holds, as `{ value, done }`. */
function stepOf(kind: CursorVariable["state"]["over"]["kind"]): Builtin["call"] {
  return (machine, thisValue) => {
    const target = machine.force(thisValue);
    if (target.kind !== "cursor" || target.state.over.kind !== kind)
      return breakGraph(
        "untraceableIteration",
        { iterable: describeForUser(target), kind: "an iterator that the function did not make" },
        `call next of ${describeVariable(target)}`,
      );
    const value = step(machine, target.state);
    const result = new ObjectVariable({ prototype: Object.prototype });
    const set = (name: string, found: Variable): unknown =>
      result.properties.set(name, { kind: "data", value: found, enumerable: true });
    set("value", value ?? undefinedVariable);
    set("done", new ConstantVariable(value === null));
    return result;
  };
}

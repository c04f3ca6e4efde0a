import { isMathFunction } from "../../symbolic/expression.ts";
import { numberTests } from "../../symbolic/number-tests.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { isKnownNumber, knownText } from "../operations/known-text.ts";
import { toNumeric, toTemplatePart, typeOf } from "../operations/operators.ts";
import { scalarExpression } from "../operations/scalar-expression.ts";
import { tensorItem } from "../operations/tensor-item.ts";
import {
  ArrayVariable,
  ConstantVariable,
  type ForcedVariable,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { Builtin } from "./builtin.ts";
import type { BuiltinRow } from "./builtin-table.ts";

/** Functions that only compute from primitives: applied to constants they are applied while capturing. */
const pureMembers: readonly (readonly [string, object, readonly string[]])[] = [
  ["Math", Math, Object.getOwnPropertyNames(Math).filter((name) => name !== "random")],
  ["Number", Number, ["isFinite", "isInteger", "isNaN", "isSafeInteger", "parseFloat", "parseInt"]],
  [
    "Number.prototype",
    Number.prototype,
    ["toFixed", "toString", "toPrecision", "toExponential", "valueOf"],
  ],
  ["Boolean.prototype", Boolean.prototype, ["toString", "valueOf"]],
  ["BigInt", BigInt, ["asIntN", "asUintN"]],
  ["String", String, ["fromCharCode", "fromCodePoint"]],
  [
    "String.prototype",
    String.prototype,
    [
      "at",
      "charAt",
      "charCodeAt",
      "codePointAt",
      "concat",
      "endsWith",
      "includes",
      "indexOf",
      "isWellFormed",
      "lastIndexOf",
      "localeCompare",
      "normalize",
      "padEnd",
      "padStart",
      "repeat",
      "slice",
      "startsWith",
      "substring",
      "toLowerCase",
      "toString",
      "toUpperCase",
      "trim",
      "trimEnd",
      "trimStart",
      "valueOf",
      "split",
      "replace",
      "replaceAll",
    ],
  ],
  ["Symbol", Symbol, ["for", "keyFor"]],
  ["globalThis", globalThis, ["isFinite", "isNaN", "parseFloat", "parseInt"]],
];

export const pureBuiltins: readonly BuiltinRow[] = [
  ...pureMembers.flatMap(([owner, holder, names]) =>
    names.flatMap((name): BuiltinRow[] => {
      const fn: unknown = Reflect.get(holder, name);
      return typeof fn === "function"
        ? [[fn, { name: `${owner}.${name}`, call: foldWith(fn) }]]
        : [];
    }),
  ),
  [
    Number,
    {
      name: "Number",
      call: (machine, _, [value]) =>
        value === undefined ? new ConstantVariable(0) : toNumber(machine, value),
    },
  ],
  [
    String,
    {
      name: "String",
      call: (machine, _, [value]) =>
        value === undefined ? new ConstantVariable("") : toTemplatePart(machine, value),
    },
  ],
  [
    Boolean,
    {
      name: "Boolean",
      call: (machine, _, [value]) => toBoolean(machine, value ?? undefinedVariable),
    },
  ],
];

function foldWith(fn: Function): Builtin["call"] {
  return (machine, thisValue, args, self) => {
    const given = args.map((arg) => numeric(machine, arg, self.name.startsWith("Math.")));
    const receiver = knownPrimitive(machine, machine.force(thisValue));
    const name = self.name.slice("Math.".length);
    if (
      self.name.startsWith("Math.") &&
      isMathFunction(name) &&
      given.some((input) => input.kind === "number")
    ) {
      const operands = given.map(scalarExpression);
      const known = operands.filter((operand) => operand !== null);
      if (known.length === operands.length)
        return machine.tracer.number({ kind: "math", name, operands: known });
    }
    const test = numberTests.get(fn);
    const [tested] = given;
    if (test !== undefined && tested?.kind === "number" && typeOf(machine, tested) === "number")
      return machine.tracer.number(test(tested.expression));
    const inputs = given.map((input) => knownPrimitive(machine, input));
    const receiverIsPrimitive =
      receiver.kind === "constant" ||
      self.name.startsWith("Math.") ||
      !self.name.includes("prototype");
    if (!receiverIsPrimitive || !inputs.every(isPrimitive)) {
      return breakGraph(
        "untraceableBuiltin",
        {
          functionName: self.name,
          argumentTypes: inputs.map(describeVariable).join(", "),
          loggingFunction: null,
        },
        `call ${self.name}(${inputs.map(describeVariable).join(", ")})`,
      );
    }
    return fold(
      self.name,
      fn,
      receiver.kind === "constant" ? receiver.value : undefined,
      inputs.map((input) => input.value),
    );
  };
}

/** Math functions take ToNumber of their arguments: a tensor is an implicit item(). */
function numeric(machine: Machine, arg: Variable, coerces: boolean): ForcedVariable {
  const value = machine.force(arg);
  return coerces && value.kind === "tensor"
    ? machine.force(tensorItem(machine, value, "coercion"))
    : value;
}

/** What a fold computes with must be constant: a number or text that varies is fixed at its value by a guard. */
function knownPrimitive(machine: Machine, value: ForcedVariable): ForcedVariable {
  if (value.kind === "number" && isKnownNumber(machine, value))
    return new ConstantVariable(machine.tracer.specialize(value, "an argument of a built-in"));
  return knownText(machine, value);
}

const isPrimitive = (v: ForcedVariable): v is ConstantVariable =>
  v.kind === "constant" &&
  (v.value === null || (typeof v.value !== "object" && typeof v.value !== "function"));

function fold(name: string, fn: Function, receiver: unknown, args: readonly unknown[]): Variable {
  let result: unknown;
  try {
    result = Reflect.apply(fn, receiver, args);
  } catch (error) {
    return breakGraph(
      "observedException",
      { errorClass: error instanceof Error ? error.name : "a value", message: String(error) },
      `constant fold ${name}`,
    );
  }
  if (Array.isArray(result))
    return new ArrayVariable({ items: result.map((item: unknown) => new ConstantVariable(item)) });
  return new ConstantVariable(result);
}

function toNumber(machine: Machine, value: Variable): Variable {
  const number = toNumeric(machine, value);
  return number.kind === "constant" && typeof number.value === "bigint"
    ? new ConstantVariable(Number(number.value))
    : number;
}

function toBoolean(machine: Machine, value: Variable): Variable {
  const known = machine.force(value);
  if (known.kind !== "number") return new ConstantVariable(machine.truthOf(known));
  const negated = { kind: "unary", operator: "!", operand: known.expression } as const;
  return machine.tracer.number({ kind: "unary", operator: "!", operand: negated });
}

import { isObject } from "../../base/is-object.ts";
import { type Expression, isBinaryOperator, isUnaryOperator } from "../../symbolic/expression.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ConstantVariable,
  type ForcedVariable,
  type NumberLeaf,
  TemplateVariable,
  type Variable,
  describeVariable,
} from "../variables/variable.ts";
import { looseEquals, strictEquals } from "./equality.ts";
import { instanceOf } from "./instance-of.ts";
import { knownText } from "./known-text.ts";
import { primitiveOf } from "./object-text.ts";
import { joinTexts, textOfTensor } from "./pending-text.ts";
import { propertyKey } from "./property-key.ts";
import { scalarExpression } from "./scalar-expression.ts";
import { tensorItem } from "./tensor-item.ts";

/** A binary operator of the language (ECMA-262 §13.6–13.12). */
export function binaryOperation(
  machine: Machine,
  operator: string,
  left: Variable,
  right: Variable,
): Variable {
  switch (operator) {
    case "===":
      return strictEquals(machine, left, right);
    case "!==":
      return negate(machine, strictEquals(machine, left, right));
    case "==":
      return looseEquals(machine, left, right);
    case "!=":
      return negate(machine, looseEquals(machine, left, right));
    case "in":
      return new ConstantVariable(machine.hasProperty(right, propertyKey(machine, left)));
    case "instanceof":
      return new ConstantVariable(instanceOf(machine, left, right));
    default:
      return arithmetic(machine, operator, coerced(machine, left), coerced(machine, right));
  }
}

/** A unary operator except typeof and delete (§13.5). */
export function unaryOperation(machine: Machine, operator: string, operand: Variable): Variable {
  if (operator === "void") return new ConstantVariable(undefined);
  if (operator === "!") return negate(machine, operand);
  const value = knownText(machine, coerced(machine, operand));
  if (value.kind === "constant" && !isObject(value.value)) {
    return new ConstantVariable(
      foldNatively(`unary ${operator}`, () => applyUnaryNatively(operator, value.value)),
    );
  }
  // ToNumber of a number is the number (§7.1.4 step 1).
  if (operator === "+" && value.kind === "number" && typeOf(machine, value) === "number")
    return value;
  const expression = scalarExpression(value);
  if (expression !== null && isUnaryOperator(operator)) {
    return machine.tracer.number({ kind: "unary", operator, operand: expression });
  }
  return breakGraph(
    "unmodelledValue",
    {
      value: `${operator}${describeVariable(value)}`,
      kind: `an operand of ${`unary ${operator}`} that is converted by its own methods`,
    },
    `${operator}${describeVariable(value)}`,
  );
}

/** `!x`: the truth of a number that only the graph knows stays symbolic. */
function negate(machine: Machine, operand: Variable): Variable {
  const value = machine.force(operand);
  if (value.kind === "number") {
    return machine.tracer.number({ kind: "unary", operator: "!", operand: value.expression });
  }
  return new ConstantVariable(!machine.truthOf(value));
}

/** A tensor used as a number is an implicit `item()` (Tensor's Symbol.toPrimitive). */
function coerced(machine: Machine, variable: Variable): ForcedVariable {
  const value = machine.force(variable);
  return value.kind === "tensor" ? machine.force(tensorItem(machine, value, "coercion")) : value;
}

function arithmetic(
  machine: Machine,
  operator: string,
  left: ForcedVariable,
  right: ForcedVariable,
): Variable {
  const isConcatenation = operator === "+" && (isString(left) || isString(right));
  const known = (value: ForcedVariable): ForcedVariable =>
    isConcatenation ? (primitiveOf(machine, value, "default") ?? value) : knownText(machine, value);
  const a = known(left);
  const b = known(right);
  if (a.kind === "constant" && b.kind === "constant" && !isObject(a.value) && !isObject(b.value)) {
    return new ConstantVariable(
      foldNatively(operator, () => applyBinaryNatively(operator, a.value, b.value)),
    );
  }
  if (isConcatenation) return concatenate(a, b);
  const x = scalarExpression(a);
  const y = scalarExpression(b);
  if (x !== null && y !== null && isBinaryOperator(operator)) {
    return machine.tracer.number({ kind: "binary", operator, left: x, right: y });
  }
  return breakGraph(
    "unmodelledValue",
    {
      value: machine.expressionText(),
      kind: `an operand of ${operator} that is converted by its own methods`,
    },
    `${describeVariable(a)} ${operator} ${describeVariable(b)}`,
  );
}

const isString = (v: ForcedVariable): boolean =>
  v.kind === "template" || (v.kind === "constant" && typeof v.value === "string");

/** String concatenation where a part is not known before the graph ran. */
function concatenate(a: ForcedVariable, b: ForcedVariable): Variable {
  const parts = (v: ForcedVariable): readonly (string | Variable)[] => {
    if (v.kind === "template") return v.parts;
    if (v.kind === "number") return [v];
    if (v.kind === "constant" && !isObject(v.value) && typeof v.value !== "symbol")
      return [String(v.value)];
    return breakGraph(
      "unmodelledValue",
      {
        value: `concatenate ${describeVariable(v)}`,
        kind: `an operand of ${"+"} that is converted by its own methods`,
      },
      `concatenate ${describeVariable(v)}`,
    );
  };
  return joinTexts(new TemplateVariable([...parts(a), ...parts(b)]), [a, b]);
}

/** ToString of a template literal's hole (§13.2.8.6). */
export function toTemplatePart(machine: Machine, variable: Variable): Variable {
  const value = machine.force(variable);
  if (value.kind === "template") return value;
  if (value.kind === "tensor") return textOfTensor(machine, value);
  if (value.kind === "number") return new TemplateVariable([value]);
  if (value.kind === "constant" && !isObject(value.value) && typeof value.value !== "symbol") {
    return new ConstantVariable(String(value.value));
  }
  const text = primitiveOf(machine, value, "string");
  if (text !== null) return toTemplatePart(machine, text);
  return breakGraph(
    "unmodelledValue",
    {
      value: `toString ${describeVariable(value)}`,
      kind: `an operand of ${"template literal"} that is converted by its own methods`,
    },
    `toString ${describeVariable(value)}`,
  );
}

/** Operators on primitives may throw (BigInt mixed with numbers, Symbol arithmetic): the program must see that itself. */
function foldNatively(operator: string, compute: () => unknown): unknown {
  try {
    return compute();
  } catch (error) {
    return breakGraph(
      "observedException",
      { errorClass: error instanceof Error ? error.name : "a value", message: String(error) },
      `constant fold ${operator}`,
    );
  }
}

/* eslint-disable typescript/no-explicit-any, typescript/no-unsafe-return -- the language's own operators on primitives */
function applyBinaryNatively(operator: string, a: any, b: any): unknown {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    case "**":
      return a ** b;
    case "|":
      return a | b;
    case "&":
      return a & b;
    case "^":
      return a ^ b;
    case "<<":
      return a << b;
    case ">>":
      return a >> b;
    case ">>>":
      return a >>> b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      throw new TypeError(`unknown operator ${operator}`);
  }
}

function applyUnaryNatively(operator: string, a: any): unknown {
  switch (operator) {
    case "-":
      return -a;
    case "+":
      return +a;
    case "~":
      return ~a;
    default:
      throw new TypeError(`unknown operator ${operator}`);
  }
}
/* eslint-enable typescript/no-explicit-any, typescript/no-unsafe-return */

/** `++` and `--` after ToNumeric (§13.4). */
export function increment(machine: Machine, operand: Variable, delta: 1 | -1): Variable {
  const value = machine.force(operand);
  if (value.kind === "constant" && typeof value.value === "bigint")
    return new ConstantVariable(value.value + BigInt(delta));
  return binaryOperation(machine, delta === 1 ? "+" : "-", value, new ConstantVariable(1));
}

/** ToNumeric (§7.1.3). */
export function toNumeric(machine: Machine, operand: Variable): Variable {
  const value = coerced(machine, operand);
  if (value.kind === "constant" && typeof value.value === "bigint") return value;
  return unaryOperation(machine, "+", value);
}

/** typeof (§13.5.3). */
export function typeOf(machine: Machine, operand: Variable): string {
  const value = machine.force(operand);
  switch (value.kind) {
    case "constant":
      return typeof value.value;
    case "number":
      return value.hint === undefined ? typeOfUnknown(value.expression) : typeof value.hint;
    case "template":
      return "string";
    case "function":
    case "closure":
    case "builtin":
    case "inGraph":
    case "bound":
      return "function";
    case "opaque": {
      const type = typeof value.value === "function" ? "function" : "object";
      machine.tracer.addGuard({ kind: "TYPE_MATCH", source: value.source, type });
      return type;
    }
    default:
      return "object";
  }
}

/** The type of a value that only the graph gives. */
function typeOfUnknown(expression: Expression<NumberLeaf>): string {
  switch (expression.kind) {
    case "constant":
      return typeof expression.value;
    case "math":
      return "number";
    case "unary":
    case "binary":
      return booleanOperators.has(expression.operator) ? "boolean" : "number";
    case "leaf":
      break;
  }
  const { leaf } = expression;
  switch (leaf.kind) {
    case "source":
      return typeof leaf.hint;
    case "node":
      return leaf.type;
    case "size":
      return "number";
    case "item":
      return leaf.tensor.fake.dtype.category === "bool" ? "boolean" : "number";
  }
}

const booleanOperators = new Set(["<", "<=", ">", ">=", "==", "!=", "===", "!==", "!"]);

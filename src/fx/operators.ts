/** A JavaScript operator as a function, so that it can be the target of a call node. */
export interface OperatorRecord {
  /** Its name in graphs: `operator.add`. */
  readonly name: string;
  /** How it is printed: `a + b`, `-a`, `a[b]`, a template string of its arguments. */
  readonly syntax:
    | { readonly kind: "binary" | "unary"; readonly symbol: string }
    | { readonly kind: "index" | "template" };
  readonly apply: (...args: never[]) => unknown;
}

const binary = (
  name: string,
  symbol: string,
  apply: (a: never, b: never) => unknown,
): OperatorRecord => ({
  name: `operator.${name}`,
  syntax: { kind: "binary", symbol },
  apply,
});

const unary = (name: string, symbol: string, apply: (a: never) => unknown): OperatorRecord => ({
  name: `operator.${name}`,
  syntax: { kind: "unary", symbol },
  apply,
});

/** The operators that symbolic numbers, slices of them and results of several values need in graphs. */
export const operators = {
  add: binary("add", "+", (a: number, b: number) => a + b),
  sub: binary("sub", "-", (a: number, b: number) => a - b),
  mul: binary("mul", "*", (a: number, b: number) => a * b),
  truediv: binary("truediv", "/", (a: number, b: number) => a / b),
  mod: binary("mod", "%", (a: number, b: number) => a % b),
  pow: binary("pow", "**", (a: number, b: number) => a ** b),
  lt: binary("lt", "<", (a: number, b: number) => a < b),
  le: binary("le", "<=", (a: number, b: number) => a <= b),
  gt: binary("gt", ">", (a: number, b: number) => a > b),
  ge: binary("ge", ">=", (a: number, b: number) => a >= b),
  eq: binary("eq", "===", (a: unknown, b: unknown) => a === b),
  ne: binary("ne", "!==", (a: unknown, b: unknown) => a !== b),
  and: binary("and", "&", (a: number, b: number) => a & b),
  or: binary("or", "|", (a: number, b: number) => a | b),
  xor: binary("xor", "^", (a: number, b: number) => a ^ b),
  lshift: binary("lshift", "<<", (a: number, b: number) => a << b),
  rshift: binary("rshift", ">>", (a: number, b: number) => a >> b),
  urshift: binary("urshift", ">>>", (a: number, b: number) => a >>> b),
  pos: unary("pos", "+", (a: number) => +a),
  neg: unary("neg", "-", (a: number) => -a),
  not: unary("not", "!", (a: unknown) => !a),
  invert: unary("invert", "~", (a: number) => ~a),
  getitem: { name: "operator.getitem", syntax: { kind: "index" }, apply: getItem },
  /** A text with numbers in it, such as a slice. */
  text: {
    name: "operator.text",
    syntax: { kind: "template" },
    apply: (...parts: readonly (string | number)[]) => parts.join(""),
  },
} as const satisfies Readonly<Record<string, OperatorRecord>>;

const operatorsByFunction = new Map<unknown, OperatorRecord>(
  Object.values(operators).map((record: OperatorRecord) => [record.apply, record]),
);

/** The operator that a call target stands for, or null when it is an ordinary function. */
export function operatorOf(target: unknown): OperatorRecord | null {
  return operatorsByFunction.get(target) ?? null;
}

/** The operator written with this symbol, or null when graphs know no such operator. */
export function operatorWritten(kind: "binary" | "unary", symbol: string): OperatorRecord | null {
  for (const record of operatorsByFunction.values()) {
    if (record.syntax.kind === kind && record.syntax.symbol === symbol) return record;
  }
  return null;
}

function getItem(values: Readonly<Record<PropertyKey, unknown>>, key: PropertyKey): unknown {
  return values[key];
}

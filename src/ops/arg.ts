/** The vocabulary of op schemas: for each kind of argument, what it accepts and what the op sees. */
import { cpu, Device } from "../core/device.ts";
import { DType } from "../core/dtype.ts";
import { isScalar, type Scalar } from "../core/scalar.ts";
import type { Operand } from "../core/promotion.ts";
import { isTensor, type TensorBase } from "../core/tensor.ts";
import { isNestedData, type NestedData } from "./nested-data.ts";

/** What a `parse` gives for a value it does not accept. */
export const mismatch: unique symbol = Symbol("mismatch");

/** Whether a number given here is an operand of the arithmetic or part of the op's structure. */
export type ArgKindName =
  | "tensor"
  | "operand"
  | "tensors"
  | "scalar"
  | "int"
  | "number"
  | "size"
  | "sizes"
  | "dim"
  | "dims"
  | "bool"
  | "dtype"
  | "choice"
  | "index"
  | "data"
  | "generator"
  | "device";

export interface Arg<Value> {
  readonly kind: ArgKindName;
  /** The type in generated TypeScript signatures. */
  readonly type: string;
  /** The type in messages: "must be Tensor, not string". */
  readonly expected: string;
  readonly parse: (value: unknown) => Value | typeof mismatch;
  /** Undefined: the argument must be given. */
  readonly fallback: { readonly value: Value } | undefined;
  /** Only in the options object. */
  readonly keywordOnly: boolean;
  /** May be given as several numbers in a row instead of an array. */
  readonly spread: boolean;
}

export type ArgSchema = Readonly<Record<string, Arg<unknown>>>;

/** The values an op sees. */
export type ArgsOf<Schema extends ArgSchema> = {
  readonly [Name in keyof Schema]: Schema[Name] extends Arg<infer Value> ? Value : never;
};

type DefaultedNames<Schema extends ArgSchema> = {
  [Name in keyof Schema]: Schema[Name] extends { readonly fallback: undefined } ? never : Name;
}[keyof Schema];

/** The values a caller inside the library gives: those with defaults may be left out. */
export type ArgsInput<Schema extends ArgSchema> = Omit<ArgsOf<Schema>, DefaultedNames<Schema>> &
  Partial<Pick<ArgsOf<Schema>, DefaultedNames<Schema>>>;

export interface RequiredArg<Value> extends Arg<Value> {
  readonly fallback: undefined;
}

export interface DefaultedArg<Value> extends Arg<Value> {
  readonly fallback: { readonly value: Value };
}

function define<Value>(
  kind: ArgKindName,
  type: string,
  expected: string,
  parse: (value: unknown) => Value | typeof mismatch,
  flags: { readonly keywordOnly?: boolean; readonly spread?: boolean } = {},
): RequiredArg<Value> {
  return {
    kind,
    type,
    expected,
    parse,
    fallback: undefined,
    keywordOnly: flags.keywordOnly ?? false,
    spread: flags.spread ?? false,
  };
}

function parseInt(value: unknown): number | typeof mismatch {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : mismatch;
}

function parseInts(value: unknown): readonly number[] | typeof mismatch {
  if (!Array.isArray(value)) return mismatch;
  return value.every((item) => typeof item === "number" && Number.isSafeInteger(item))
    ? (value as readonly number[])
    : mismatch; // every item was checked
}

function parseIntOrInts(value: unknown): readonly number[] | typeof mismatch {
  const one = parseInt(value);
  return one === mismatch ? parseInts(value) : [one];
}

const optional = <Value>(inner: Arg<Value>): DefaultedArg<Value | null> => ({
  ...inner,
  parse: (value) => (value === null || value === undefined ? null : inner.parse(value)),
  type: `${inner.type} | null`,
  fallback: { value: null },
});

const withDefault = <Value, Default extends Value>(
  inner: Arg<Value>,
  value: Default,
): DefaultedArg<Value> => ({
  ...inner,
  parse: (given) => (given === undefined ? value : inner.parse(given)),
  fallback: { value },
});

/** Only in the options object, whatever the kind. */
function keyword<Value>(inner: DefaultedArg<Value>): DefaultedArg<Value>;
function keyword<Value>(inner: RequiredArg<Value>): RequiredArg<Value>;
function keyword<Value>(inner: Arg<Value>): Arg<Value> {
  return { ...inner, keywordOnly: true };
}

/** Positional whatever the kind, for the few booleans and dtypes that read well so. */
function positional<Value>(inner: DefaultedArg<Value>): DefaultedArg<Value>;
function positional<Value>(inner: RequiredArg<Value>): RequiredArg<Value>;
function positional<Value>(inner: Arg<Value>): Arg<Value> {
  return { ...inner, keywordOnly: false };
}

export const arg = {
  tensor: define<TensorBase>("tensor", "Tensor", "Tensor", (value) =>
    isTensor(value) ? value : mismatch,
  ),
  /** A tensor or a number that takes part in type promotion. */
  operand: define<Operand>("operand", "Tensor | Scalar", "Tensor or Number", (value) =>
    isTensor(value) || isScalar(value) ? value : mismatch,
  ),
  tensors: define<readonly TensorBase[]>(
    "tensors",
    "readonly Tensor[]",
    "tuple of Tensors",
    (value) => (Array.isArray(value) && value.every(isTensor) ? value : mismatch),
  ),
  /** A number that is data, such as a fill value or `alpha`. */
  scalar: define<Scalar>("scalar", "Scalar", "Number", (value) =>
    isScalar(value) ? value : mismatch,
  ),
  /** A number that decides how large the result is, such as the end of `arange`. */
  extent: define<Scalar>("number", "Scalar", "Number", (value) =>
    isScalar(value) ? value : mismatch,
  ),
  /** A float that is part of the op's structure, such as a norm's order. */
  number: define<number>("number", "number", "float", (value) =>
    typeof value === "number" ? value : mismatch,
  ),
  /** The order of a norm. */
  normOrder: define<number | "fro">("number", 'number | "fro"', "float or str", (value) =>
    typeof value === "number" || value === "fro" ? value : mismatch,
  ),
  int: define<number>("int", "number", "int", parseInt),
  dim: define<number>("dim", "number", "int", parseInt),
  dims: define<readonly number[]>(
    "dims",
    "number | readonly number[]",
    "tuple of ints",
    parseIntOrInts,
  ),
  /** Dimensions that may be given one by one: `x.permute(2, 0, 1)`. */
  dimsSpread: define<readonly number[]>("dims", "readonly number[]", "tuple of ints", parseInts, {
    spread: true,
  }),
  /** Sizes that may be given one by one: `torch.zeros(2, 3)`. */
  size: define<readonly number[]>("size", "readonly number[]", "tuple of ints", parseInts, {
    spread: true,
  }),
  /** Several ints in an array only. */
  ints: define<readonly number[]>("sizes", "readonly number[]", "tuple of ints", parseInts),
  /** One int or several. */
  intOrInts: define<number | readonly number[]>(
    "sizes",
    "number | readonly number[]",
    "int or tuple of ints",
    (value) => {
      const one = parseInt(value);
      return one === mismatch ? parseInts(value) : one;
    },
  ),
  /** Booleans are never positional: `{ keepdim: true }` says what it means. */
  bool: define<boolean>(
    "bool",
    "boolean",
    "bool",
    (value) => (typeof value === "boolean" ? value : mismatch),
    { keywordOnly: true },
  ),
  dtype: define<DType>(
    "dtype",
    "DType",
    "torch.dtype",
    (value) => (value instanceof DType ? value : mismatch),
    { keywordOnly: true },
  ),
  device: define<Device>(
    "device",
    'Device | "cpu"',
    'torch.device ("cpu" is the only one)',
    (value) => (value instanceof Device ? value : value === "cpu" ? cpu : mismatch),
    { keywordOnly: true },
  ),
  choice: <const Choices extends readonly string[]>(
    ...choices: Choices
  ): RequiredArg<Choices[number]> =>
    define<Choices[number]>(
      "choice",
      choices.map((choice) => JSON.stringify(choice)).join(" | "),
      "str",
      (value) => (typeof value === "string" && choices.includes(value) ? value : mismatch),
      { keywordOnly: true },
    ),
  /** Nested arrays, typed arrays, numbers. */
  data: define<NestedData>(
    "data",
    "NestedData",
    "nested arrays of numbers or a typed array",
    (value) => (isNestedData(value) ? value : mismatch),
  ),
  /** Memory to look at in place. */
  buffer: define<ArrayBufferLike>("data", "ArrayBufferLike", "ArrayBuffer", (value) =>
    value instanceof ArrayBuffer || value instanceof SharedArrayBuffer ? value : mismatch,
  ),
  optional,
  withDefault,
  keyword,
  positional,
};

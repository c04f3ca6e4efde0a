import { ValueError } from "../base/errors.ts";
import { isTensor } from "../core/tensor.ts";

export interface SchemaParameter {
  readonly name: string;
  /** As written: `Tensor`, `float`, `int[]`, `Tensor?`. */
  readonly type: string;
  readonly hasDefault: boolean;
  readonly accepts: (value: unknown) => boolean;
}

export interface OpSchema {
  readonly parameters: readonly SchemaParameter[];
  readonly returns: readonly string[];
  /** Whether a value may be the result at this position. */
  readonly acceptsReturn: (index: number, value: unknown) => boolean;
}

/** The types a schema may name, and what counts as one. */
const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  Tensor: isTensor,
  float: (value) => typeof value === "number",
  int: (value) => typeof value === "number" && Number.isInteger(value),
  SymInt: (value) => typeof value === "number" && Number.isInteger(value),
  bool: (value) => typeof value === "boolean",
  str: (value) => typeof value === "string",
  Scalar: (value) =>
    typeof value === "number" || typeof value === "boolean" || typeof value === "bigint",
};

/** Reads `"(Tensor x, float k=1.0) -> (Tensor, Tensor)"`, PyTorch's schema language without alias annotations. */
export function parseSchema(opName: string, text: string): OpSchema {
  const match = /^\s*\((.*)\)\s*->\s*(.+?)\s*$/s.exec(text);
  const fail = (why: string): never => {
    throw new ValueError(
      `custom_op("${opName}"): cannot read the schema "${text}": ${why}. Expected, for example, "(Tensor x, float k) -> Tensor"`,
    );
  };
  if (match === null) return fail("it has no parameter list or no result");
  const [, list = "", result = ""] = match;
  const parameters = split(list).map((item) => parseParameter(item, fail));
  const returns = /^\(.*\)$/s.test(result) ? split(result.slice(1, -1)) : [result];
  const acceptors = returns.map(
    (type) =>
      acceptor(type) ??
      fail(`the result type "${type}" is not one of ${Object.keys(types).join(", ")}`),
  );
  return {
    parameters,
    returns,
    acceptsReturn: (index, value) => acceptors[index]?.(value) ?? false,
  };
}

const split = (list: string): string[] =>
  list.trim() === "" ? [] : list.split(",").map((item) => item.trim());

function parseParameter(item: string, fail: (why: string) => never): SchemaParameter {
  const match = /^(\S+)\s+([A-Za-z_]\w*)\s*(=\s*.+)?$/.exec(item);
  if (match === null) return fail(`"${item}" is not "type name"`);
  const [, type = "", name = "", fallback] = match;
  const accepts = acceptor(type);
  if (accepts === null)
    return fail(
      `parameter "${name}" has the type "${type}", which is not one of ${Object.keys(types).join(", ")}`,
    );
  return { name, type, hasDefault: fallback !== undefined || type.endsWith("?"), accepts };
}

function acceptor(type: string): ((value: unknown) => boolean) | null {
  if (type.endsWith("?")) {
    const inner = acceptor(type.slice(0, -1));
    return inner === null ? null : (value) => value === null || value === undefined || inner(value);
  }
  if (type.endsWith("[]")) {
    const inner = acceptor(type.slice(0, -2));
    return inner === null ? null : (value) => Array.isArray(value) && value.every(inner);
  }
  return Object.hasOwn(types, type) ? (types[type] ?? null) : null;
}

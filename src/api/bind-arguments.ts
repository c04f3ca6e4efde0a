/** Matches the arguments of a call with an op's schema. Hot path of every eager call. */
import { isTensor, type TensorBase } from "../core/tensor.ts";
import { mismatch } from "../ops/arg.ts";
import type { AnyArgs } from "../ops/op-record.ts";
import type { ApiEntry, Overload, Parameter } from "./api-entry.ts";

export interface BoundCall {
  readonly overload: Overload;
  readonly args: AnyArgs;
}

/** Finds the overload that takes these arguments, or throws the TypeError PyTorch would throw. */
export function bindArguments(
  entry: ApiEntry,
  self: TensorBase | null,
  args: readonly unknown[],
): BoundCall {
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : null;
  const count = options === null ? args.length : args.length - 1;
  let failure = "";
  for (const overload of entry.overloads) {
    const bound = bindOverload(entry, overload, self, args, count, options);
    if (typeof bound !== "string") return { overload, args: bound };
    failure = bound;
  }
  throw new TypeError(
    entry.overloads.length === 1 ? failure : describeOverloads(entry, args, count, options),
  );
}

function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The parsed arguments, or why they do not fit. */
function bindOverload(
  entry: ApiEntry,
  overload: Overload,
  self: TensorBase | null,
  args: readonly unknown[],
  count: number,
  options: Readonly<Record<string, unknown>> | null,
): AnyArgs | string {
  if (count > overload.maxPositional) return tooMany(entry, overload.maxPositional, count);
  const bound: Record<string, unknown> = { ...overload.op.defaults };
  if (self !== null) bound["self"] = self;
  let next = 0;
  for (const parameter of overload.parameters) {
    if (next >= count || parameter.arg.keywordOnly) {
      if (
        parameter.arg.fallback === undefined &&
        !(options !== null && parameter.name in options)
      ) {
        return `${entry.name}() missing 1 required positional arguments: "${parameter.name}"`;
      }
      continue;
    }
    let value = args[next++];
    if (parameter.arg.spread && !Array.isArray(value) && belongsToRow(parameter, value)) {
      const row: unknown[] = [value];
      while (next < count && belongsToRow(parameter, args[next])) row.push(args[next++]);
      value = row;
    }
    const parsed =
      value === undefined && parameter.arg.fallback !== undefined
        ? parameter.arg.fallback.value
        : parameter.arg.parse(value);
    if (parsed === mismatch) return wrongType(entry, parameter, ` (position ${next})`, value);
    bound[parameter.key] = parsed;
  }
  if (next < count)
    return tooMany(
      entry,
      overload.parameters.filter((parameter) => !parameter.arg.keywordOnly).length,
      count,
    );
  return options === null ? bound : bindOptions(entry, overload, bound, options, args, count);
}

/** Sizes end where the numbers end; the items of an index and the operands of an equation take all the rest. */
function belongsToRow({ arg }: Parameter, value: unknown): boolean {
  return arg.kind === "index" || arg.kind === "tensors" || typeof value === "number";
}

function bindOptions(
  entry: ApiEntry,
  overload: Overload,
  bound: Record<string, unknown>,
  options: Readonly<Record<string, unknown>>,
  args: readonly unknown[],
  count: number,
): AnyArgs | string {
  for (const [name, value] of Object.entries(options)) {
    const position = overload.parameters.findIndex((parameter) => parameter.name === name);
    const parameter = overload.parameters[position];
    if (parameter === undefined)
      return `${entry.name}() got an unexpected keyword argument '${name}'`;
    if (!parameter.arg.keywordOnly && position < count && args[position] !== undefined) {
      return `${entry.name}() got multiple values for argument '${name}'`;
    }
    if (value === undefined) continue;
    const parsed = parameter.arg.parse(value);
    if (parsed === mismatch) return wrongType(entry, parameter, "", value);
    bound[parameter.key] = parsed;
  }
  return bound;
}

function tooMany(entry: ApiEntry, limit: number, given: number): string {
  if (limit === 0)
    return `${entry.isMethod ? "Tensor." : ""}${entry.name}() takes no arguments (${given} given)`;
  return `${entry.name}() takes ${limit} positional argument${limit === 1 ? "" : "s"} but ${given} ${given === 1 ? "was" : "were"} given`;
}

function wrongType(entry: ApiEntry, parameter: Parameter, place: string, value: unknown): string {
  return `${entry.name}(): argument '${parameter.name}'${place} must be ${parameter.arg.expected}, not ${typeName(value)}`;
}

function typeName(value: unknown): string {
  if (isTensor(value)) return "Tensor";
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const { constructor } = value;
  return constructor.name;
}

function describeOverloads(
  entry: ApiEntry,
  args: readonly unknown[],
  count: number,
  options: Readonly<Record<string, unknown>> | null,
): string {
  const given = [
    ...args.slice(0, count).map(typeName),
    ...Object.entries(options ?? {}).map(([name, value]) => `${name}=${typeName(value)}`),
  ];
  const expected = entry.overloads.map(({ parameters }) => {
    const shown = parameters.map(
      ({ name, arg }) => `${arg.keywordOnly ? "*" : ""}${arg.expected} ${name}`,
    );
    return ` * (${shown.join(", ")})`;
  });
  return `${entry.name}() received an invalid combination of arguments - got (${given.join(", ")}), but expected one of:\n${expected.join("\n")}\n`;
}

import { RuntimeError } from "../base/errors.ts";
import { isTensor, stateOf, type TensorBase } from "../core/tensor.ts";
import type { OpSchema } from "./op-schema.ts";

/** The arguments of a custom operator must be what its schema says. */
export function checkCustomArguments(
  opName: string,
  { parameters }: OpSchema,
  args: readonly unknown[],
): void {
  if (args.length > parameters.length) {
    throw new TypeError(
      `${opName}() takes ${parameters.length} positional argument${parameters.length === 1 ? "" : "s"} but ${args.length} ${args.length === 1 ? "was" : "were"} given`,
    );
  }
  for (const [index, parameter] of parameters.entries()) {
    const value = args[index];
    if (value === undefined && parameter.hasDefault) continue;
    if (index >= args.length)
      throw new TypeError(`${opName}() is missing value for argument '${parameter.name}'`);
    if (!parameter.accepts(value)) {
      throw new TypeError(
        `${opName}(): argument '${parameter.name}' (position ${index + 1}) must be ${parameter.type}, not ${typeName(value)}`,
      );
    }
  }
}

/** What `part`, the implementation or the fake, gives must be what the schema says. */
export function checkCustomResult(
  qualname: string,
  part: string,
  { returns, acceptsReturn }: OpSchema,
  result: unknown,
): void {
  const wanted = returns.length === 1 ? String(returns[0]) : `(${returns.join(", ")})`;
  const fail = (given: string): never => {
    throw new RuntimeError(
      `${qualname}: ${part} gave ${given}, but the schema says -> ${wanted}. Change the schema or what it returns.`,
    );
  };
  if (returns.length === 0) {
    if (result !== undefined && result !== null) fail(typeName(result));
    return;
  }
  const results: readonly unknown[] = returns.length === 1 ? [result] : asList(result, fail);
  if (results.length !== returns.length) fail(`${results.length} results`);
  for (const [index, value] of results.entries())
    if (!acceptsReturn(index, value))
      fail(returns.length === 1 ? typeName(value) : `${typeName(value)} as result ${index + 1}`);
}

function asList(result: unknown, fail: (given: string) => never): readonly unknown[] {
  return Array.isArray(result) ? result : fail(typeName(result));
}

/** Results must not share memory with arguments or one another: captured programs rely on what is declared. */
export function checkAliasing(
  qualname: string,
  inputs: readonly TensorBase[],
  outputs: readonly TensorBase[],
): void {
  for (const [index, output] of outputs.entries()) {
    const sharesMemory = (other: TensorBase): boolean =>
      other === output || stateOf(other).storage === stateOf(output).storage;
    if (inputs.some(sharesMemory)) {
      throw new RuntimeError(
        `${qualname} (with implementation given to custom_op): the output of this custom operator must not be an input or share memory with one. Return a clone() instead.`,
      );
    }
    if (outputs.slice(0, index).some(sharesMemory)) {
      throw new RuntimeError(
        `${qualname} (with implementation given to custom_op): outputs of this custom operator must not share memory with one another. Return a clone() of one of them instead.`,
      );
    }
  }
}

export function tensorsIn(value: unknown): readonly TensorBase[] {
  if (isTensor(value)) return [value];
  return Array.isArray(value) ? value.flatMap(tensorsIn) : [];
}

function typeName(value: unknown): string {
  if (isTensor(value)) return "Tensor";
  return value === null ? "null" : typeof value;
}

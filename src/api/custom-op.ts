import { NotImplementedError, RuntimeError, ValueError } from "../base/errors.ts";
import { isFake, isTensor, stateOf, type TensorBase } from "../core/tensor.ts";
import { type OpSchema, type SchemaParameter, parseSchema } from "./op-schema.ts";

type Implementation = (...args: never[]) => unknown;

/** What the registry knows of a custom operator. */
export interface CustomOpRecord {
  readonly namespace: string;
  readonly name: string;
  readonly parameters: readonly SchemaParameter[];
  readonly mutates_args: readonly string[];
}

/** A custom operator: call it like the function it was made from. */
export interface CustomOp<Fn extends Implementation> {
  (...args: Parameters<Fn>): ReturnType<Fn>;
  /** Says what the operator gives from metadata alone: tensors it makes are fake, and it must not look at data. */
  register_fake(fake: (...args: Parameters<Fn>) => ReturnType<Fn>): CustomOp<Fn>;
  readonly qualname: string;
}

const records = new WeakMap<Function, CustomOpRecord>();

export const customOpOf = (fn: Function): CustomOpRecord | null => records.get(fn) ?? null;

/**
 * `torch.library.custom_op`: makes `impl` one opaque operation of captured graphs. It runs once per call; while
 * capturing only its fake runs.
 *
 * Gradient: none yet. Aliasing: results must not share memory with inputs; only arguments named in `mutates_args` may
 * be changed.
 * @param name `"namespace::name"`, unique.
 * @param options `schema` types parameters and result, as in `"(Tensor x, float k) -> Tensor"`.
 * @throws ValueError for a name or schema that is not of this form.
 * @example
 * ```ts
 * const scale = torch.library.custom_op(
 *   "demo::scale", { schema: "(Tensor x, float k) -> Tensor", mutates_args: [] },
 *   (x: torch.Tensor, k: number) => x.mul(k),
 * );
 * scale.register_fake((x) => torch.empty_like(x));
 * ```
 * @see https://docs.pytorch.org/docs/stable/library.html
 */
export function custom_op<Fn extends Implementation>(
  name: string,
  options: { readonly schema: string; readonly mutates_args: readonly string[] },
  impl: Fn,
): CustomOp<Fn> {
  const [namespace, opName, ...rest] = name.split("::");
  if (
    namespace === undefined ||
    opName === undefined ||
    opName === "" ||
    namespace === "" ||
    rest.length > 0
  ) {
    throw new ValueError(
      `custom_op(name="${name}"): expected a name of the form "namespace::name"`,
    );
  }
  if (typeof impl !== "function")
    throw new TypeError(
      `custom_op("${name}"): the implementation must be a function, not ${typeof impl}`,
    );
  const schema = parseSchema(name, options.schema);
  for (const mutated of options.mutates_args) {
    if (!schema.parameters.some((parameter) => parameter.name === mutated)) {
      throw new ValueError(
        `custom_op("${name}"): mutates_args names "${mutated}", but the parameters are ${schema.parameters.map((each) => each.name).join(", ")}`,
      );
    }
  }
  return makeOp(name, namespace, opName, schema, options.mutates_args, impl);
}

function makeOp<Fn extends Implementation>(
  qualname: string,
  namespace: string,
  opName: string,
  schema: OpSchema,
  mutatesArgs: readonly string[],
  impl: Fn,
): CustomOp<Fn> {
  let fakeImpl: ((...args: Parameters<Fn>) => ReturnType<Fn>) | null = null;
  const call = (...args: Parameters<Fn>): ReturnType<Fn> => {
    checkArguments(opName, schema, args);
    const tensors = tensorsIn(args);
    if (tensors.some(isFake)) {
      if (fakeImpl === null) {
        throw new NotImplementedError(
          `There was no fake impl registered for ${qualname}. This is necessary for torch.compile to capture it: call register_fake(…) on the operator with a function that gives outputs with the right metadata.`,
        );
      }
      return fakeImpl(...args);
    }
    const result = impl(...args) as ReturnType<Fn>; // the implementation's own result
    checkAliasing(qualname, tensors, tensorsIn([result]));
    return result;
  };
  Object.defineProperty(call, "name", { value: opName });
  const op: CustomOp<Fn> = Object.assign(call, {
    qualname,
    register_fake: (fake: (...args: Parameters<Fn>) => ReturnType<Fn>): CustomOp<Fn> => {
      if (typeof fake !== "function")
        throw new TypeError(`register_fake of ${qualname} needs a function, not ${typeof fake}`);
      fakeImpl = fake;
      return op;
    },
  });
  records.set(op, {
    namespace,
    name: opName,
    parameters: schema.parameters,
    mutates_args: mutatesArgs,
  });
  return op;
}

function tensorsIn(value: unknown): readonly TensorBase[] {
  if (isTensor(value)) return [value];
  return Array.isArray(value) ? value.flatMap(tensorsIn) : [];
}

function checkArguments(opName: string, schema: OpSchema, args: readonly unknown[]): void {
  const { parameters } = schema;
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
        `${opName}(): argument '${parameter.name}' (position ${index + 1}) must be ${parameter.type}, not ${isTensor(value) ? "Tensor" : value === null ? "null" : typeof value}`,
      );
    }
  }
}

function checkAliasing(
  qualname: string,
  inputs: readonly TensorBase[],
  outputs: readonly TensorBase[],
): void {
  for (const output of outputs) {
    if (
      inputs.some((input) => input === output || stateOf(input).storage === stateOf(output).storage)
    ) {
      throw new RuntimeError(
        `${qualname} (with implementation given to custom_op): the output of this custom operator must not be an input or share memory with one. Return a clone() instead.`,
      );
    }
  }
}

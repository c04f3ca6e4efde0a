import { NotImplementedError, ValueError } from "../base/errors.ts";
import { isFake } from "../core/tensor.ts";
import {
  checkAliasing,
  checkCustomArguments,
  checkCustomResult,
  tensorsIn,
} from "./check-custom-op.ts";
import { runFakeImplementation } from "./fake-context.ts";
import { type OpSchema, type SchemaParameter, parseSchema } from "./op-schema.ts";

type Implementation = (...args: never[]) => unknown;

/** What the registry knows of a custom operator. */
export interface CustomOpRecord {
  readonly namespace: string;
  readonly name: string;
  readonly parameters: readonly SchemaParameter[];
  readonly mutates_args: readonly string[];
  /** Whether `register_fake` was called. */
  hasFake(): boolean;
}

/** A custom operator, or another function that graphs do not look into, was captured that has no fake. */
export class MissingFakeError extends NotImplementedError {
  constructor(qualname: string) {
    super(
      `There was no fake impl registered for ${qualname}. This is necessary for torch.compile to capture it: call register_fake(…) on it with a function that gives outputs with the right metadata.`,
    );
  }
}

/** A custom operator: call it like the function it was made from. */
export interface CustomOp<Fn extends Implementation> {
  (...args: Parameters<Fn>): ReturnType<Fn>;
  /** Says what the operator gives from metadata alone: tensors it makes are fake, and it must not look at data. */
  register_fake(fake: (...args: Parameters<Fn>) => ReturnType<Fn>): CustomOp<Fn>;
  /** Runs the operator on tensors of a device with an implementation of its own. */
  register_kernel(
    devices: string | readonly string[],
    kernel: (...args: Parameters<Fn>) => ReturnType<Fn>,
  ): CustomOp<Fn>;
  readonly qualname: string;
}

const records = new WeakMap<Function, CustomOpRecord>();

export const customOpOf = (fn: Function): CustomOpRecord | null => records.get(fn) ?? null;

/**
 * `torch.library.custom_op`: makes `impl` one opaque operation of captured graphs. It runs once per call; while
 * capturing only its fake runs.
 *
 * Gradient: none yet. Aliasing: results must not share memory with inputs or one another; only arguments named in
 * `mutates_args` ("unknown": all tensors) may be changed.
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
  options: { readonly schema: string; readonly mutates_args: readonly string[] | "unknown" },
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
  const tensorNames = schema.parameters.flatMap((each) =>
    each.type.startsWith("Tensor") ? [each.name] : [],
  );
  const mutatesArgs = options.mutates_args === "unknown" ? tensorNames : options.mutates_args;
  for (const mutated of mutatesArgs) {
    if (!schema.parameters.some((parameter) => parameter.name === mutated)) {
      throw new ValueError(
        `custom_op("${name}"): mutates_args names "${mutated}", but the parameters are ${schema.parameters.map((each) => each.name).join(", ")}`,
      );
    }
  }
  return makeOp(name, namespace, opName, schema, mutatesArgs, impl);
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
  const kernels = new Map<string, Implementation>();
  const call = (...args: Parameters<Fn>): ReturnType<Fn> => {
    checkCustomArguments(opName, schema, args);
    const tensors = tensorsIn(args);
    if (tensors.some(isFake)) {
      const fake = fakeImpl;
      if (fake === null) throw new MissingFakeError(qualname);
      const result = runFakeImplementation(qualname, () => fake(...args));
      checkCustomResult(qualname, "the function given to register_fake", schema, result);
      return result;
    }
    const device = tensors[0]?.device.type;
    const run = (device === undefined ? undefined : kernels.get(device)) ?? impl;
    const result = run(...args) as ReturnType<Fn>; // the implementation's own result
    checkCustomResult(qualname, "the implementation", schema, result);
    checkAliasing(qualname, tensors, tensorsIn(result));
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
    register_kernel: (
      devices: string | readonly string[],
      kernel: (...args: Parameters<Fn>) => ReturnType<Fn>,
    ): CustomOp<Fn> => {
      if (typeof kernel !== "function")
        throw new TypeError(
          `register_kernel of ${qualname} needs a function, not ${typeof kernel}`,
        );
      for (const device of typeof devices === "string" ? [devices] : devices) {
        if (device !== "cpu")
          throw new ValueError(`register_kernel of ${qualname}: there is no device "${device}"`);
        kernels.set(device, kernel);
      }
      return op;
    },
  });
  records.set(op, {
    namespace,
    name: opName,
    parameters: schema.parameters,
    mutates_args: mutatesArgs,
    hasFake: () => fakeImpl !== null,
  });
  return op;
}

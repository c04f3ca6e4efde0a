import { InternalError } from "../base/errors.ts";
import { type DType, dtypes } from "../core/dtype.ts";
import type { TensorBase } from "../core/tensor.ts";
import type { ArgSchema } from "./arg.ts";
import type { AnyArgs, AnyExecution, Op, OpDefinition, OpRecord } from "./op-record.ts";
import { returns } from "./returns.ts";

export const allDTypes: readonly DType[] = Object.values(dtypes);
export const numberDTypes = allDTypes.filter(({ category }) => category !== "bool");
export const integerDTypes = allDTypes.filter((dtype) => !dtype.is_floating_point);
export const floatDTypes = allDTypes.filter((dtype) => dtype.is_floating_point);
export const wideFloatDTypes = floatDTypes.filter(({ itemsize }) => itemsize > 2);

/**
 * Makes an op's record. The types prove that it has an execution, a reference, samples and a decision on its derivative.
 * The build splits the functions off a definition, so that they are made when the op is first called.
 */
export function defineOp<const Schema extends ArgSchema, Result = TensorBase>(
  definition: OpDefinition<Schema, Result>,
  makeFunctions?: () => object,
): Op<Schema, Result> {
  // Proof of the cast: an op's functions are only ever called with arguments that were parsed by this very schema.
  const erased = definition as unknown as ErasedDefinition;
  return new DefinedOp(erased, makeFunctions);
}

type ErasedDefinition = OpDefinition<Record<string, never>, unknown> & ErasedFunctions;

/** A program uses few of the operators: what has to be worked out is, when the first call asks for it. */
class DefinedOp implements OpRecord {
  readonly name: string;
  readonly api: readonly string[];
  readonly args: ArgSchema;
  readonly returns: OpRecord["returns"];
  readonly doc: OpRecord["doc"];
  readonly random: boolean;
  readonly checksData: boolean;
  readonly mutates: boolean;
  readonly writes: readonly string[];
  readonly dtypes: readonly DType[];
  readonly reference: OpRecord["reference"];
  readonly derivative: unknown;
  readonly samples: OpRecord["samples"];
  readonly #makeFunctions: () => ErasedFunctions;
  #execution: AnyExecution | null = null;
  #defaults: AnyArgs | null = null;
  #tensorArgs: readonly string[] | null = null;

  constructor(definition: ErasedDefinition, makeFunctions?: () => object) {
    this.name = definition.name;
    this.api = definition.api;
    this.args = definition.args;
    this.returns = definition.returns ?? returns.tensor;
    this.doc = definition.doc;
    this.random = definition.random ?? false;
    this.checksData = definition.checksData ?? false;
    this.mutates = "mutates" in definition && definition.mutates === "self";
    this.writes = definition.writes ?? [];
    this.dtypes = definition.dtypes ?? allDTypes;
    this.reference = definition.reference;
    this.derivative = definition.derivative;
    this.samples = definition.samples;
    this.#makeFunctions = () => ({ ...definition, ...makeFunctions?.() });
  }

  get execution(): AnyExecution {
    return (this.#execution ??= executionOf(this.name, this.#makeFunctions()));
  }

  get defaults(): AnyArgs {
    return (this.#defaults ??= defaultsOf(this.args));
  }

  get tensorArgs(): readonly string[] {
    return (this.#tensorArgs ??= tensorArgsOf(this.args));
  }
}

export const isOp = (value: unknown): value is OpRecord => value instanceof DefinedOp;

function defaultsOf(args: ArgSchema): AnyArgs {
  const defaults: Record<string, unknown> = {};
  for (const [name, { fallback }] of Object.entries(args)) {
    if (fallback !== undefined) defaults[name] = fallback.value;
  }
  return defaults;
}

const tensorKinds: ReadonlySet<string> = new Set(["tensor", "operand", "tensors", "index"]);

const tensorArgsOf = (args: ArgSchema): readonly string[] =>
  Object.keys(args).filter((name) => tensorKinds.has(args[name]?.kind ?? ""));

interface ErasedFunctions {
  readonly reference: OpRecord["reference"];
  readonly samples: OpRecord["samples"];
  readonly meta?: Extract<AnyExecution, { kind: "lowering" }>["meta"];
  readonly check?: (args: AnyArgs) => void;
  readonly lowering?: Extract<AnyExecution, { kind: "lowering" }>["lowering"];
  readonly mutation?: Extract<AnyExecution, { kind: "mutation" }>["mutation"];
  readonly decomposition?: (args: AnyArgs) => unknown;
  readonly needsData?: "scalar" | "shape";
  readonly wide?: true;
  readonly view?: Extract<AnyExecution, { kind: "view" }>["view"];
  readonly routine?: Extract<AnyExecution, { kind: "routine" }>["routine"];
}

function executionOf(name: string, functions: ErasedFunctions): AnyExecution {
  const { meta, check, lowering, mutation, decomposition, view, routine } = functions;
  if (view !== undefined) return { kind: "view", view };
  if (decomposition !== undefined)
    return {
      kind: "decomposition",
      decomposition,
      needsData: functions.needsData ?? null,
      wide: functions.wide ?? false,
    };
  if (lowering !== undefined && meta !== undefined) return { kind: "lowering", meta, lowering };
  if (mutation !== undefined && check !== undefined) return { kind: "mutation", check, mutation };
  if (routine !== undefined && meta !== undefined) return { kind: "routine", meta, routine };
  if (routine !== undefined && check !== undefined)
    return { kind: "mutatingRoutine", check, routine };
  throw new InternalError(`op ${name} has no execution`);
}

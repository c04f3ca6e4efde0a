import { InternalError } from "../base/errors.ts";
import { bool, type DType, float32, float64, int32, int64, uint8 } from "../core/dtype.ts";
import type { TensorBase } from "../core/tensor.ts";
import type { ArgSchema } from "./arg.ts";
import type { AnyArgs, AnyExecution, Op, OpDefinition, OpRecord } from "./op-record.ts";
import { returns } from "./returns.ts";

export const allDTypes: readonly DType[] = [float32, float64, int64, int32, uint8, bool];
export const numberDTypes: readonly DType[] = [float32, float64, int64, int32, uint8];
export const integerDTypes: readonly DType[] = [int64, int32, uint8, bool];
export const floatDTypes: readonly DType[] = [float32, float64];

/** Makes an op's record. The types prove that it has an execution, a reference, samples and a decision on its derivative. */
export function defineOp<const Schema extends ArgSchema, Result = TensorBase>(
  definition: OpDefinition<Schema, Result>,
): Op<Schema, Result> {
  const defaults: Record<string, unknown> = {};
  const tensorArgs: string[] = [];
  for (const [name, kind] of Object.entries(definition.args)) {
    if (kind.fallback !== undefined) defaults[name] = kind.fallback.value;
    if (
      kind.kind === "tensor" ||
      kind.kind === "operand" ||
      kind.kind === "tensors" ||
      kind.kind === "index"
    )
      tensorArgs.push(name);
  }
  // Proof of the cast: an op's functions are only ever called with arguments that were parsed by this very schema.
  const erased = definition as unknown as OpDefinition<Record<string, never>, unknown> &
    ErasedFunctions;
  const record: OpRecord = {
    name: definition.name,
    api: definition.api,
    args: definition.args,
    returns: definition.returns ?? returns.tensor,
    doc: definition.doc,
    random: definition.random ?? false,
    checksData: definition.checksData ?? false,
    mutates: "mutates" in definition && definition.mutates === "self",
    writes: definition.writes ?? [],
    dtypes: definition.dtypes ?? allDTypes,
    reference: erased.reference,
    derivative: definition.derivative,
    samples: erased.samples,
    execution: executionOf(definition.name, erased),
    defaults,
    tensorArgs,
  };
  return Object.freeze(record);
}

interface ErasedFunctions {
  readonly reference: OpRecord["reference"];
  readonly samples: OpRecord["samples"];
  readonly meta?: Extract<AnyExecution, { kind: "lowering" }>["meta"];
  readonly check?: (args: AnyArgs) => void;
  readonly lowering?: Extract<AnyExecution, { kind: "lowering" }>["lowering"];
  readonly mutation?: Extract<AnyExecution, { kind: "mutation" }>["mutation"];
  readonly decomposition?: (args: AnyArgs) => unknown;
  readonly needsData?: "scalar" | "shape";
  readonly view?: Extract<AnyExecution, { kind: "view" }>["view"];
  readonly routine?: Extract<AnyExecution, { kind: "routine" }>["routine"];
}

function executionOf(name: string, functions: ErasedFunctions): AnyExecution {
  const { meta, check, lowering, mutation, decomposition, view, routine } = functions;
  if (view !== undefined) return { kind: "view", view };
  if (decomposition !== undefined)
    return { kind: "decomposition", decomposition, needsData: functions.needsData ?? null };
  if (lowering !== undefined && meta !== undefined) return { kind: "lowering", meta, lowering };
  if (mutation !== undefined && check !== undefined) return { kind: "mutation", check, mutation };
  if (routine !== undefined && meta !== undefined) return { kind: "routine", meta, routine };
  if (routine !== undefined && check !== undefined)
    return { kind: "mutatingRoutine", check, routine };
  throw new InternalError(`op ${name} has no execution`);
}

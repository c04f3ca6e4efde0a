/** Calls a function so that its probe, the first thing in its body, answers with accessors and nothing else runs. */
import { asyncGeneratorNext, generatorNext } from "./generator-next.ts";
import { isArrayIterationOriginal } from "./grab-accessors.ts";
import type { ScriptRecord } from "./script-record.ts";
import type { FunctionRecord } from "./script-scope.ts";
import {
  registryVariable,
  type TransformedScope,
  type TransformRegistry,
} from "./transform-registry.ts";
import { makeFunction } from "../../script/make-function.ts";

/** null: the function has no probe, or its parameters cannot be filled without running code of the user's. */
export function enterProbe(
  registry: TransformRegistry,
  fn: Function,
  script: ScriptRecord,
  record: FunctionRecord,
): TransformedScope | null {
  const { harmlessArguments } = record;
  if (harmlessArguments === null || !hasProbe(script, record) || !isArrayIterationOriginal())
    return null;
  // Literals of numbers, arrays and objects, written by `harmlessArguments`.
  const args = makeFunction([], `return [${harmlessArguments}]`)() as unknown[];
  registry.answer = null;
  registry.on = true;
  try {
    const result: unknown = Reflect.apply(fn, undefined, args);
    // The body of a generator begins with the first step.
    if (record.isGenerator)
      Reflect.apply(record.isAsync ? asyncGeneratorNext : generatorNext, result, []);
  } catch {
    // Nothing of the user's has run: without an answer the other tiers go on.
  } finally {
    registry.on = false;
  }
  const { answer } = registry;
  registry.answer = null;
  return answer;
}

/** Where the body begins, and nowhere else: a probe of a function inside would let the outer one run. */
function hasProbe(script: ScriptRecord, { probeAt }: FunctionRecord): boolean {
  return script
    .insertedAt(probeAt)
    .some(
      (text) =>
        text.startsWith(`if(${registryVariable}.on)`) || text.startsWith(`${registryVariable}.on?`),
    );
}

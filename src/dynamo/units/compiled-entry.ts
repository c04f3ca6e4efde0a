import type { PlacedGuard } from "../guards/guard-set.ts";
import { explainGuard, guardSource, guardTest } from "../guards/guard.ts";
import { residualBindings } from "../residual/residual-bindings.ts";
import type { ResidualCode } from "../residual/build-residual.ts";
import { metaOfValue } from "../guards/meta-of-value.ts";
import type { SizeDecisions } from "../shapes/dim-decision.ts";
import type { SizeSymbols } from "../shapes/size-symbols.ts";
import type { ShapeTrace } from "../shapes/shape-trace.ts";
import { type ConstantPool, type Source, sourceText } from "../variables/source.ts";
import { ResidualWriter } from "../residual/residual-writer.ts";
import { makeFunction } from "../../script/make-function.ts";

export type GuardFunction = (receiver: unknown, inputs: readonly unknown[]) => boolean;

/** One capture: run `code` whenever all guards hold. */
export interface CompiledEntry {
  readonly index: number;
  readonly guards: readonly PlacedGuard[];
  readonly check: GuardFunction;
  readonly code: ResidualCode;
  /** The inputs' count, part of the guards: a missing argument is not an undefined one. */
  readonly inputCount: number;
  /** The operations of its graph; null if calls that fit run natively. */
  readonly operationCount: number | null;
  /** Which sizes of tensors from outside are fixed, which may vary, and why. */
  readonly sizes: readonly SizeDecisions[];
  /** The names of those that vary; null where nothing was captured. */
  readonly symbols: SizeSymbols | null;
}

/** All guards in one generated function, evaluated from left to right. Hot path (bench: dispatch). */
export function compileGuards(guards: readonly PlacedGuard[], inputCount: number): GuardFunction {
  const pool = new ResidualWriter();
  const tests = [
    `A.length === ${inputCount}`,
    ...guards.map(({ guard }) => guardTest(guard, pool)),
  ];
  // What a guard reads may have gone, a global variable for one: then the entry does not fit.
  return build<GuardFunction>(
    pool,
    `return (T, A) => { try { return ${tests.join("\n  && ")}; } catch { return false; } };`,
  );
}

function build<Result>(pool: ResidualWriter, text: string): Result {
  const names = pool.constants.map((_, index) => `k${index} = K[${index}]`);
  const make = makeFunction(
    ["K", "R"],
    `"use strict";\n${names.length > 0 ? `const ${names.join(", ")};\n` : ""}${text}`,
  );
  return make(pool.constants, residualBindings.R) as Result; // as the text says
}

/** The first guard that does not hold and why, or null if all do. Evaluates them one at a time, off the hot path. */
export function explainFailure(
  entry: CompiledEntry,
  receiver: unknown,
  inputs: readonly unknown[],
): { readonly placed: PlacedGuard | null; readonly text: string } | null {
  if (inputs.length !== entry.inputCount) {
    return { placed: null, text: `${inputs.length} arguments given, ${entry.inputCount} expected` };
  }
  for (const placed of entry.guards) {
    const pool = new ResidualWriter();
    const holds = build<GuardFunction>(
      pool,
      `return (T, A) => { try { return ${guardTest(placed.guard, pool)}; } catch { return false; } };`,
    );
    if (!holds(receiver, inputs) && placed.guard.kind === "SHAPES") {
      const { trace } = placed.guard;
      const failure = trace.failure(shapeKey(trace, receiver, inputs));
      if (failure !== null)
        return { placed: { guard: placed.guard, place: failure.place }, text: failure.text };
    }
    if (!holds(receiver, inputs))
      return { placed, text: explainGuard(placed.guard, actualValue(placed, receiver, inputs)) };
  }
  return null;
}

function shapeKey(
  trace: ShapeTrace,
  receiver: unknown,
  inputs: readonly unknown[],
): readonly unknown[] {
  const { tensors, numbers } = trace.sources;
  return [
    ...tensors.map((source) => metaOfValue(readSource(source, receiver, inputs))),
    ...numbers.map((source) => readSource(source, receiver, inputs)),
  ];
}

function actualValue(
  { guard }: PlacedGuard,
  receiver: unknown,
  inputs: readonly unknown[],
): unknown {
  const source = guardSource(guard);
  return source === null ? undefined : readSource(source, receiver, inputs);
}

function readSource(source: Source, receiver: unknown, inputs: readonly unknown[]): unknown {
  const pool: ResidualWriter & ConstantPool = new ResidualWriter();
  const read = build<(T: unknown, A: readonly unknown[]) => unknown>(
    pool,
    `return (T, A) => { try { return ${sourceText(source, pool)}; } catch { return undefined; } };`,
  );
  return read(receiver, inputs);
}

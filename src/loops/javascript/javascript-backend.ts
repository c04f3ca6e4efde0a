/** Runs kernels as generated JavaScript loops over typed arrays. Hot path: a launch costs one key and one call. */
import { at, numelOf } from "../../core/shape.ts";
import { stateOf } from "../../core/tensor.ts";
import type { StoredArray } from "../../core/storage.ts";
import type { Backend, Launch, LaunchGeometry, PreparedLaunch } from "../backend.ts";
import { flatSteps, isFlat, simplifyLaunch } from "../iteration.ts";
import type { Kernel } from "../kernel.ts";
import { observeCompilation } from "../observe-launches.ts";
import { multiplyInJavaScript } from "../templates/contraction/multiply-in-javascript.ts";
import { resetPlainContractions } from "../templates/contraction/plain-contraction.ts";
import { emitKernel } from "./emit-kernel.ts";
import { support } from "./support.ts";
import { makeFunction } from "../../script/make-function.ts";

type CompiledKernel = (
  arrays: readonly StoredArray[],
  offsets: readonly number[],
  steps: readonly (readonly number[])[],
  sizes: readonly number[],
  scalars: readonly (number | bigint)[],
) => void;

let compiledKernels = new WeakMap<Kernel, Map<string, CompiledKernel>>();

function compile(
  kernel: Kernel,
  parallelAxes: number,
  foldAxes: number,
  innerSteps: string,
  randomRanks: readonly number[],
): CompiledKernel {
  const { text, embedded } = emitKernel(kernel, {
    parallelAxes,
    foldAxes,
    innerSteps,
    randomRanks,
  });
  const build = makeFunction(
    ["support", "embedded"],
    `"use strict"; return function ${kernel.name}(arrays, offsets, steps, sizes, scalars) {\n${text}\n}`,
  );
  // Proof of the cast: the text above is a function of exactly these parameters.
  return build(support, embedded) as CompiledKernel;
}

/** What a launch needs beside the memory of its operands. */
interface ResolvedLaunch {
  readonly compiled: CompiledKernel;
  readonly steps: readonly (readonly number[])[];
  readonly sizes: readonly number[];
}

function run(launch: Launch): void {
  const { compiled, steps, sizes } = resolve(launch);
  const arrays: StoredArray[] = [];
  const offsets: number[] = [];
  for (const { tensor } of launch.operands) {
    const state = stateOf(tensor);
    arrays.push(state.storage.array);
    offsets.push(state.offset);
  }
  compiled(arrays, offsets, steps, sizes, launch.scalars);
}

function prepare(launch: Launch): PreparedLaunch {
  const { compiled, steps, sizes } = resolve(launch);
  const { scalars } = launch;
  return (tensors) => {
    const count = tensors.length;
    const arrays = new Array<StoredArray>(count);
    const offsets = new Array<number>(count);
    for (let operand = 0; operand < count; operand++) {
      const state = stateOf(at(tensors, operand));
      arrays[operand] = state.storage.array;
      offsets[operand] = state.offset;
    }
    compiled(arrays, offsets, steps, sizes, scalars);
  };
}

/** Runs a launch on arrays, from an offset in each. */
export type ScriptLaunch = (
  arrays: readonly StoredArray[],
  offsets: readonly number[],
  scalars: Launch["scalars"],
) => void;

/** Does once what depends on the geometry of a launch. */
export function resolveScript(launch: LaunchGeometry): ScriptLaunch {
  const { compiled, steps, sizes } = resolve(launch);
  return (arrays, offsets, scalars) => compiled(arrays, offsets, steps, sizes, scalars);
}

function resolve(launch: LaunchGeometry): ResolvedLaunch {
  const { kernel, parallel, fold, operands } = launch;
  if (isFlat(launch)) {
    const count = operands.length;
    const compiled = variantOf(kernel, 1, 0, "c".repeat(count), noRandomRanks);
    return { compiled, steps: flatSteps(count), sizes: [numelOf(parallel)] };
  }
  const strides = operands.map((operand) => operand.strides);
  const { parallelSizes, foldSizes, steps } = simplifyLaunch(kernel, parallel, fold, strides);
  const last = parallelSizes.length + foldSizes.length - 1;
  const isRandom = (operand: number): boolean => at(kernel.operands, operand).access === "random";
  const innerSteps = steps
    .map((own, operand) => (isRandom(operand) ? "r" : stepClass(own[last])))
    .join("");
  const randomRanks = steps.map((own, operand) => (isRandom(operand) ? own.length : 0));
  const compiled = variantOf(
    kernel,
    parallelSizes.length,
    foldSizes.length,
    innerSteps,
    randomRanks,
  );
  return { compiled, steps, sizes: [...parallelSizes, ...foldSizes] };
}

const noRandomRanks: readonly number[] = [];

/** The compiled form of a kernel for one shape of launch; compiled on first use. */
function variantOf(
  kernel: Kernel,
  parallelAxes: number,
  foldAxes: number,
  innerSteps: string,
  randomRanks: readonly number[],
): CompiledKernel {
  let variants = compiledKernels.get(kernel);
  if (variants === undefined) compiledKernels.set(kernel, (variants = new Map()));
  const key = `${parallelAxes}|${foldAxes}|${innerSteps}|${randomRanks.join()}`;
  let compiled = variants.get(key);
  if (compiled === undefined) {
    compiled = observeCompilation(kernel.name, () =>
      compile(kernel, parallelAxes, foldAxes, innerSteps, randomRanks),
    );
    variants.set(key, compiled);
  }
  return compiled;
}

function stepClass(step: number | undefined): string {
  return step === 1 ? "c" : step === 0 ? "z" : "s";
}

export const javascriptBackend: Backend = {
  name: "javascript",
  run,
  prepare,
  runTemplate: (launch) => multiplyInJavaScript(launch, run),
  reset: () => {
    compiledKernels = new WeakMap();
    resetPlainContractions();
  },
};

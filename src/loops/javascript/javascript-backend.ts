/** Runs kernels as generated JavaScript loops over typed arrays. Hot path: a launch costs one key and one call. */
import { at, isContiguousLayout, numelOf, type Shape } from "../../core/shape.ts";
import { stateOf } from "../../core/tensor.ts";
import type { TypedArray } from "../../core/storage.ts";
import type { Backend, Launch } from "../backend.ts";
import { simplifyAxes } from "../iteration.ts";
import type { Kernel } from "../kernel.ts";
import { emitKernel } from "./emit-kernel.ts";
import { support } from "./support.ts";

type CompiledKernel = (
  arrays: readonly TypedArray[],
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
  const build = new Function(
    "support",
    "embedded",
    `return function ${kernel.name}(arrays, offsets, steps, sizes, scalars) {\n${text}\n}`,
  );
  // Proof of the cast: the text above is a function of exactly these parameters.
  return build(support, embedded) as CompiledKernel;
}

function run(launch: Launch): void {
  const { kernel, parallel, fold, operands, scalars } = launch;
  const arrays: TypedArray[] = [];
  const offsets: number[] = [];
  for (const { tensor } of operands) {
    const state = stateOf(tensor);
    arrays.push(state.storage.array);
    offsets.push(state.offset);
  }
  if (isFlat(launch)) {
    // All operands are contiguous and of one shape: one loop, and no arithmetic on axes.
    const count = operands.length;
    variantOf(kernel, 1, 0, "c".repeat(count), noRandomRanks)(
      arrays,
      offsets,
      flatSteps(count),
      [numelOf(parallel)],
      scalars,
    );
    return;
  }
  const strides = operands.map((operand) => operand.strides);
  const { parallelSizes, foldSizes, steps } = kernel.usesPositions
    ? { parallelSizes: parallel, foldSizes: fold, steps: strides }
    : simplified(kernel, parallel, fold, strides);
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
  compiled(arrays, offsets, steps, [...parallelSizes, ...foldSizes], scalars);
}

const noRandomRanks: readonly number[] = [];

function isFlat({ kernel, parallel, fold, operands }: Launch): boolean {
  if (kernel.usesPositions || fold.length > 0 || kernel.states.length > 0) return false;
  for (let operand = 0; operand < operands.length; operand++) {
    if (at(kernel.operands, operand).access === "random") return false;
    if (!isContiguousLayout(parallel, at(operands, operand).strides)) return false;
  }
  return true;
}

const flatStepsByCount: (readonly (readonly number[])[])[] = [];

function flatSteps(count: number): readonly (readonly number[])[] {
  let steps = flatStepsByCount[count];
  if (steps === undefined)
    flatStepsByCount[count] = steps = Array.from({ length: count }, () => [1]);
  return steps;
}

interface SimplifiedLaunch {
  readonly parallelSizes: readonly number[];
  readonly foldSizes: readonly number[];
  readonly steps: readonly (readonly number[])[];
}

function simplified(
  kernel: Kernel,
  parallel: Shape,
  fold: Shape,
  strides: readonly Shape[],
): SimplifiedLaunch {
  const rank = parallel.length;
  const points = strides.filter((_, operand) => at(kernel.operands, operand).access === "point");
  const outer = simplifyAxes(
    parallel,
    points.map((own) => own.slice(0, rank)),
    true,
  );
  // A fold must keep its order only if it tells positions apart or stores on its way; both set usesPositions.
  const inner = simplifyAxes(
    fold,
    points.map((own) => own.slice(rank)),
    false,
  );
  let point = 0;
  const steps = strides.map((own, operand) => {
    if (at(kernel.operands, operand).access === "random") return own;
    const merged = [...at(outer.steps, point), ...at(inner.steps, point)];
    point += 1;
    return merged;
  });
  return { parallelSizes: outer.sizes, foldSizes: inner.sizes, steps };
}

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
    compiled = compile(kernel, parallelAxes, foldAxes, innerSteps, randomRanks);
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
  reset: () => {
    compiledKernels = new WeakMap();
  },
};

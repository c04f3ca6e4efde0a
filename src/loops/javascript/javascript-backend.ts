/** Runs kernels as generated JavaScript loops over typed arrays. Hot path: a launch costs one key and one call. */
import { at } from "../../core/shape.ts";
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

function run({ kernel, parallel, fold, operands, scalars }: Launch): void {
  const pointSlots: number[] = [];
  kernel.operands.forEach((slot, operand) => {
    if (slot.access === "point") pointSlots.push(operand);
  });
  const rank = parallel.length;
  const strides = operands.map((operand) => operand.strides);
  let parallelSizes: readonly number[] = parallel;
  let foldSizes: readonly number[] = fold;
  let steps: readonly (readonly number[])[] = strides;
  if (!kernel.usesPositions) {
    const outer = simplifyAxes(
      parallel,
      pointSlots.map((operand) => at(strides, operand).slice(0, rank)),
      true,
    );
    // A fold must keep its order only if it tells positions apart or stores on its way; both set usesPositions.
    const inner = simplifyAxes(
      fold,
      pointSlots.map((operand) => at(strides, operand).slice(rank)),
      false,
    );
    parallelSizes = outer.sizes;
    foldSizes = inner.sizes;
    steps = strides.map((own, operand) => {
      const point = pointSlots.indexOf(operand);
      return point < 0 ? own : [...at(outer.steps, point), ...at(inner.steps, point)];
    });
  }
  const last = parallelSizes.length + foldSizes.length - 1;
  const innerSteps = kernel.operands
    .map((slot, operand) => (slot.access === "random" ? "r" : stepClass(at(steps, operand)[last])))
    .join("");
  const randomRanks = kernel.operands.map((slot, operand) =>
    slot.access === "random" ? at(steps, operand).length : 0,
  );
  const key = `${parallelSizes.length}|${foldSizes.length}|${innerSteps}|${randomRanks.join()}`;
  let variants = compiledKernels.get(kernel);
  if (variants === undefined) compiledKernels.set(kernel, (variants = new Map()));
  let compiled = variants.get(key);
  if (compiled === undefined) {
    compiled = compile(kernel, parallelSizes.length, foldSizes.length, innerSteps, randomRanks);
    variants.set(key, compiled);
  }
  compiled(
    operands.map((operand) => stateOf(operand.tensor).storage.array),
    operands.map((operand) => stateOf(operand.tensor).offset),
    steps,
    [...parallelSizes, ...foldSizes],
    scalars,
  );
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

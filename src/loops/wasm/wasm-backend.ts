/** Runs loop kernels as generated WebAssembly, and what is too small or has no vector code as JavaScript. Hot path. */
import { emit } from "../../base/logging.ts";
import { InternalError } from "../../base/errors.ts";
import { at, numelOf } from "../../core/shape.ts";
import { stateOf } from "../../core/tensor.ts";
import { kernelMemoryOrNull, type KernelMemory } from "../../runtime/kernel-memory.ts";
import { type InstalledKernel, kernelRuntime } from "../../runtime/kernel-runtime.ts";
import { argumentsAddress } from "../../runtime/memory-layout.ts";
import { wasmFeatures } from "../../wasm/features.ts";
import type { Backend, Launch } from "../backend.ts";
import { javascriptBackend } from "../javascript/javascript-backend.ts";
import type { Kernel } from "../kernel.ts";
import { observeCompilation } from "../observe-launches.ts";
import { resetFinishKernels } from "../templates/contraction/finish-contraction.ts";
import {
  multiplyInWebAssembly,
  takesContraction,
} from "../templates/contraction/multiply-in-webassembly.ts";
import type { ArgumentLayout } from "./argument-layout.ts";
import { emitKernel } from "./emit-kernel.ts";
import { longestAxis } from "./index-width.ts";
import { errorOf } from "./kernel-failures.ts";
import { kernelTarget } from "./kernel-target.ts";
import { bytesOf } from "./lower-expression.ts";
import { shapeKey } from "./loop-shape.ts";
import { planLoops, traitsOf, type LoopPlan } from "./plan-loops.ts";
import { reasonAgainst } from "./vector-support.ts";

interface CompiledKernel {
  readonly installed: InstalledKernel;
  readonly layout: ArgumentLayout;
  /** Points that take a few nanoseconds together, roughly. */
  readonly nanosecondsPerPoint: number;
}

interface KernelVariants {
  readonly reasonAgainst: string | null;
  readonly byShape: Map<string, CompiledKernel>;
}

/** Time that a thread should work before another one helps. */
const chunkNanoseconds = 20_000;
/** Vectors may be read beyond the end of an operand, up to this many bytes. */
const slackBytes = 64;

export interface WasmBackendOptions {
  /** Launches with fewer points run as JavaScript. */
  readonly smallestLaunch: number;
}

export function makeWasmBackend({ smallestLaunch }: WasmBackendOptions): Backend {
  let kernels = new WeakMap<Kernel, KernelVariants>();
  const variantsOf = (kernel: Kernel): KernelVariants => {
    let variants = kernels.get(kernel);
    if (variants === undefined) {
      variants = { reasonAgainst: reasonAgainst(kernel), byShape: new Map() };
      kernels.set(kernel, variants);
      if (variants.reasonAgainst !== null)
        emit("perf_hints", `${kernel.name} runs as JavaScript: ${variants.reasonAgainst}.`);
    }
    return variants;
  };
  /** Where it runs as WebAssembly; null: as JavaScript. */
  const memoryFor = (launch: Launch): KernelMemory | null => {
    const points = numelOf(launch.parallel) * numelOf(launch.fold);
    if (points < smallestLaunch || !wasmFeatures().simd) return null;
    return variantsOf(launch.kernel).reasonAgainst === null ? kernelMemoryOrNull() : null;
  };
  const run = (launch: Launch): void => {
    const memory = memoryFor(launch);
    if (memory === null) javascriptBackend.run(launch);
    else runInMemory(launch, memory, variantsOf(launch.kernel).byShape);
  };
  return {
    name: "wasm",
    run,
    prepare: (launch) =>
      memoryFor(launch) === null ? (javascriptBackend.prepare?.(launch) ?? null) : null,
    runTemplate: (launch) => {
      if (takesContraction(launch)) multiplyInWebAssembly(launch, run);
      else javascriptBackend.runTemplate(launch);
    },
    reset: () => {
      kernels = new WeakMap();
      resetFinishKernels();
      javascriptBackend.reset();
    },
  };
}

/**
 * A launch takes about as long as JavaScript takes to add 200 elements (1.0 µs against 1.2 at 256, on a busy machine).
 * From this size on storages lie in the memory anyway.
 */
const smallestWasmLaunch = 256;

export const wasmBackend = makeWasmBackend({ smallestLaunch: smallestWasmLaunch });

function runInMemory(
  launch: Launch,
  memory: KernelMemory,
  variants: Map<string, CompiledKernel>,
): void {
  const plan = planLoops(launch);
  if (plan.units === 0) return;
  const addresses = launch.operands.map(({ tensor }) => {
    const { storage, offset, dtype } = stateOf(tensor);
    return storage.address() + offset * dtype.itemsize;
  });
  if (plan.sizes.some((size) => size >= longestAxis) || !hasSlack(launch, memory)) {
    endStages(launch, false);
    return javascriptBackend.run(launch);
  }
  const key = shapeKey(plan.shape);
  let compiled = variants.get(key);
  if (compiled === undefined) {
    compiled = observeCompilation(launch.kernel.name, () => compile(launch.kernel, plan, memory));
    variants.set(key, compiled);
  }
  const runtime = kernelRuntime();
  writeArguments(launch, plan, compiled.layout, addresses, memory);
  const { scatters } = traitsOf(launch.kernel);
  const chunkUnits = scatters
    ? plan.units
    : Math.ceil(chunkNanoseconds / (plan.pointsPerUnit * compiled.nanosecondsPerPoint));
  const failure = runtime.launch(compiled.installed, argumentsAddress, plan.units, chunkUnits);
  endStages(launch, true);
  if (failure !== null) throw errorOf(failure);
}

function hasSlack(launch: Launch, memory: KernelMemory): boolean {
  return launch.operands.every(({ tensor }) => {
    const { storage } = stateOf(tensor);
    return storage.address() + storage.sizeBytes + slackBytes <= memory.buffer.byteLength;
  });
}

/** Writes back what was computed into copies of the user's arrays. */
function endStages(launch: Launch, written: boolean): void {
  for (const { tensor } of launch.operands) {
    const { storage } = stateOf(tensor);
    if (storage.isStaged) storage.endStage(written);
  }
}

function compile(kernel: Kernel, { shape }: LoopPlan, memory: KernelMemory): CompiledKernel {
  const target = kernelTarget(kernel.name, memory.isShared);
  const { layout, instructions } = emitKernel(target, kernel, shape);
  const bytes = target.module.encode();
  const [installed] = kernelRuntime().install(bytes, [kernel.name]);
  if (installed === undefined) throw new InternalError(`${kernel.name} was not installed`);
  return { installed, layout, nanosecondsPerPoint: 0.2 + instructions * 0.08 };
}

function writeArguments(
  { kernel, scalars }: Launch,
  { sizes, steps, rowLength }: LoopPlan,
  layout: ArgumentLayout,
  addresses: readonly number[],
  memory: KernelMemory,
): void {
  if (kernel.rows.length > 0) {
    // The eight bytes of the widest element, and room for a vector beyond the end.
    const rowBytes = Math.ceil((rowLength * 8 + slackBytes) / 64) * 64;
    kernelRuntime().reserveScratch(rowBytes * kernel.rows.length);
    kernel.rows.forEach((_, row) => writeWord(memory, layout.row(row), rowBytes * row));
  }
  kernel.scalars.forEach((type, slot) => {
    const at8 = argumentsAddress + layout.scalar(slot);
    const value = at(scalars, slot);
    view(memory);
    switch (type) {
      case "float32":
        words.setFloat32(at8, Number(value), true);
        return;
      case "float64":
        words.setFloat64(at8, Number(value), true);
        return;
      case "int64":
      case "index":
        words.setBigInt64(at8, BigInt(value), true);
        return;
      default:
        words.setInt32(at8, Number(value), true);
    }
  });
  sizes.forEach((size, axis) => writeWord(memory, layout.size(axis), size));
  steps.forEach((own, operand) => {
    const bytes = bytesOf[at(kernel.operands, operand).type];
    writeWord(memory, layout.address(operand), at(addresses, operand));
    own.forEach((step, axis) => writeWord(memory, layout.step(operand, axis), step * bytes));
  });
}

let words: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0));

function view(memory: KernelMemory): void {
  if (words.buffer !== memory.buffer) words = new DataView(memory.buffer);
}

function writeWord(memory: KernelMemory, offset: number, value: number): void {
  memory.i32[(argumentsAddress + offset) >>> 2] = value;
}

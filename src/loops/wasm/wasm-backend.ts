/** Runs loop kernels as generated WebAssembly, and what is too small or has no vector code as JavaScript. Hot path. */
import { OutOfMemoryError } from "../../base/errors.ts";
import { emit } from "../../base/logging.ts";
import { at, numelOf } from "../../core/shape.ts";
import { stateOf } from "../../core/tensor.ts";
import { kernelMemoryOrNull, type KernelMemory } from "../../runtime/kernel-memory.ts";
import { type InstalledKernel, kernelRuntime } from "../../runtime/kernel-runtime.ts";
import { argumentsAddress } from "../../runtime/memory-layout.ts";
import { wasmFeatures } from "../../wasm/features.ts";
import { isTurbo } from "../../wasm/turbo.ts";
import type { AheadLaunch, Backend, Launch, LaunchGeometry, LaunchOperand } from "../backend.ts";
import { javascriptBackend } from "../javascript/javascript-backend.ts";
import { expressionsOf, type Kernel, visitExpressions } from "../kernel.ts";
import { hasWordFactors } from "../template.ts";
import { observeCompilation } from "../observe-launches.ts";
import { resetFinishKernels } from "../templates/contraction/finish-contraction.ts";
import { resetBlockEpilogues } from "../templates/contraction/wasm/block-epilogue.ts";
import {
  chainsProducts,
  multiplyInWebAssembly,
  planContraction,
  planProductChain,
  takesContraction,
} from "../templates/contraction/multiply-in-webassembly.ts";
import { plainContraction } from "../templates/contraction/plain-contraction.ts";
import { planSort } from "../templates/sort/plan-sort.ts";
import { ArgumentLayout } from "./argument-layout.ts";
import { emitKernel } from "./emit-kernel.ts";
import { fillLaunch } from "./fill-launch.ts";
import { longestAxis } from "./index-width.ts";
import { errorOf } from "./kernel-failures.ts";
import { kernelTarget } from "./kernel-target.ts";
import type { CompiledLaunch } from "./compiled-launch.ts";
import { shapeKey } from "./loop-shape.ts";
import type { ModuleStore, StoredModule, WantedKernel } from "./module-store.ts";
import { planLoops, traitsOf, type LoopPlan } from "./plan-loops.ts";
import { slackBytes, writeGeometry, writeScalar, writeWord } from "./write-arguments.ts";
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

/**
 * Fused kernels may compute much at each point: JavaScript takes about 4 ns for every operation on a float32, a vector a
 * tenth of that. With so many operations in all they run as WebAssembly on fewer points.
 */
const smallestFusedWork = 9000;
const usualChunkNanoseconds = 20_000;

/** What a point takes that is only read, and what each instruction adds: exp has 20 for four points, which take 2 ns. */
const fewestNanoseconds = 0.05;
const nanosecondsPerInstruction = 0.1;

export interface WasmBackendOptions {
  /** Launches with fewer points run as JavaScript. */
  readonly smallestLaunch: number;
  /** Time that a thread should work before another one helps. */
  readonly chunkNanoseconds?: number;
}

export function makeWasmBackend({
  smallestLaunch,
  chunkNanoseconds = usualChunkNanoseconds,
}: WasmBackendOptions): Backend {
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
  const memoryFor = (launch: LaunchGeometry, smallest = smallestLaunch): KernelMemory | null => {
    const points = numelOf(launch.parallel) * numelOf(launch.fold);
    if (points < smallest || !wasmFeatures().simd) return null;
    return variantsOf(launch.kernel).reasonAgainst === null ? kernelMemoryOrNull() : null;
  };
  const planLaunch = (launch: LaunchGeometry, smallest: number): PlannedLaunch | null => {
    if (memoryFor(launch, smallest) === null) return null;
    const plan = planLoops(launch);
    if (plan.sizes.some((size) => size >= longestAxis)) return null;
    const { byShape } = variantsOf(launch.kernel);
    return { launch, plan, variants: byShape, key: shapeKey(plan.shape) };
  };
  const compileWith =
    (store: ModuleStore | null) =>
    (launch: LaunchGeometry): CompiledLaunch | null =>
      at(compileTogether([planLaunch(launch, 0)], chunkNanoseconds, store), 0);
  const run = (launch: Launch): void => {
    const memory = memoryFor(launch);
    if (memory === null) javascriptBackend.run(launch);
    else if (!fillLaunch(launch))
      runInMemory(launch, memory, variantsOf(launch.kernel).byShape, chunkNanoseconds);
  };
  return {
    name: "wasm",
    run,
    prepare: (launch) =>
      memoryFor(launch) === null ? (javascriptBackend.prepare?.(launch) ?? null) : null,
    runTemplate: (launch) => {
      if (hasWordFactors(launch.kernel)) return run(plainContraction(launch));
      const isHere = takesContraction(launch) && addressesOf(launch.operands) !== null;
      if (isHere && multiplyInWebAssembly(launch, run)) return;
      endStages(launch, false);
      javascriptBackend.runTemplate(launch);
    },
    compile: (launches, { smallToo, store = null } = { smallToo: false }) => {
      const smallestOf = ({ isFused, kernel }: AheadLaunch): number => {
        if (smallToo) return 0;
        // A single operator runs where it does in eager code, however much it computes.
        if (!isFused) return smallestLaunch;
        return Math.min(smallestLaunch, smallestFusedWork / expressionCount(kernel));
      };
      const planned = launches.map((launch) => planLaunch(launch, smallestOf(launch)));
      return compileTogether(planned, chunkNanoseconds, store);
    },
    plan: (kernel, geometry, options) =>
      takesContraction({ kernel, axes: geometry.axes })
        ? planContraction(kernel, geometry, {
            ...options,
            compile: compileWith(options.store),
          })
        : null,
    planSort: (sort) => (kernelMemoryOrNull() === null ? null : planSort(kernelRuntime(), sort)),
    planChain: (chain, { store }) =>
      chainsProducts(chain) ? planProductChain(chain, compileWith(store)) : null,
    reset: () => {
      kernels = new WeakMap();
      resetFinishKernels();
      resetBlockEpilogues();
      javascriptBackend.reset();
    },
  };
}

/**
 * A launch takes about as long as JavaScript takes to add 200 elements (1.0 µs against 1.2 at 256, on a busy machine).
 * From this size on storages lie in the memory anyway.
 */
export const smallestWasmLaunch = 256;

export const wasmBackend = makeWasmBackend({ smallestLaunch: smallestWasmLaunch });

function runInMemory(
  launch: Launch,
  memory: KernelMemory,
  variants: Map<string, CompiledKernel>,
  chunkNanoseconds: number,
): void {
  const plan = planLoops(launch);
  if (plan.units === 0) return;
  const addresses = addressesOf(launch.operands);
  if (
    addresses === null ||
    plan.sizes.some((size) => size >= longestAxis) ||
    !hasSlack(launch, memory)
  ) {
    endStages(launch, false);
    return javascriptBackend.run(launch);
  }
  const key = shapeKey(plan.shape);
  let compiled = variants.get(key);
  if (compiled === undefined) {
    compiled = at(compile([{ kernel: launch.kernel, shape: plan.shape }], memory), 0);
    variants.set(key, compiled);
  }
  const runtime = kernelRuntime();
  writeArguments(launch, plan, compiled.layout, addresses, memory);
  const chunkUnits = chunkUnitsOf(launch.kernel, plan, compiled, chunkNanoseconds);
  const failure = runtime.launch(compiled.installed, argumentsAddress, plan.units, chunkUnits);
  endStages(launch, true);
  if (failure !== null) throw errorOf(failure);
}

/** Null: an operand is outside the memory, which has no room for it. JavaScript finds it where it is. */
function addressesOf(operands: readonly LaunchOperand[]): readonly number[] | null {
  try {
    return operands.map(({ tensor }) => {
      const { storage, offset, dtype } = stateOf(tensor);
      return storage.address() + offset * dtype.itemsize;
    });
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
    emit(
      "perf_hints",
      "A kernel runs as JavaScript: the kernel memory has no room for its operands.",
    );
    return null;
  }
}

function hasSlack(launch: Launch, memory: KernelMemory): boolean {
  return launch.operands.every(({ tensor }) => {
    const { storage } = stateOf(tensor);
    return storage.address() + storage.sizeBytes + slackBytes <= memory.buffer.byteLength;
  });
}

/** Writes back what was computed into copies of the user's arrays. */
function endStages(launch: Pick<Launch, "operands">, written: boolean): void {
  for (const { tensor } of launch.operands) {
    const { storage } = stateOf(tensor);
    if (storage.isStaged) storage.endStage(written);
  }
}

const expressionCounts = new WeakMap<Kernel, number>();

function expressionCount(kernel: Kernel): number {
  let count = expressionCounts.get(kernel);
  if (count === undefined) {
    count = 0;
    const roots = kernel.stages.flatMap((each) => expressionsOf(each));
    visitExpressions(roots, () => (count = (count ?? 0) + 1));
    expressionCounts.set(kernel, count);
  }
  return count;
}

interface PlannedLaunch {
  readonly launch: LaunchGeometry;
  readonly plan: LoopPlan;
  readonly variants: Map<string, CompiledKernel>;
  readonly key: string;
}

/** Emits the kernels that are not known yet into one module. */
function compileTogether(
  planned: readonly (PlannedLaunch | null)[],
  chunkNanoseconds: number,
  store: ModuleStore | null,
): readonly (CompiledLaunch | null)[] {
  const missing = new Map<Map<string, CompiledKernel>, Map<string, PlannedLaunch>>();
  for (const each of planned) {
    if (each === null || each.variants.has(each.key)) continue;
    let ofKernel = missing.get(each.variants);
    if (ofKernel === undefined) missing.set(each.variants, (ofKernel = new Map()));
    ofKernel.set(each.key, each);
  }
  const wanted = [...missing.values()].flatMap((ofKernel) => [...ofKernel.values()]);
  if (wanted.length > 0) {
    const kernels = wanted.map(({ launch, plan }) => ({
      kernel: launch.kernel,
      shape: plan.shape,
    }));
    compile(kernels, kernelRuntime().memory, store).forEach((compiled, index) => {
      const { variants, key } = at(wanted, index);
      variants.set(key, compiled);
    });
  }
  return planned.map((each) => {
    const compiled = each?.variants.get(each.key);
    if (each === null || compiled === undefined) return null;
    const { plan, launch } = each;
    const { layout, installed } = compiled;
    const chunkUnits = chunkUnitsOf(launch.kernel, plan, compiled, chunkNanoseconds);
    return { plan, layout, installed, chunkUnits };
  });
}

/** Everything beside the kernels that generated code depends on. */
function describeEngine({ isShared }: KernelMemory): string {
  const { process: host } = globalThis as { process?: NodeJS.Process }; // absent in browsers
  const { simd, relaxedSimd } = wasmFeatures();
  const version = host?.versions.v8 ?? "";
  return JSON.stringify({ version, simd, relaxedSimd, turbo: isTurbo(), isShared });
}

function chunkUnitsOf(
  kernel: Kernel,
  { units, pointsPerUnit }: LoopPlan,
  { nanosecondsPerPoint }: CompiledKernel,
  chunkNanoseconds: number,
): number {
  if (traitsOf(kernel).scatters) return units;
  return Math.max(1, Math.ceil(chunkNanoseconds / (pointsPerUnit * nanosecondsPerPoint)));
}

/** Several kernels as one module. */
function compile(
  wanted: readonly WantedKernel[],
  memory: KernelMemory,
  store: ModuleStore | null = null,
): readonly CompiledKernel[] {
  return observeCompilation(wanted.map(({ kernel }) => kernel.name).join(), () => {
    const names = uniqueNames(wanted);
    const engine = store === null ? "" : describeEngine(memory);
    const kept = store?.find(wanted, engine) ?? null;
    const known = kept === null ? null : installKept(wanted, names, kept);
    if (known !== null) return known;
    const emitted = emitModule(wanted, names, memory);
    store?.keep(wanted, engine, emitted);
    return install(wanted, names, emitted);
  });
}

/** What the functions of a module are called. */
function uniqueNames(wanted: readonly WantedKernel[]): readonly string[] {
  const names = new Set<string>();
  for (const [index, { kernel }] of wanted.entries())
    names.add(names.has(kernel.name) ? `${kernel.name}_${index}` : kernel.name);
  return [...names];
}

function emitModule(
  wanted: readonly WantedKernel[],
  names: readonly string[],
  memory: KernelMemory,
): StoredModule {
  const target = kernelTarget(names[0] ?? "kernels", memory.isShared);
  const work = wanted.map(({ kernel, shape }, index) => {
    const name = at(names, index);
    const named = name === kernel.name ? kernel : { ...kernel, name };
    return emitKernel(target, named, shape).work;
  });
  return { bytes: target.module.encode(), work };
}

/** Null: whatever it is, it is none of ours. */
function installKept(
  wanted: readonly WantedKernel[],
  names: readonly string[],
  module: StoredModule,
): readonly CompiledKernel[] | null {
  try {
    return install(wanted, names, module);
  } catch {
    return null;
  }
}

function install(
  wanted: readonly WantedKernel[],
  names: readonly string[],
  { bytes, work }: StoredModule,
): readonly CompiledKernel[] {
  const installed = kernelRuntime().install(bytes, names);
  return wanted.map(({ kernel, shape }, index) => ({
    installed: at(installed, index),
    layout: new ArgumentLayout(kernel, shape),
    nanosecondsPerPoint: fewestNanoseconds + at(work, index) * nanosecondsPerInstruction,
  }));
}

function writeArguments(
  { kernel, scalars }: Launch,
  plan: LoopPlan,
  layout: ArgumentLayout,
  addresses: readonly number[],
  memory: KernelMemory,
): void {
  writeGeometry(memory, argumentsAddress, kernel, plan, layout);
  kernel.scalars.forEach((type, slot) =>
    writeScalar(memory, argumentsAddress + layout.scalar(slot), type, at(scalars, slot)),
  );
  addresses.forEach((address, operand) =>
    writeWord(memory, argumentsAddress + layout.address(operand), address),
  );
}

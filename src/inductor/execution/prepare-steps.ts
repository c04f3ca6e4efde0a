/** Decides how each step of a program runs, and lays out the arguments of those that run in WebAssembly. */
import { RuntimeScalar } from "../../core/runtime-scalar.ts";
import { float32, float64 } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import { isTensor, stateOf } from "../../core/tensor.ts";
import type { Backend } from "../../loops/backend.ts";
import type { ModuleStore } from "../../loops/wasm/module-store.ts";
import type { KernelMemory } from "../../runtime/kernel-memory.ts";
import type { OwnedBlock } from "../../runtime/owned-block.ts";
import { runItemBytes, writeRunList } from "../../runtime/run-list.ts";
import { slackBytes } from "../../loops/wasm/write-arguments.ts";
import { smallestBlockBytes } from "../../core/storage.ts";
import type { FrameLayout } from "../frame-layout.ts";
import type { Buffer, CallStep, Place, Program, Step, VersionStep } from "../program.ts";
import { mayThrow } from "../schedule/may-throw.ts";
import { accessOf } from "../schedule/step-access.ts";
import { type MemoryPlan, planMemory } from "./memory-plan.ts";
import { PreparedScript } from "./script-launch.ts";
import {
  argumentBytes,
  type ReadyStep,
  readyStep,
  spareBytes,
  type StepPlan,
} from "./ready-step.ts";
import { type BufferWord, type SmallPlace, WasmRun, type Zeroing } from "./wasm-run.ts";

export type PreparedStep =
  | { readonly kind: "run"; readonly run: WasmRun }
  | { readonly kind: "script"; readonly script: PreparedScript }
  /** Zeroes an intermediate before a step outside of WebAssembly. */
  | { readonly kind: "zero"; readonly slot: number; readonly callIndex: number }
  /** Reads the only element of a tensor that the program made. */
  | {
      readonly kind: "item";
      readonly step: CallStep;
      readonly slot: number;
      readonly offset: number;
    }
  | { readonly kind: "other"; readonly step: Step };

/** A word that holds an address in the arena. */
export interface ArenaWord {
  readonly address: number;
  readonly byteOffset: number;
}

export interface PreparedSteps {
  readonly steps: readonly PreparedStep[];
  readonly plan: MemoryPlan;
  readonly block: OwnedBlock | null;
  readonly arenaWords: readonly ArenaWord[];
}

/** What makes code of kernels, and where that is kept. */
export interface Compiler {
  readonly backend: Backend;
  readonly store: ModuleStore | null;
  /** Whether choices for products are timed on this machine. */
  readonly tunes: boolean;
}

/** The number of the step that a run got to, and room up to the next cache line. */
const headerBytes = 64;
const pointerBytes = 16;

export function prepareSteps(
  program: Program,
  layout: FrameLayout,
  compiler: Compiler,
  memory: KernelMemory,
  constantFactors: ReadonlySet<Buffer>,
): PreparedSteps {
  const plans = planProducts(program, compiler, constantFactors);
  const plan = planMemory(program, (step) => spareBytes(plans.get(step)));
  const { constants } = plan;
  compileLaunches(program, compiler, constants.steps, plans);
  let bytes = headerBytes;
  for (const own of plans.values()) {
    bytes += argumentBytes(own);
    for (const { buffer } of operandsOf(own)) if (mayBeArray(buffer)) bytes += smallBytes(buffer);
  }
  for (const zeroed of plan.zeroedBefore.values()) bytes += zeroed.length * pointerBytes;
  const block = plans.size === 0 ? null : memory.own(bytes, true);
  const builder = new StepsBuilder(program, layout, plan, (block?.address ?? 0) + headerBytes);
  program.steps.forEach((step, index) => {
    if (!constants.steps.has(step)) builder.add(step, index, plans.get(step) ?? null);
  });
  const { steps, arenaWords } = builder.finish();
  linkRuns(steps, memory);
  return { steps, plan, block, arenaWords };
}

const operandsOf = (own: StepPlan): readonly Place[] =>
  own.kind === "launch" ? own.step.operands : own.operands;

/** What runs as WebAssembly, and how. */
type StepPlans = Map<Step, StepPlan>;

function planProducts(
  program: Program,
  { backend, store, tunes }: Compiler,
  constantFactors: ReadonlySet<Buffer>,
): StepPlans {
  const plans: StepPlans = new Map();
  for (const step of program.steps) {
    if (step.kind === "routine" && step.sort !== null) {
      const { geometry, operands } = step.sort;
      const plan = backend.planSort?.(geometry) ?? null;
      if (plan !== null) plans.set(step, { kind: "product", step, operands, plan, constant: null });
    }
    if (step.kind === "chain") {
      const plan = backend.planChain?.(step.chain, { store }) ?? null;
      if (plan !== null)
        plans.set(step, { kind: "product", step, operands: step.operands, plan, constant: null });
    }
    if (step.kind !== "template" || mayThrow(step)) continue;
    const constant =
      ([2, 1] as const).find((operand) => constantFactors.has(at(step.operands, operand).buffer)) ??
      null;
    const plan = backend.plan?.(step.kernel, step, { constant, tunes, store }) ?? null;
    const { operands } = step;
    if (plan !== null) plans.set(step, { kind: "product", step, operands, plan, constant });
  }
  return plans;
}

function compileLaunches(
  program: Program,
  { backend, store }: Compiler,
  constants: ReadonlySet<Step>,
  plans: StepPlans,
): void {
  const launches = program.steps
    .filter((step) => step.kind === "launch")
    .filter((step) => step.isScript !== true && !constants.has(step));
  const compiled = backend.compile?.(launches, { smallToo: false, store }) ?? [];
  launches.forEach((step, index) => {
    const own = compiled[index] ?? null;
    if (own !== null) plans.set(step, { kind: "launch", step, compiled: own });
  });
}

/** Storages of such buffers may be JavaScript arrays. */
function mayBeArray({ length, dtype }: Buffer): boolean {
  return length * dtype.itemsize < smallestBlockBytes;
}

/** With room for a vector beyond the end. */
function smallBytes({ length, dtype }: Buffer): number {
  return Math.ceil((length * dtype.itemsize + slackBytes) / 16) * 16;
}

class StepsBuilder {
  readonly #program: Program;
  readonly #layout: FrameLayout;
  readonly #plan: MemoryPlan;
  readonly #steps: PreparedStep[] = [];
  readonly #arenaWords: ArenaWord[] = [];
  /** Where in the block of arguments there is room. */
  #next: number;
  #ready: ReadyStep[] = [];
  #versions: { readonly after: number; readonly step: VersionStep }[] = [];
  #words: BufferWord[] = [];
  #zeroings: Zeroing[] = [];
  #small: SmallPlace[] = [];
  #fresh = new Set<Buffer>();
  readonly #used = new Set<Buffer>();

  constructor(program: Program, layout: FrameLayout, plan: MemoryPlan, next: number) {
    this.#program = program;
    this.#layout = layout;
    this.#plan = plan;
    this.#next = next;
  }

  add(step: Step, index: number, own: StepPlan | null): void {
    const isEmpty = own?.kind === "launch" && own.compiled.plan.units === 0;
    if (own !== null && !isEmpty) {
      this.#addReady(own, index);
      return;
    }
    if (step.kind === "version") {
      const { offsets, constants } = this.#plan;
      if (offsets.has(step.buffer) || constants.buffers.has(step.buffer)) return; // nobody sees it
      if (this.#ready.length > 0) {
        this.#versions.push({ after: this.#ready.length, step });
        return;
      }
    }
    this.#endRun();
    const { reads, writes } = accessOf(this.#program, step);
    for (const buffer of [...reads, ...writes]) this.#used.add(buffer);
    for (const buffer of this.#plan.zeroedBefore.get(index) ?? [])
      this.#steps.push({
        kind: "zero",
        slot: this.#layout.slotOf.get(buffer) ?? -1,
        callIndex: step.callIndex,
      });
    if (isEmpty) return;
    if (step.kind === "launch")
      this.#steps.push({ kind: "script", script: new PreparedScript(step, this.#layout.slotOf) });
    else this.#steps.push(this.#readOf(step) ?? { kind: "other", step });
  }

  /** Floating-point elements are read as they are. */
  #readOf(step: Step): PreparedStep | null {
    if (step.kind !== "call" || step.node.target !== "item") return null;
    const [self] = step.args;
    if (!isTensor(self) || !(self.dtype === float32 || self.dtype === float64)) return null;
    const { storage, offset } = stateOf(self);
    const buffer = this.#program.bufferOf.get(storage);
    const slot = buffer?.origin.kind === "made" ? this.#layout.slotOf.get(buffer) : undefined;
    return slot === undefined ? null : { kind: "item", step, slot, offset };
  }

  finish(): Pick<PreparedSteps, "steps" | "arenaWords"> {
    this.#endRun();
    return { steps: this.#steps, arenaWords: this.#arenaWords };
  }

  #addReady(own: StepPlan, index: number): void {
    const { step } = own;
    // Numbers are converted before a run starts: those that cannot be must not keep earlier steps from running.
    if (
      mayThrow(step) &&
      step.kind !== "routine" &&
      step.scalars.some((scalar) => scalar instanceof RuntimeScalar)
    )
      this.#endRun();
    for (const buffer of this.#plan.zeroedBefore.get(index) ?? []) {
      const pointer = this.#next;
      this.#next += pointerBytes;
      this.#arenaWords.push({ address: pointer, byteOffset: this.#plan.offsets.get(buffer) ?? 0 });
      this.#zeroings.push({
        before: this.#ready.length,
        pointer,
        bytes: buffer.length * buffer.dtype.itemsize,
      });
    }
    const ready = readyStep(own, this.#next);
    this.#next += argumentBytes(own);
    this.#ready.push(ready);
    for (const { address, buffer, byteOffset } of ready.words) {
      const offset =
        buffer === "spare" ? this.#plan.spareOffsets.get(step) : this.#plan.offsets.get(buffer);
      if (offset !== undefined) this.#arenaWords.push({ address, byteOffset: offset + byteOffset });
      else if (buffer !== "spare") this.#addWord({ address, buffer, byteOffset });
    }
  }

  #addWord(word: BufferWord): void {
    const { buffer } = word;
    if (!this.#words.some((each) => each.buffer === buffer)) {
      if (mayBeArray(buffer)) {
        this.#small.push({ buffer, address: this.#next });
        this.#next += smallBytes(buffer);
      }
      if (!this.#used.has(buffer)) this.#fresh.add(buffer);
      this.#used.add(buffer);
    }
    this.#words.push(word);
  }

  #endRun(): void {
    if (this.#ready.length === 0) return;
    const run = new WasmRun(this.#program, this.#layout.slotOf, this.#ready, this.#versions, {
      words: this.#words,
      zeroings: this.#zeroings,
      small: this.#small,
      fresh: this.#fresh,
    });
    this.#steps.push({ kind: "run", run });
    this.#ready = [];
    this.#versions = [];
    this.#words = [];
    this.#zeroings = [];
    this.#small = [];
    this.#fresh = new Set();
  }
}

/** Writes the lists of runs of several kernels to the memory. */
function linkRuns(steps: readonly PreparedStep[], memory: KernelMemory): void {
  const runs = steps.flatMap((step) =>
    step.kind === "run" && step.run.items.length > 1 ? [step.run] : [],
  );
  if (runs.length === 0) return;
  const count = runs.reduce((total, { items }) => total + items.length, 0);
  const owner = memory.own(count * runItemBytes, false);
  let begin = owner.address;
  for (const run of runs) {
    writeRunList(memory.i32, begin, run.items);
    const end = begin + run.items.length * runItemBytes;
    const forks = run.items.some((item) => item.kind === "kernel" && item.units > item.chunkUnits);
    run.list = { begin, end, forks, owner };
    begin = end;
  }
}

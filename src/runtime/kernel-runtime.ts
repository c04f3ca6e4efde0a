/** Installs generated modules in every thread and runs their kernels. Hot path of every launch. */
import { emit } from "../base/logging.ts";
import { sharedMemoryObstacle } from "./create-memory.ts";
import { type KernelFailure, takeFailure } from "./kernel-failure.ts";
import { kernelMemory, type KernelMemory } from "./kernel-memory.ts";
import { blockSpaceBytes, control, failure, threadSlots } from "./memory-layout.ts";
import type { OwnedBlock } from "./owned-block.ts";
import { defaultThreadCount } from "./thread-count.ts";
import { threadModule } from "./thread-module.ts";
import { WorkerPool } from "./worker-pool.ts";
import { moduleRecord } from "./worker-source.ts";

/** A function of an installed module, `(arguments, begin, end)` if it is a kernel. */
export interface InstalledKernel {
  readonly name: string;
  /** Its place in the function table of every thread: what `fork` takes. */
  readonly index: number;
  /** The function itself, on the calling thread. */
  readonly run: WebAssembly.ExportedFunction;
}

/** A list of `run-list.ts` in the memory. */
export interface RunList {
  readonly begin: number;
  readonly end: number;
  /** Whether some kernel of it is worth sharing with other threads. */
  readonly forks: boolean;
  /** The memory that it lies in. */
  readonly owner: OwnedBlock;
}

/** Workers cost a few milliseconds to start: not before work that they could have shared took this long. */
const worthStartingMilliseconds = 5;

export interface KernelRuntimeOptions {
  readonly threads?: number;
}

/** For how long work that could have been shared ran alone; null when that no longer matters. */
type Unshared = { milliseconds: number } | null;

export class KernelRuntime {
  readonly memory: KernelMemory;
  readonly #table: WebAssembly.Table;
  readonly #imports: Readonly<Record<string, Readonly<Record<string, WebAssembly.ImportValue>>>>;
  readonly #fork: WebAssembly.ExportedFunction;
  readonly #runList: WebAssembly.ExportedFunction;
  readonly #pool: WorkerPool | null;
  #threads: number;
  #tableUsed = 0;
  #lastRecord: number | null = null;
  #unshared: Unshared = { milliseconds: 0 };
  #scratchBytes = -1;

  constructor(memory: KernelMemory, options: KernelRuntimeOptions = {}) {
    this.memory = memory;
    this.#threads = Math.min(options.threads ?? defaultThreadCount(), threadSlots / 2);
    this.#table = new WebAssembly.Table({ element: "anyfunc", initial: 64 });
    const pool = memory.isShared ? new WorkerPool(memory) : null;
    this.#pool = pool;
    const join = (): undefined => {
      pool?.join();
    };
    const env = { memory: memory.memory, table: this.#table, join };
    const module = new WebAssembly.Module(threadModule(0, memory.isShared));
    const runtime = new WebAssembly.Instance(module, { env }).exports;
    this.#imports = { env, runtime };
    this.#fork = exported(runtime, "fork");
    this.#runList = exported(runtime, "runList");
    this.reserveScratch(0);
  }

  get threads(): number {
    return this.#threads;
  }

  /** Workers that are too many stay asleep; those that are missing start when there is work for them. */
  setThreads(count: number): void {
    this.#threads = Math.min(count, threadSlots / 2);
    this.#unshared = { milliseconds: 0 };
    const scratchBytes = this.#scratchBytes;
    this.#scratchBytes = -1;
    this.reserveScratch(scratchBytes);
    if (this.#pool !== null && this.#pool.size > 0) this.#pool.resize(count - 1);
  }

  /**
   * Compiles a module and gives the functions of the names, in that order. It may import `env.memory`, `env.table`, and
   * from `runtime` what `thread-module.ts` exports: `fork`, `scratch` and `fail`.
   */
  install(bytes: Uint8Array, names: readonly string[]): readonly InstalledKernel[] {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), this.#imports);
    const first = this.#tableUsed;
    this.#tableUsed += names.length;
    if (this.#table.length < this.#tableUsed)
      this.#table.grow(this.#tableUsed - this.#table.length + 64);
    const kernels = names.map((name, place): InstalledKernel => {
      const run = exported(exports, name);
      this.#table.set(first + place, run);
      return { name, index: first + place, run };
    });
    if (this.#pool !== null) this.#publish(bytes, names, first);
    return kernels;
  }

  /**
   * Runs a kernel over the units [0, units), on several threads if there are more than `chunkUnits`: as many as take some
   * ten microseconds. Gives what a kernel found wrong with its data.
   */
  launch(
    kernel: InstalledKernel,
    args: number,
    units: number,
    chunkUnits: number,
  ): KernelFailure | null {
    if (units <= chunkUnits || this.#pool === null || this.#threads === 1)
      kernel.run(args, 0, units);
    else this.#share(kernel.index, args, units, chunkUnits);
    return this.memory.i32[failure.kind >>> 2] === 0 ? null : takeFailure(this.memory);
  }

  /** Compiles a module whose functions only this thread calls: nothing refers to it but what is returned. */
  instantiate(
    bytes: Uint8Array,
    names: readonly string[],
  ): readonly WebAssembly.ExportedFunction[] {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), this.#imports);
    return names.map((name) => exported(exports, name));
  }

  /** Runs a list of `run-list.ts`; `progress` is the word for the number of the kernel that it got to. */
  runList({ begin, end, forks }: RunList, progress: number): KernelFailure | null {
    if (forks) return this.runProgram({ run: this.#runList }, begin, end, progress);
    this.#runList(begin, end, progress);
    return this.memory.i32[failure.kind >>> 2] === 0 ? null : takeFailure(this.memory);
  }

  /** Runs a function that itself forks. */
  runProgram(
    program: Pick<InstalledKernel, "run">,
    ...args: readonly number[]
  ): KernelFailure | null {
    const start = this.#unshared === null ? 0 : performance.now();
    const missed = this.memory.i32[control.missedForks >>> 2] ?? 0;
    try {
      program.run(...args);
    } catch (error) {
      this.#pool?.cancelFork();
      throw error;
    }
    if ((this.memory.i32[control.missedForks >>> 2] ?? 0) !== missed) this.#ranAlone(start);
    return this.memory.i32[failure.kind >>> 2] === 0 ? null : takeFailure(this.memory);
  }

  /** Makes sure that `runtime.scratch` gives each thread a space of its own of at least `bytes`. */
  reserveScratch(bytes: number): void {
    if (bytes <= this.#scratchBytes) return;
    this.#scratchBytes = bytes;
    const words = control.scratch >>> 2;
    const stride = blockSpaceBytes + Math.ceil(bytes / 4096) * 4096;
    // Numbers of workers follow each other, so as many spaces as there are workers are enough, if that is a power of two.
    const spaces = this.#pool === null ? 0 : 2 ** Math.ceil(Math.log2(Math.max(this.#threads, 2)));
    const block = this.memory.allocate(stride * (spaces + 1)) + blockSpaceBytes;
    const old = this.memory.i32[words] ?? 0;
    this.memory.i32[words] = block;
    for (let slot = 0; slot < threadSlots; slot++) {
      const space = block + stride * (1 + (slot % Math.max(spaces, 1)));
      this.memory.i32[(control.workerScratch >>> 2) + slot] = spaces === 0 ? block : space;
    }
    if (old !== 0) this.memory.free((old >>> 0) - blockSpaceBytes);
  }

  /** The workers, for tests. */
  get pool(): WorkerPool | null {
    return this.#pool;
  }

  /** Starts the workers now instead of when they pay. */
  startWorkers(): void {
    this.#unshared = null;
    this.#pool?.resize(this.#threads - 1);
  }

  #share(index: number, args: number, units: number, chunkUnits: number): void {
    const start = this.#unshared === null ? 0 : performance.now();
    try {
      this.#fork(index, args, units, Math.max(chunkUnits, 1));
    } catch (error) {
      this.#pool?.cancelFork();
      throw error;
    }
    if (this.memory.i32[control.threadCount >>> 2] === 0) this.#ranAlone(start);
  }

  /** Work that could have been shared was not, since `start`. */
  #ranAlone(start: number): void {
    if (this.#pool === null || !this.#pool.canStart || this.#threads === 1) return;
    this.#unshared ??= { milliseconds: worthStartingMilliseconds };
    if (start > 0) this.#unshared.milliseconds += performance.now() - start;
    if (this.#unshared.milliseconds >= worthStartingMilliseconds) this.startWorkers();
  }

  /** Leaves a module where workers find it. Kept for good: a worker that starts later needs all of them. */
  #publish(bytes: Uint8Array, names: readonly string[], first: number): void {
    const { memory } = this;
    const nameBytes = new TextEncoder().encode(JSON.stringify(names));
    const record = memory.allocate(moduleRecord.header + bytes.length + nameBytes.length);
    const word = record >>> 2;
    memory.i32[word + (moduleRecord.next >>> 2)] = 0;
    memory.i32[word + (moduleRecord.table >>> 2)] = first;
    memory.i32[word + (moduleRecord.moduleBytes >>> 2)] = bytes.length;
    memory.i32[word + (moduleRecord.nameBytes >>> 2)] = nameBytes.length;
    memory.u8.set(bytes, record + moduleRecord.header);
    memory.u8.set(nameBytes, record + moduleRecord.header + bytes.length);
    const link = this.#lastRecord ?? control.firstModule;
    memory.i32[link >>> 2] = record;
    this.#lastRecord = record + moduleRecord.next;
    Atomics.add(memory.i32, control.moduleCount >>> 2, 1);
    // Those who sleep compile it now rather than in the middle of the next fork.
    Atomics.add(memory.i32, control.bell >>> 2, 1);
    Atomics.notify(memory.i32, control.bell >>> 2);
  }
}

function exported(
  exports: WebAssembly.Instance["exports"],
  name: string,
): WebAssembly.ExportedFunction {
  const found = exports[name];
  if (found === undefined) throw new RangeError(`the module exports no function named ${name}`);
  return found;
}

let theRuntime: KernelRuntime | null = null;

/** The runtime of this thread, made on first use. */
export function kernelRuntime(): KernelRuntime {
  theRuntime ??= makeRuntime();
  return theRuntime;
}

function makeRuntime(): KernelRuntime {
  const obstacle = sharedMemoryObstacle();
  if (obstacle !== null) emit("perf_hints", `Kernels run on one thread: ${obstacle}.`);
  return new KernelRuntime(kernelMemory());
}

import { afterEach, describe, expect, test, vi } from "vitest";
import { InternalError, RuntimeError } from "../../src/base/errors.ts";
import { KernelMemory } from "../../src/runtime/kernel-memory.ts";
import { type InstalledKernel, KernelRuntime } from "../../src/runtime/kernel-runtime.ts";
import { argumentsAddress, control, threadSlots } from "../../src/runtime/memory-layout.ts";
import { forkType, kernelType } from "../../src/runtime/thread-module.ts";
import type { FunctionBuilder } from "../../src/wasm/function-builder.ts";
import { ModuleBuilder } from "../../src/wasm/module-builder.ts";
import { countUnits, kernelModule } from "./test-kernels.ts";

const running: KernelRuntime[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const runtime of running.splice(0)) runtime.pool?.terminate();
});

function newRuntime(threads: number, shared = true): KernelRuntime {
  const runtime = new KernelRuntime(new KernelMemory({ shared, maximumPages: 4096 }), { threads });
  running.push(runtime);
  return runtime;
}

function only(kernels: readonly InstalledKernel[]): InstalledKernel {
  const [kernel] = kernels;
  if (kernel === undefined) throw new Error("no kernel");
  return kernel;
}

/** An array of zeros whose address is the argument of the test kernels. */
function argumentArray(runtime: KernelRuntime, length: number): Int32Array {
  const { address } = runtime.memory.own(length * 4, true);
  runtime.memory.i32[argumentsAddress >>> 2] = address;
  return new Int32Array(runtime.memory.buffer, address, length);
}

/** Starts the workers and waits until all of them have taken part in something. */
function warmUp(runtime: KernelRuntime): void {
  runtime.startWorkers();
  const mark = only(
    runtime.install(
      kernelModule(runtime.memory.isShared, ({ f, array }, { scratch }) => {
        // array[own scratch number] = 1, then wait a little so that others get a chunk.
        const left = f.local("i32");
        f.get(array);
        f.call(scratch);
        f.load("i32.load");
        f.i32Const(2);
        f.emit("i32.shl");
        f.emit("i32.add");
        f.i32Const(1);
        f.store("i32.store");
        f.i32Const(20_000);
        f.set(left);
        f.loop((again) => {
          f.increment(left, -1);
          f.get(left);
          f.brIf(again);
        });
      }),
      ["kernel"],
    ),
  );
  runtime.reserveScratch(64);
  const scratchWords = scratchAddresses(runtime);
  scratchWords.forEach((address, place) => (runtime.memory.i32[address >>> 2] = place));
  const deadline = Date.now() + 20_000;
  for (;;) {
    const marks = argumentArray(runtime, scratchWords.length);
    runtime.launch(mark, argumentsAddress, 200, 1);
    if (marks.reduce((sum, word) => sum + word, 0) >= runtime.threads) return;
    if (Date.now() > deadline) throw new Error("the workers never came up");
  }
}

/** The scratch spaces of the main thread and of the workers. */
function scratchAddresses(runtime: KernelRuntime): number[] {
  const { i32 } = runtime.memory;
  const workers = runtime.pool?.workers ?? [];
  return [
    i32[control.scratch >>> 2] ?? 0,
    ...workers.map(
      ({ thread }) => i32[(control.workerScratch >>> 2) + (thread % threadSlots)] ?? 0,
    ),
  ];
}

describe.each([
  { threads: 1, shared: false },
  { threads: 1, shared: true },
  { threads: 2, shared: true },
  { threads: 4, shared: true },
])("a launch with $threads threads (shared memory: $shared)", ({ threads, shared }) => {
  test("does every unit exactly once, whatever the number of units and the size of chunks", () => {
    const runtime = newRuntime(threads, shared);
    const kernel = only(runtime.install(kernelModule(shared, countUnits), ["kernel"]));
    if (threads > 1) warmUp(runtime);
    for (const units of [0, 1, 2, 7, 64, 1000, 4097]) {
      for (const chunkUnits of [1, 2, 3, 64, 1000, 1e6]) {
        const array = argumentArray(runtime, units);
        expect(runtime.launch(kernel, argumentsAddress, units, chunkUnits)).toBe(null);
        expect(array.every((value, unit) => value === unit + 1)).toBe(true);
      }
    }
  });

  test("ten thousand forks in a row lose nothing", () => {
    const runtime = newRuntime(threads, shared);
    const kernel = only(runtime.install(kernelModule(shared, countUnits), ["kernel"]));
    if (threads > 1) warmUp(runtime);
    const array = argumentArray(runtime, 50);
    for (let round = 0; round < 10_000; round++) runtime.launch(kernel, argumentsAddress, 50, 3);
    expect(array.every((value, unit) => value === 10_000 * (unit + 1))).toBe(true);
  });

  test("a module installed while workers wait runs on all threads at once", () => {
    const runtime = newRuntime(threads, shared);
    if (threads > 1) warmUp(runtime);
    for (let round = 0; round < 30; round++) {
      const kernel = only(runtime.install(kernelModule(shared, countUnits), ["kernel"]));
      const array = argumentArray(runtime, 500);
      runtime.launch(kernel, argumentsAddress, 500, 2);
      expect(array.every((value, unit) => value === unit + 1)).toBe(true);
    }
  });

  test("a failure that a kernel reports comes back once", () => {
    const runtime = newRuntime(threads, shared);
    const kernel = only(
      runtime.install(
        kernelModule(shared, ({ f, begin }, { fail }) => {
          f.get(begin);
          f.i32Const(40);
          f.emit("i32.eq");
          f.if(() => {
            f.i32Const(3);
            f.i32Const(17);
            f.i64Const(-5n);
            f.i64Const(10n);
            f.call(fail);
          });
        }),
        ["kernel"],
      ),
    );
    if (threads > 1) warmUp(runtime);
    argumentArray(runtime, 1);
    const failure = { kind: 3, id: 17, index: -5n, size: 10n };
    expect(runtime.launch(kernel, argumentsAddress, 100, 2)).toEqual(
      threads === 1 ? null : failure,
    );
    kernel.run(argumentsAddress, 40, 41);
    expect(runtime.launch(kernel, argumentsAddress, 10, 1)).toEqual(failure);
    expect(runtime.launch(kernel, argumentsAddress, 10, 1)).toBe(null);
  });

  test("a graph forks from inside WebAssembly, and a kernel that forks stays on its thread", () => {
    const runtime = newRuntime(threads, shared);
    const kernel = only(runtime.install(kernelModule(shared, countUnits), ["kernel"]));
    const program = only(runtime.install(forkingProgram(shared, kernel.index), ["kernel"]));
    if (threads > 1) warmUp(runtime);
    const array = argumentArray(runtime, 1000);
    // 20 units of the program, each of which forks the kernel over 1000 units.
    expect(runtime.launch(program, argumentsAddress, 1, 1)).toBe(null);
    expect(runtime.runProgram(program, argumentsAddress, 0, 1)).toBe(null);
    expect(array.every((value, unit) => value === 2 * (unit + 1))).toBe(true);
  });
});

function forkingProgram(shared: boolean, index: number): Uint8Array {
  const module = new ModuleBuilder("program");
  module.importMemory("env", "memory", { shared, maximum: 65536 });
  const fork = module.importFunction("runtime", "fork", forkType);
  const f = module.function("kernel", kernelType, { export: true });
  f.i32Const(index);
  f.get(f.parameter(0));
  f.i32Const(1000);
  f.i32Const(10);
  f.call(fork);
  return module.encode();
}

describe("when things go wrong", () => {
  test("a trap on the calling thread is thrown, and the next launch works", () => {
    const runtime = newRuntime(2);
    const kernel = only(runtime.install(kernelModule(true, countUnits), ["kernel"]));
    const trap = only(runtime.install(meeting({ main: trapNow, worker: nothing }), ["kernel"]));
    warmUp(runtime);
    argumentArray(runtime, 4);
    expect(() => runtime.launch(trap, argumentsAddress, 2, 1)).toThrow("unreachable");
    const array = argumentArray(runtime, 1000);
    runtime.launch(kernel, argumentsAddress, 1000, 10);
    expect(array.every((value, unit) => value === unit + 1)).toBe(true);
  });

  test("a trap on a worker is thrown as well, and the worker goes on", () => {
    const runtime = newRuntime(2);
    const trap = only(runtime.install(meeting({ main: nothing, worker: trapNow }), ["kernel"]));
    warmUp(runtime);
    argumentArray(runtime, 4);
    expect(() => runtime.launch(trap, argumentsAddress, 2, 1)).toThrow(InternalError);
    expect(runtime.pool?.workers.some((worker) => worker.hasEnded())).toBe(false);
    warmUp(runtime);
  });

  test("a worker that dies in the middle of a kernel is an error, after which all works again", () => {
    const runtime = newRuntime(2);
    const endless = only(
      runtime.install(meeting({ main: nothing, worker: loopForEver }), ["kernel"]),
    );
    const kernel = only(runtime.install(kernelModule(true, countUnits), ["kernel"]));
    warmUp(runtime);
    argumentArray(runtime, 4);
    const wait = Atomics.wait;
    vi.spyOn(Atomics, "wait").mockImplementation((...args) => {
      runtime.pool?.workers[0]?.terminate();
      return wait(...args);
    });
    expect(() => runtime.launch(endless, argumentsAddress, 2, 1)).toThrow(RuntimeError);
    vi.restoreAllMocks();
    const array = argumentArray(runtime, 1000);
    runtime.launch(kernel, argumentsAddress, 1000, 10);
    expect(array.every((value, unit) => value === unit + 1)).toBe(true);
    warmUp(runtime);
    expect(runtime.pool?.size).toBe(1);
  });

  test("a worker that dies while idle is replaced when there is work", async () => {
    const runtime = newRuntime(2);
    warmUp(runtime);
    runtime.pool?.workers[0]?.terminate();
    await vi.waitFor(() => expect(runtime.pool?.size).toBe(0));
    warmUp(runtime);
    expect(runtime.pool?.size).toBe(1);
  });
});

type Act = (f: FunctionBuilder) => void;
const nothing: Act = () => undefined;
const trapNow: Act = (f) => f.emit("unreachable");
const loopForEver: Act = (f) => f.loop((again) => f.br(again));

/** Each of two threads waits until the other has a chunk too, and then does its act. Two words of the array must be 0. */
function meeting({ main, worker }: { readonly main: Act; readonly worker: Act }): Uint8Array {
  return kernelModule(true, ({ f, array }, { scratch }) => {
    const meet = (own: number, other: number): void => {
      f.get(array);
      f.i32Const(1);
      f.store("i32.atomic.store", { offset: own });
      f.loop((again) => {
        f.get(array);
        f.load("i32.atomic.load", { offset: other });
        f.emit("i32.eqz");
        f.brIf(again);
      });
    };
    f.call(scratch);
    f.i32Const(0);
    f.load("i32.load", { offset: control.scratch });
    f.emit("i32.eq");
    f.if(
      () => {
        meet(0, 4);
        main(f);
      },
      () => {
        meet(4, 0);
        worker(f);
      },
    );
  });
}

describe("the number of threads", () => {
  test("can be changed while workers are running", () => {
    const runtime = newRuntime(4);
    const kernel = only(runtime.install(kernelModule(true, countUnits), ["kernel"]));
    warmUp(runtime);
    for (const threads of [1, 3, 2, 4]) {
      runtime.setThreads(threads);
      expect(runtime.threads).toBe(threads);
      const array = argumentArray(runtime, 1000);
      runtime.launch(kernel, argumentsAddress, 1000, 10);
      expect(array.every((value, unit) => value === unit + 1)).toBe(true);
    }
  });

  test("workers start only when work that they could have shared takes a while", () => {
    const runtime = newRuntime(2);
    const kernel = only(runtime.install(kernelModule(true, countUnits), ["kernel"]));
    argumentArray(runtime, 1000);
    runtime.launch(kernel, argumentsAddress, 1000, 100);
    expect(runtime.pool?.size).toBe(0);
    // How many rounds that takes is the machine's matter.
    for (let round = 0; round < 10_000_000 && runtime.pool?.size === 0; round++)
      runtime.launch(kernel, argumentsAddress, 1000, 100);
    expect(runtime.pool?.size).toBe(1);
  });
});

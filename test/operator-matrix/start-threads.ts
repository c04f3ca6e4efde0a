import { setTimeout as sleep } from "node:timers/promises";
import { kernelRuntime } from "../../src/runtime/kernel-runtime.ts";
import { control } from "../../src/runtime/memory-layout.ts";

/** Starts a worker, which kernels of a few microseconds would not do, and waits until it listens; none where memory is not shared. */
export async function startThreads(): Promise<void> {
  const runtime = kernelRuntime();
  runtime.setThreads(2);
  runtime.startWorkers();
  const size = runtime.pool?.size ?? 0;
  const asleep = (): number => Atomics.load(runtime.memory.i32, control.sleepers >>> 2);
  for (let tries = 0; asleep() < size; tries++) {
    if (tries === 2000) throw new Error("the worker of the kernels does not start");
    await sleep(10);
  }
}

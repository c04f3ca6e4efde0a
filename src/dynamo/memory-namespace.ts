/** `torch.memory`: where tensors are, how much room they take, and which line made them. */
import { RuntimeError } from "../base/errors.ts";
import { inspectorSession } from "../base/inspector-session.ts";
import { type StorageHome, smallStorageCount } from "../core/storage.ts";
import { isDisposed, isFake, isTensor, stateOf, TensorBase } from "../core/tensor.ts";
import { listenToTensors } from "../core/tensor-history.ts";
import { liveObjects } from "../runtime/live-objects.ts";
import { kernelMemoryOrNull } from "../runtime/kernel-memory.ts";
import { captureUserStack, type StackFrame } from "./source/capture-user-stack.ts";

/** All sizes in bytes. */
export interface MemoryStats {
  /** Kernel memory that tensors, compiled programs and installed kernels hold, or garbage that was not found yet. */
  readonly liveBytes: number;
  /** The most that `liveBytes` was since the start or the last `reset_peak_memory_stats`. */
  readonly peakBytes: number;
  /** The size of the kernel memory. It never shrinks; pages that were never written take no room. */
  readonly reservedBytes: number;
  /** What it can grow to. */
  readonly limitBytes: number;
  /** Blocks that `liveBytes` counts. */
  readonly blocks: number;
  /** Blocks made since the start. */
  readonly allocations: number;
  /** Tensors below 1 KiB made since the start: JavaScript arrays, collected as any other object. */
  readonly smallAllocations: number;
  /** How often garbage was collected in the middle of a job because the memory filled up. */
  readonly collections: number;
}

/** One live tensor. */
export interface TensorSnapshot {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Of its elements; several tensors can show the same ones. */
  readonly bytes: number;
  /** Where they are: `memory` (kernel memory), `javascript` (a small array) or `user` (an array shared with the program). */
  readonly home: StorageHome;
  readonly isView: boolean;
  /** Equal for tensors that share memory. */
  readonly storage: number;
  /** The line that made it, if it was made while `record_memory_history` was on. */
  readonly line: string | null;
}

/**
 * How much memory tensors take.
 *
 * @example
 * ```ts
 * torch.memory.stats().liveBytes
 * ```
 */
export function stats(): MemoryStats {
  const memory = kernelMemoryOrNull();
  const counts = memory?.counts();
  return {
    liveBytes: counts?.usedBytes ?? 0,
    peakBytes: counts?.peakBytes ?? 0,
    reservedBytes: counts?.reservedBytes ?? 0,
    limitBytes: memory?.maximumBytes ?? 0,
    blocks: counts?.blocks ?? 0,
    allocations: counts?.allocations ?? 0,
    smallAllocations: smallStorageCount(),
    collections: counts?.collections ?? 0,
  };
}

/** Starts a new measurement of `peakBytes`. */
export function reset_peak_memory_stats(): void {
  kernelMemoryOrNull()?.resetPeak();
}

/** Lines by tensor; the weak references find the tensors where no inspector can list them. */
interface History {
  readonly lines: WeakMap<TensorBase, string>;
  readonly tensors: Set<WeakRef<TensorBase>>;
}

let history: History | null = null;

/**
 * Whether the line that makes a tensor is remembered, for `snapshot`. Costs some microseconds a tensor; off at first.
 *
 * @example
 * ```ts
 * torch.memory.record_memory_history(true)
 * ```
 */
export function record_memory_history(enabled: boolean): void {
  if (!enabled) {
    history = null;
    listenToTensors(null);
    return;
  }
  const started: History = { lines: new WeakMap(), tensors: new Set() };
  history = started;
  listenToTensors((tensor) => {
    if (isFake(tensor)) return;
    const [frame] = captureUserStack();
    if (frame !== undefined) started.lines.set(tensor, lineOf(frame));
    // Kept only where it is needed: a list of millions of dead references would be a leak of its own.
    if (!hasInspector()) started.tensors.add(new WeakRef(tensor));
  });
}

/**
 * The live tensors, largest first. Where the engine cannot list them (browsers, Bun, Deno), those made since
 * `record_memory_history(true)`.
 *
 * @example
 * ```ts
 * torch.memory.snapshot().map((tensor) => `${tensor.dtype} ${tensor.shape} ${tensor.line}`)
 * ```
 */
export function snapshot(): readonly TensorSnapshot[] {
  const storages = new Map<object, number>();
  return liveTensors()
    .filter((tensor) => !isDisposed(tensor) && !isFake(tensor))
    .map((tensor) => {
      const { storage, base } = stateOf(tensor);
      const number = storages.get(storage) ?? storages.size;
      storages.set(storage, number);
      return {
        shape: tensor.shape,
        dtype: tensor.dtype.name,
        bytes: tensor.nbytes,
        home: storage.home,
        isView: base !== null,
        storage: number,
        line: history?.lines.get(tensor) ?? null,
      };
    })
    .sort((a, b) => b.bytes - a.bytes);
}

function liveTensors(): readonly TensorBase[] {
  const found = liveObjects(TensorBase);
  if (found !== null) return found.filter((candidate) => isTensor(candidate));
  if (history === null) {
    throw new RuntimeError(
      "torch.memory.snapshot() cannot list tensors in this engine by itself: call torch.memory.record_memory_history(true) before they are made",
    );
  }
  const alive: TensorBase[] = [];
  for (const reference of history.tensors) {
    const tensor = reference.deref();
    if (tensor === undefined) history.tensors.delete(reference);
    else alive.push(tensor);
  }
  return alive;
}

function hasInspector(): boolean {
  return inspectorSession() !== null;
}

function lineOf({ file, line, functionName }: StackFrame): string {
  return `${file}:${line}${functionName === null ? "" : ` in ${functionName}`}`;
}

/** What a kernel reports when its data are wrong: it cannot throw, it calls `fail` and returns. */
import { InternalError } from "../base/errors.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { failure } from "./memory-layout.ts";

/** Kinds and ids belong to whoever generates kernels; this one is the runtime's. */
export const trapKind = 0x7fffffff;

export interface KernelFailure {
  readonly kind: number;
  readonly id: number;
  readonly index: bigint;
  readonly size: bigint;
}

/** The failure of the launch that just ended, which is then forgotten; null if all was well. */
export function takeFailure(memory: KernelMemory): KernelFailure | null {
  const kind = memory.i32[failure.kind >>> 2] ?? 0;
  if (kind === 0) return null;
  const wide = new BigInt64Array(memory.buffer, failure.index, 2);
  const taken = {
    kind,
    id: memory.i32[failure.id >>> 2] ?? 0,
    index: wide[0] ?? 0n,
    size: wide[1] ?? 0n,
  };
  memory.i32[failure.kind >>> 2] = 0;
  if (kind === trapKind)
    throw new InternalError("a kernel did something that WebAssembly forbids, on a worker thread");
  return taken;
}

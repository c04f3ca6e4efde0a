/** How many threads kernels use. */
import { RuntimeError } from "../base/errors.ts";
import { kernelRuntime } from "../runtime/kernel-runtime.ts";

/**
 * The number of threads that kernels may use: what `OMP_NUM_THREADS` says, else what the machine runs at the same time.
 *
 * @example
 * ```ts
 * torch.get_num_threads() >= 1
 * ```
 */
export function get_num_threads(): number {
  return kernelRuntime().threads;
}

/**
 * Sets the number of threads that kernels may use, the calling one included. Results do not depend on it.
 *
 * @example
 * ```ts
 * torch.set_num_threads(1)
 * ```
 */
export function set_num_threads(threads: number): void {
  if (!Number.isInteger(threads) || threads <= 0) {
    throw new RuntimeError(`set_num_threads expects a positive integer, but got ${threads}`);
  }
  kernelRuntime().setThreads(threads);
}

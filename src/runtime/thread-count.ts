/** How many threads kernels may use. */
import { environmentVariable } from "../base/environment-variable.ts";
import { nodeBuiltin } from "../base/node-builtin.ts";

/** What `OMP_NUM_THREADS` says, as for PyTorch; else as many as the machine runs at the same time. */
export function defaultThreadCount(): number {
  const wanted = Number(environmentVariable("OMP_NUM_THREADS"));
  if (Number.isInteger(wanted) && wanted > 0) return wanted;
  const os = nodeBuiltin("os");
  if (os !== null) return os.availableParallelism();
  // Browsers have navigator.hardwareConcurrency; it is not among this project's types.
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return navigator?.hardwareConcurrency ?? 1;
}

import { InternalError } from "../../../../base/errors.ts";
import type { InstalledKernel, KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import { wasmFeatures } from "../../../../wasm/features.ts";
import { contractionKernels, contractionModule } from "./contraction-module.ts";
import type { ElementName } from "./element.ts";

export type ContractionKernels = Readonly<
  Record<(typeof contractionKernels)[number], InstalledKernel>
>;

const installed = new WeakMap<KernelRuntime, Map<ElementName, ContractionKernels>>();

/** The kernels for a dtype, compiled and installed once. */
export function installContraction(runtime: KernelRuntime, name: ElementName): ContractionKernels {
  let byName = installed.get(runtime);
  if (byName === undefined) installed.set(runtime, (byName = new Map()));
  let kernels = byName.get(name);
  if (kernels === undefined) {
    const { relaxedSimd } = wasmFeatures();
    const module = contractionModule(name, {
      relaxed: relaxedSimd,
      shared: runtime.memory.isShared,
    });
    const [packRight, multiply, dots, rowSums] = runtime.install(
      module.encode(),
      contractionKernels,
    );
    if (!packRight || !multiply || !dots || !rowSums)
      throw new InternalError("a module gave fewer kernels than it was asked for");
    byName.set(name, (kernels = { packRight, multiply, dots, rowSums }));
  }
  return kernels;
}

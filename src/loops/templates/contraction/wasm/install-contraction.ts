import { InternalError } from "../../../../base/errors.ts";
import type { InstalledKernel, KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import { wasmFeatures } from "../../../../wasm/features.ts";
import { isTurbo } from "../../../../wasm/turbo.ts";
import { type Tile, usualChoice } from "./blocking.ts";
import { contractionKernels, contractionModule } from "./contraction-module.ts";
import type { ElementName } from "./element.ts";

export type ContractionKernels = Readonly<
  Record<(typeof contractionKernels)[number], InstalledKernel>
>;

const installed = new WeakMap<KernelRuntime, Map<string, ContractionKernels>>();

/** The kernels for a dtype and a tile, compiled and installed once, and once more for turbo. */
export function installContraction(
  runtime: KernelRuntime,
  name: ElementName,
  tile: Tile = usualChoice(name).tile,
): ContractionKernels {
  let byName = installed.get(runtime);
  if (byName === undefined) installed.set(runtime, (byName = new Map()));
  const key = [name, tile.rows, tile.vectors, isTurbo()].join();
  let kernels = byName.get(key);
  if (kernels === undefined) {
    const { relaxedSimd } = wasmFeatures();
    const module = contractionModule(name, {
      tile,
      relaxed: relaxedSimd,
      shared: runtime.memory.isShared,
      turbo: isTurbo(),
    });
    const [packRight, multiply, attend, dots, rowSums, sumParts] = runtime.install(
      module.encode(),
      contractionKernels,
    );
    if (!packRight || !multiply || !attend || !dots || !rowSums || !sumParts)
      throw new InternalError("a module gave fewer kernels than it was asked for");
    byName.set(key, (kernels = { packRight, multiply, attend, dots, rowSums, sumParts }));
  }
  return kernels;
}

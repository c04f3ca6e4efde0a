import { InternalError } from "../../../../../base/errors.ts";
import { scratchType } from "../../../../../runtime/thread-module.ts";
import type { InstalledKernel, KernelRuntime } from "../../../../../runtime/kernel-runtime.ts";
import { wasmFeatures } from "../../../../../wasm/features.ts";
import { ModuleBuilder } from "../../../../../wasm/module-builder.ts";
import { isTurbo } from "../../../../../wasm/turbo.ts";
import { tiledElement } from "../blocking.ts";
import { defineFinishBlock } from "../finish-block.ts";
import { defineTransformInput } from "./transform-input.ts";
import { defineTransformProducts } from "./transform-products.ts";
import { defineTransformWeights } from "./transform-weights.ts";

const names = ["transformWeights", "transformInput", "transformProducts"] as const;

export type WinogradKernels = Readonly<Record<(typeof names)[number], InstalledKernel>>;

const installed = new WeakMap<KernelRuntime, Map<boolean, WinogradKernels>>();

/** The kernels, compiled and installed once, and once more for turbo. */
export function installWinograd(runtime: KernelRuntime): WinogradKernels {
  let variants = installed.get(runtime);
  if (variants === undefined) installed.set(runtime, (variants = new Map()));
  let kernels = variants.get(isTurbo());
  if (kernels === undefined) {
    const bytes = winogradModule(runtime.memory.isShared).encode();
    const [transformWeights, transformInput, transformProducts] = runtime.install(bytes, names);
    if (!transformWeights || !transformInput || !transformProducts)
      throw new InternalError("a module gave fewer kernels than it was asked for");
    kernels = { transformWeights, transformInput, transformProducts };
    variants.set(isTurbo(), kernels);
  }
  return kernels;
}

function winogradModule(shared: boolean): ModuleBuilder {
  const module = new ModuleBuilder("winograd");
  module.importMemory("env", "memory", { shared });
  module.importTable("env", "table");
  const scratch = module.importFunction("runtime", "scratch", scratchType);
  const options = { relaxed: wasmFeatures().relaxedSimd, scratch };
  defineTransformWeights(module, options);
  defineTransformInput(module, { ...options, width: tiledElement("float32").width });
  defineTransformProducts(module, { ...options, finishBlock: defineFinishBlock(module) });
  return module;
}

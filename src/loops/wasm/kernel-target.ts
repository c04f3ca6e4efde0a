/** The module that kernels are written into, with what every such module imports. */
import { failType, scratchType } from "../../runtime/thread-module.ts";
import type { FunctionReference } from "../../wasm/function-builder.ts";
import { wasmFeatures } from "../../wasm/features.ts";
import { ModuleBuilder } from "../../wasm/module-builder.ts";

export interface KernelTarget {
  readonly module: ModuleBuilder;
  /** Gives the address of the thread's scratch space. */
  readonly scratch: FunctionReference;
  /** Records what a kernel found wrong with its data. */
  readonly fail: FunctionReference;
  /** Functions that kernels of this module call, each made when it is first needed. */
  helper(name: string, make: (module: ModuleBuilder) => FunctionReference): FunctionReference;
  /** Whether multiply-add may be rounded once. */
  readonly relaxed: boolean;
}

/** An empty module for kernels; `shared` is whether the memory is. */
export function kernelTarget(name: string, shared: boolean): KernelTarget {
  const module = new ModuleBuilder(name);
  module.importMemory("env", "memory", { shared, minimum: 1, maximum: 65536 });
  const helpers = new Map<string, FunctionReference>();
  return {
    module,
    scratch: module.importFunction("runtime", "scratch", scratchType),
    fail: module.importFunction("runtime", "fail", failType),
    helper: (name, make) => {
      let helper = helpers.get(name);
      if (helper === undefined) helpers.set(name, (helper = make(module)));
      return helper;
    },
    relaxed: wasmFeatures().relaxedSimd,
  };
}

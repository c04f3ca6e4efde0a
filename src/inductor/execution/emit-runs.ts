/** Straight runs of launches as WebAssembly functions: one call from JavaScript for all of them. */
import { failure } from "../../runtime/memory-layout.ts";
import { forkType, kernelType } from "../../runtime/thread-module.ts";
import type { FunctionBuilder, FunctionReference } from "../../wasm/function-builder.ts";
import { ModuleBuilder } from "../../wasm/module-builder.ts";

export type RunItem =
  | {
      readonly kind: "kernel";
      /** Its place in the function table. */
      readonly index: number;
      /** Where its arguments are. */
      readonly args: number;
      readonly units: number;
      readonly chunkUnits: number;
      /** Whether it may find its data wrong: nothing runs after it then. */
      readonly mayFail: boolean;
    }
  | {
      readonly kind: "zero";
      /** Where the address of the memory stands. */
      readonly pointer: number;
      readonly bytes: number;
    };

/** Whether some kernel is worth sharing with other threads. */
export function forks(items: readonly RunItem[]): boolean {
  return items.some((item) => item.kind === "kernel" && item.units > item.chunkUnits);
}

/** A module that exports a function for each list. They leave the number of the kernel that they got to at `progress`. */
export function emitRuns(
  runs: readonly (readonly RunItem[])[],
  progress: number,
  shared: boolean,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly names: readonly string[] } {
  const module = new ModuleBuilder("graph");
  module.importMemory("env", "memory", { shared, minimum: 1, maximum: 65536 });
  module.importTable("env", "table");
  const fork = module.importFunction("runtime", "fork", forkType);
  const names = runs.map((items, index) => {
    const name = `run${index}`;
    const f = module.function(name, { params: [], results: [] }, { export: true });
    let kernel = 0;
    for (const item of items) {
      if (item.kind === "zero") emitZero(f, item);
      else emitKernelCall(f, fork, item, kernel++, progress);
    }
    return name;
  });
  return { bytes: module.encode(), names };
}

function emitZero(f: FunctionBuilder, { pointer, bytes }: RunItem & { kind: "zero" }): void {
  f.i32Const(pointer | 0);
  f.load("i32.load");
  f.i32Const(0);
  f.i32Const(bytes | 0);
  f.memoryFill();
}

function emitKernelCall(
  f: FunctionBuilder,
  fork: FunctionReference,
  { index, args, units, chunkUnits, mayFail }: RunItem & { kind: "kernel" },
  number: number,
  progress: number,
): void {
  const isShared = units > chunkUnits;
  if (mayFail || isShared) {
    f.i32Const(progress | 0);
    f.i32Const(number);
    f.store("i32.store");
  }
  if (isShared) {
    for (const value of [index, args, units, chunkUnits]) f.i32Const(value | 0);
    f.call(fork);
  } else {
    for (const value of [args, 0, units, index]) f.i32Const(value | 0);
    f.callIndirect(kernelType);
  }
  if (!mayFail) return;
  f.i32Const(0);
  f.load("i32.load", { offset: failure.kind });
  f.if(() => f.emit("return"));
}

/** Kernels written by hand. Their arguments are one word: the address of an array of 32-bit integers. */
import type { FunctionBuilder, Local } from "../../src/wasm/function-builder.ts";
import { ModuleBuilder } from "../../src/wasm/module-builder.ts";
import { failType, forkType, kernelType, scratchType } from "../../src/runtime/thread-module.ts";

interface KernelContext {
  readonly f: FunctionBuilder;
  readonly array: Local;
  readonly begin: Local;
  readonly end: Local;
}

/** A module with one kernel, called `kernel`. */
export function kernelModule(
  shared: boolean,
  body: (context: KernelContext, runtime: RuntimeImports) => void,
): Uint8Array {
  const module = new ModuleBuilder("test");
  module.importMemory("env", "memory", { shared, maximum: 65536 });
  const runtime = importRuntime(module);
  const f = module.function("kernel", kernelType, { export: true });
  const array = f.local("i32", "array");
  f.get(f.parameter(0, "args"));
  f.load("i32.load");
  f.set(array);
  body({ f, array, begin: f.parameter(1, "begin"), end: f.parameter(2, "end") }, runtime);
  return module.encode();
}

type RuntimeImports = ReturnType<typeof importRuntime>;

function importRuntime(module: ModuleBuilder) {
  return {
    fork: module.importFunction("runtime", "fork", forkType),
    scratch: module.importFunction("runtime", "scratch", scratchType),
    fail: module.importFunction("runtime", "fail", failType),
  };
}

/** For each unit: `array[unit] += unit + 1`. Twice the same unit, or none, shows. */
export function countUnits({ f, array, begin, end }: KernelContext): void {
  f.block((done) => {
    f.loop((again) => {
      f.get(begin);
      f.get(end);
      f.emit("i32.ge_s");
      f.brIf(done);
      pushElement(f, array, begin);
      pushElement(f, array, begin);
      f.load("i32.load");
      f.get(begin);
      f.i32Const(1);
      f.emit("i32.add");
      f.emit("i32.add");
      f.store("i32.store");
      f.increment(begin, 1);
      f.br(again);
    });
  });
}

function pushElement(f: FunctionBuilder, array: Local, index: Local): void {
  f.get(array);
  f.get(index);
  f.i32Const(2);
  f.emit("i32.shl");
  f.emit("i32.add");
}

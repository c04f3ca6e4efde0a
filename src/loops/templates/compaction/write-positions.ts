/** Where the elements are that are not zero, found in WebAssembly. */
import { InternalError } from "../../../base/errors.ts";
import { at, numelOf } from "../../../core/shape.ts";
import { stateOf, type TensorBase } from "../../../core/tensor.ts";
import { kernelMemoryOrNull } from "../../../runtime/kernel-memory.ts";
import { kernelRuntime, type KernelRuntime } from "../../../runtime/kernel-runtime.ts";
import { argumentsAddress } from "../../../runtime/memory-layout.ts";
import { wasmFeatures } from "../../../wasm/features.ts";
import { positionsModule } from "./positions-kernel.ts";

/**
 * Writes the coordinates of the flags that are set, in row-major order, to `out`: a row for each of them, and exactly as
 * many; columns follow each other in memory. `flags` is contiguous and has bytes as elements. False, and nothing is done,
 * where plain loops have to do it.
 */
export function writePositions(flags: TensorBase, out: TensorBase): boolean {
  if (!wasmFeatures().simd || kernelMemoryOrNull() === null) return false;
  const runtime = kernelRuntime();
  const positions = positionsFunction(runtime);
  const { shape, storage, offset } = stateOf(flags);
  const target = stateOf(out).storage;
  const [from, to] = [storage.address() + offset, target.address()];
  shape.forEach((size, axis) => (runtime.memory.i32[(argumentsAddress >>> 2) + axis] = size));
  positions(from, numelOf(shape), to, argumentsAddress, shape.length, at(out.shape, 0) * 8);
  storage.endStage(false);
  target.endStage(true);
  return true;
}

const functions = new WeakMap<KernelRuntime, WebAssembly.ExportedFunction>();

function positionsFunction(runtime: KernelRuntime): WebAssembly.ExportedFunction {
  let positions = functions.get(runtime);
  if (positions === undefined) {
    const bytes = positionsModule(runtime.memory.isShared).encode();
    [positions] = runtime.instantiate(bytes, ["positions"]);
    if (positions === undefined) throw new InternalError("a module did not give its function");
    functions.set(runtime, positions);
  }
  return positions;
}

/** `torch.backends`: what runs kernels, and how. */
import { resetKernels } from "../loops/run-computation.ts";
import { sharedMemoryObstacle } from "../runtime/create-memory.ts";
import { wasmFeatures } from "../wasm/features.ts";
import { isTurbo, setTurbo } from "../wasm/turbo.ts";

/** `torch.backends.wasm`: kernels in WebAssembly. */
export interface WasmBackendSettings {
  /**
   * Experimental: whether V8 runs pairs of 128-bit vector operations as one of 256 bits. Needs Node 24 or newer on x64;
   * elsewhere setting it warns and it stays off. Kernels are compiled anew. `FULLGRAPH_TURBO=1` sets it from the start.
   */
  turbo: boolean;
  /** Whether the engine has 128-bit vectors. Without them kernels are JavaScript. */
  readonly simd: boolean;
  /** Whether multiply-add may be rounded once; `FULLGRAPH_RELAXED_SIMD=0` forbids it. */
  readonly relaxed_simd: boolean;
  /** Whether kernels can run on several threads here: there is shared memory. */
  readonly threads: boolean;
  /** Whether kernels run as WebAssembly here. */
  is_available(): boolean;
}

/**
 * What kernels in WebAssembly can use in this engine, and the switch for turbo.
 *
 * @example
 * ```ts
 * torch.backends.wasm.is_available()
 * ```
 */
export const wasm: WasmBackendSettings = Object.freeze({
  get turbo(): boolean {
    wasmFeatures(); // looks at the environment
    return isTurbo();
  },
  set turbo(on: boolean) {
    if (typeof on !== "boolean")
      throw new TypeError(`torch.backends.wasm.turbo must be a boolean, but got ${String(on)}`);
    const { turbo } = wasm;
    if (turbo !== on && setTurbo(on)) resetKernels();
  },
  get simd(): boolean {
    return wasmFeatures().simd;
  },
  get relaxed_simd(): boolean {
    return wasmFeatures().relaxedSimd;
  },
  get threads(): boolean {
    return wasmFeatures().threads && sharedMemoryObstacle() === null;
  },
  is_available: () => wasmFeatures().simd,
});

/** Makes the one memory that kernels compute in: shared between threads where the engine and the page allow it. */
import { environmentVariable } from "../base/environment-variable.ts";
import { wasmFeatures } from "../wasm/features.ts";

export const pageBytes = 65536;
/** 4 GiB: all that 32-bit addresses reach. Declaring it lets engines reserve the space and drop bounds checks. */
const maximumPages = 65536;
const initialPages = 16;

/** Set to 0, this environment variable keeps memory unshared and kernels on one thread. */
const sharedMemoryVariable = "FULLGRAPH_SHARED_MEMORY";

/** Why kernels cannot use several threads here, or null where they can. */
export function sharedMemoryObstacle(): string | null {
  if (environmentVariable(sharedMemoryVariable) === "0") return `${sharedMemoryVariable}=0 is set`;
  if (typeof SharedArrayBuffer === "undefined" || isPageNotIsolated()) {
    return "this page is not cross-origin isolated: serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
  }
  return wasmFeatures().threads ? null : "this engine's WebAssembly has no shared memory";
}

/** Without isolation Chromium makes a shared memory and then refuses to give it to a worker. */
function isPageNotIsolated(): boolean {
  return Reflect.get(globalThis, "crossOriginIsolated") === false;
}

export interface CreatedMemory {
  readonly memory: WebAssembly.Memory;
  readonly isShared: boolean;
  readonly maximumPages: number;
}

/** Tries smaller and smaller address spaces: a 32-bit process cannot reserve the whole of it. */
export function createMemory(shared: boolean, limitPages = maximumPages): CreatedMemory {
  for (let maximum = limitPages; ; maximum = Math.floor(maximum / 2)) {
    try {
      const initial = Math.min(initialPages, maximum);
      const memory = new WebAssembly.Memory({ initial, maximum, shared });
      return { memory, isShared: shared, maximumPages: maximum };
    } catch (error) {
      if (maximum <= 1024) throw error;
    }
  }
}

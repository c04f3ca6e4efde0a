/** Where generated modules may be kept beyond the process. */
import type { Kernel } from "../kernel.ts";
import type { LoopShape } from "./loop-shape.ts";

/** A kernel as its code is specialised. */
export interface WantedKernel {
  readonly kernel: Kernel;
  readonly shape: LoopShape;
}

/** What the backend needs to know of a module to run its kernels. */
export interface StoredModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Instructions for each point, by kernel. */
  readonly work: readonly number[];
}

export interface ModuleStore {
  /** The module of exactly these kernels for engines of this description; null if there is none. */
  find(wanted: readonly WantedKernel[], engine: string): StoredModule | null;
  keep(wanted: readonly WantedKernel[], engine: string, module: StoredModule): void;
}

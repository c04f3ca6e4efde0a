import type { CompiledFunction } from "./units/compiled-function.ts";

const handles = new WeakMap<Function, CompiledFunction>();

/** Records which compiled function a handle stands for. */
export function registerHandle(handle: Function, compiled: CompiledFunction): void {
  handles.set(handle, compiled);
}

/** The compiled function behind a handle: inside another compiled function, its function is simply inlined. */
export const compiledOf = (handle: Function): CompiledFunction | null =>
  handles.get(handle) ?? null;

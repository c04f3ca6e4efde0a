import type { CompiledFunction } from "./units/compiled-function.ts";

const handles = new WeakMap<Function, CompiledFunction>();

/** Records which compiled function a handle stands for. */
export function registerHandle(handle: Function, compiled: CompiledFunction): void {
  handles.set(handle, compiled);
}

export const compiledOf = (handle: Function): CompiledFunction | null => handles.get(handle) ?? null;

/** The function behind a compiled handle: inside a compiled function, a compiled callee is simply inlined. */
export const compiledTarget = (fn: Function): Function | null => handles.get(fn)?.fn ?? null;

/** What the programs in this folder share; each runs in a process of its own, under several loaders. */
import type { Binding, FunctionSource } from "../../../src/dynamo/source/function-source.ts";
import { locateFunction } from "../../../src/dynamo/source/locate-function.ts";

export function sourceOf(fn: Function): FunctionSource {
  const source = locateFunction(fn);
  if (source.kind === "unavailable") throw new Error(source.explanation);
  return source;
}

export function bindingOf(fn: Function, name: string): Binding {
  return sourceOf(fn).binding(name);
}

export function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return "no error";
}

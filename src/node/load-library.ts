import { readFileSync } from "node:fs";
import { Script, runInThisContext } from "node:vm";
import { setRelaxedSimdFlag } from "../wasm/relaxed-simd-flag.ts";
import { openCodeCache } from "./code-cache.ts";
import { scriptOfModule } from "./script-of-module.ts";

/** Runs the library's module as a script of the same name, with the code that an earlier process left behind if there is some. */
export function loadLibrary(module: URL): Readonly<Record<string, unknown>> {
  const text = scriptOfModule(readFileSync(module, "latin1"), module.href);
  // Compiled code only fits an engine with the same flags: this one would come later, with the first kernel.
  setRelaxedSimdFlag();
  return functionOf(text, module)(module.href);
}

type RunLibrary = (moduleUrl: string) => Readonly<Record<string, unknown>>;

function functionOf(text: string, module: URL): RunLibrary {
  // Test runners that give each file a realm of its own: a script would see the arrays of another one.
  if (runInThisContext("Object") !== Object) return asRunLibrary(Function(`return ${text}`)());
  const cache = openCodeCache(module);
  const script = new Script(text, {
    filename: module.href,
    ...(cache.code === null ? {} : { cachedData: cache.code }),
  });
  if (cache.code === null || script.cachedDataRejected === true) {
    cache.keepLater(() => script.createCachedData());
  }
  return asRunLibrary(script.runInThisContext());
}

/** What the text of `scriptOfModule` evaluates to. */
const asRunLibrary = (value: unknown): RunLibrary => value as RunLibrary;

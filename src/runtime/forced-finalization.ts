/**
 * Has a FinalizationRegistry tell at once what is unreachable.
 *
 * By itself it does so only after the running job has ended, so a loop that never awaits could not free anything. V8 up to
 * Node 22 has `FinalizationRegistry.prototype.cleanupSome` (a proposal that was withdrawn) in realms that are made while a
 * flag is set, and a function that collects garbage in the same way.
 */
import { lazy } from "../base/lazy.ts";
import { nodeBuiltin } from "../base/node-builtin.ts";

type Finalize = (registry: FinalizationRegistry<never>) => void;

/** Collects garbage, then runs the callbacks of a registry for what was found; null where the engine cannot. */
export const forcedFinalization: () => Finalize | null = lazy(() => {
  const v8 = nodeBuiltin("v8");
  const vm = nodeBuiltin("vm");
  if (v8 === null || vm === null || !hasFlag()) return null;
  v8.setFlagsFromString("--expose-gc");
  v8.setFlagsFromString(`--${cleanupFlag}`);
  try {
    const realm = vm.createContext();
    const collectGarbage: unknown = vm.runInContext("globalThis.gc", realm);
    const cleanupSome: unknown = vm.runInContext(
      "FinalizationRegistry.prototype.cleanupSome",
      realm,
    );
    if (typeof collectGarbage !== "function" || typeof cleanupSome !== "function") return null;
    return (registry) => {
      Reflect.apply(collectGarbage, undefined, []);
      Reflect.apply(cleanupSome, registry, []);
    };
  } finally {
    // Realms that the program makes are as they would be without this package.
    v8.setFlagsFromString("--no-expose-gc");
    v8.setFlagsFromString(`--no-${cleanupFlag}`);
  }
});

const cleanupFlag = "harmony-weak-refs-with-cleanup-some";

/** V8 prints a complaint about flags it does not know. Those of Node 20 (11.3) and Node 22 (12.4) know this one. */
function hasFlag(): boolean {
  const { process: host } = globalThis as { process?: NodeJS.Process }; // absent in browsers
  if (host?.versions["bun"] !== undefined || host?.versions["deno"] !== undefined) return false;
  const major = Number.parseInt(host?.versions.v8 ?? "", 10);
  return major === 11 || major === 12;
}

/**
 * `node --import fullgraph/register app.js`: modules of the program get accessors for their variables while they load.
 * Behind another loader it takes what that one gives: `node --import tsx --import fullgraph/register app.ts`.
 */
import * as nodeModule from "node:module";
import { transformLoaded } from "./load-hook.ts";

interface LoadContext {
  readonly format?: string | null | undefined;
}
interface SynchronousHooks {
  load(
    url: string,
    context: LoadContext,
    nextLoad: (url: string, context: LoadContext) => Parameters<typeof transformLoaded>[1],
  ): Parameters<typeof transformLoaded>[1];
}

// Node 22.15 and later; the types at hand are those of Node 20.
const { registerHooks } = nodeModule as { registerHooks?: (hooks: SynchronousHooks) => void };

/** Loaders on a thread of their own (`module.register`, which tsx uses too) run behind the synchronous ones. */
if (registerHooks === undefined) {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  nodeModule.register(new URL(`./loader-thread.${extension}`, import.meta.url));
} else
  registerHooks({
    load: (url, context, nextLoad) => transformLoaded(url, nextLoad(url, context)),
  });

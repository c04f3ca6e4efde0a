/** Node's hook on the thread that loads modules (`module.register`, Node 20). */
import type { LoadHook } from "node:module";
import { transformLoaded } from "./load-hook.ts";

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  return { ...loaded, ...transformLoaded(url, loaded) };
};

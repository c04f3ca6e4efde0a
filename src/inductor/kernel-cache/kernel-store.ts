import { environmentVariable } from "../../base/environment-variable.ts";
import { nodeBuiltin } from "../../base/node-builtin.ts";
import type { ModuleStore } from "../../loops/wasm/module-store.ts";
import { config } from "../config.ts";
import { diskStore } from "./disk-store.ts";

/** Where the modules of graphs that are compiled now are kept; null: nowhere. */
export function kernelStore(): ModuleStore | null {
  return config.fx_graph_cache ? diskStore(cacheFolder()) : null;
}

/** As in PyTorch, a folder of the user's own among those for temporary files. */
function cacheFolder(): string {
  const wish = environmentVariable("TORCHINDUCTOR_CACHE_DIR");
  if (wish !== undefined && wish !== "") return wish;
  const os = nodeBuiltin("os");
  return `${os?.tmpdir() ?? "."}/torchinductor_${os?.userInfo().username ?? "unknown"}`;
}

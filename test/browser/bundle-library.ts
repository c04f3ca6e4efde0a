import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsdown";

/** The text of a module out of one entry file and all it imports, as a bundler makes it for a page. */
export async function bundle(entry: string): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), "fullgraph-bundle-"));
  try {
    await build({
      config: false,
      entry: { index: entry },
      outDir,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      dts: false,
      clean: false,
      logLevel: "error",
      deps: { alwaysBundle: [/./], onlyBundle: false },
      treeshake: { moduleSideEffects: true },
    });
    return readFileSync(join(outDir, "index.js"), "utf8");
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

/** The name stack frames of the compiler carry: everything below `/fullgraph/` is its own package to it. */
export const compilerFileName = "/fullgraph/torch.js";

/**
 * The whole library as one classic script that leaves `torch` behind. It runs in every realm anew, so that the
 * built-ins the compiler knows are those of the test.
 */
export async function buildCompilerScript(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), "fullgraph-test262-"));
  try {
    await build({
      config: false,
      entry: { torch: fileURLToPath(new URL("../../src/index.ts", import.meta.url)) },
      format: "iife",
      globalName: "torch",
      platform: "neutral",
      target: "node20",
      outDir,
      dts: false,
      noExternal: [/.*/],
      inlineOnly: false,
      define: { "import.meta.url": JSON.stringify(`file://${compilerFileName}`) },
      logLevel: "error",
    });
    // Modules are strict; that is lost when they become a script.
    return `"use strict";\n${readFileSync(join(outDir, "torch.iife.js"), "utf8")}`;
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

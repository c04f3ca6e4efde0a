import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/**
 * Writes the benchmark's programs as JavaScript into a folder, so that they run under any plain Node: a loader in the
 * process would be a part of every cold start.
 */
export function emitPrograms(sources: string, into: string): void {
  rmSync(into, { recursive: true, force: true });
  for (const file of readdirSync(sources, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const target = join(into, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, withoutTypes(readFileSync(join(sources, file), "utf8")));
  }
  writeFileSync(join(into, "package.json"), JSON.stringify({ private: true, type: "module" }));
}

function withoutTypes(source: string): string {
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

/** Which files on a call stack are not the user's. */
import { lazy } from "../../base/lazy.ts";
import { nodeBuiltin } from "../../base/node-builtin.ts";
import { pathOf } from "./source-file.ts";

/** Marks the text of generated functions: `//# sourceURL=fullgraph:///…`. */
const generatedCodeUrl = "fullgraph:///";

/** A script that the compiler wrote: `new Function` puts a brace behind the line that names it. */
export function isGeneratedScript(text: string): boolean {
  return text.slice(-300).includes(`\n//# sourceURL=${generatedCodeUrl}`);
}

export function isFrameworkFile(url: string): boolean {
  if (url.startsWith(generatedCodeUrl) || url.startsWith("node:") || url.startsWith("evalmachine."))
    return true;
  return (
    isPackageFile(url) ||
    /\/node_modules\/(?:@vitest\/[^/]+|vitest|tsx|vite|vite-node)\//.test(slashed(url))
  );
}

export function isPackageFile(url: string): boolean {
  const folder = packageFolder();
  return folder !== null && slashed(url).startsWith(folder);
}

function slashed(url: string): string {
  return pathOf(url).replaceAll("\\", "/");
}

/**
 * The `src/` or `dist/` folder this file is in: tests, examples and docs of the package count as user code. null: a bundler
 * put the package into a file with code of the program, and no file is the package's own.
 */
const packageFolder: () => string | null = lazy(() => {
  const file = slashed(import.meta.url);
  const sources = /^.*\/src\/(?=dynamo\/source\/)/.exec(file)?.[0];
  if (sources !== undefined) return sources;
  const built = /^.*\/dist\/(?=index\.js$)/.exec(file)?.[0];
  return built !== undefined && isOwnManifest(`${built}../package.json`) ? built : null;
});

/** Bundles are called `dist/index.js` as well. */
function isOwnManifest(path: string): boolean {
  const files = nodeBuiltin("fs");
  if (files === null) return true;
  try {
    return files.readFileSync(path, "utf8").includes('"name": "fullgraph"');
  } catch {
    return false;
  }
}

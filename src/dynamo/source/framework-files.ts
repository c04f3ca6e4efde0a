/** Which files on a call stack are not the user's. */
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
  return slashed(url).startsWith(packageFolder);
}

function slashed(url: string): string {
  return pathOf(url).replaceAll("\\", "/");
}

/** The `src/` or `dist/` folder this file is in: tests, examples and docs of the package count as user code. */
const packageFolder = folderOfThisPackage(slashed(import.meta.url));

function folderOfThisPackage(file: string): string {
  const folder = /^.*\/(?:src|dist)\/(?=dynamo\/source\/)/.exec(file)?.[0];
  return folder ?? file.slice(0, file.lastIndexOf("/") + 1);
}

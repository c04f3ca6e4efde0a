/** The user's files as messages name them. */
import { linesOf } from "./line-table.ts";
import { nodeBuiltin } from "../../base/node-builtin.ts";

/** A file: URL as an absolute path; anything else unchanged. Queries (`?v=1`) are no part of the file. */
export function pathOf(url: string): string {
  if (!url.startsWith("file:")) return url;
  const path = decodeURIComponent(new URL(url).pathname);
  return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path; // Windows: /C:/x
}

const linesByFile = new Map<string, readonly string[] | null>();

/** A 1-based line of a file on disk. */
export function sourceLine(file: string, line: number): string | null {
  return fileLines(file)?.[line - 1] ?? null;
}

function fileLines(file: string): readonly string[] | null {
  let lines = linesByFile.get(file);
  if (lines === undefined) {
    try {
      const text = nodeBuiltin("fs")?.readFileSync(file, "utf8");
      lines = text === undefined ? null : linesOf(text);
    } catch {
      lines = null; // scripts without a file (eval, virtual modules)
    }
    linesByFile.set(file, lines);
  }
  return lines;
}

import { nodeBuiltin } from "../../base/node-builtin.ts";
import { relativePath } from "../graph-breaks/relative-path.ts";
import type { SourcePosition } from "../source/function-source.ts";

/** A file as the user wrote it, before any loader: rewrites are made in this text. */
export interface UserFile {
  readonly path: string;
  readonly text: string;
  /** The name that the whole of the package is imported by: `torch`. */
  readonly torch: string;
}

/** null where the file cannot be read, or imports the package otherwise. */
export function readUserFile(file: string): UserFile | null {
  let text: string | undefined;
  try {
    text = nodeBuiltin("fs")?.readFileSync(file, "utf8");
  } catch {
    return null; // a script without a file
  }
  const torch = /^import \* as ([\w$]+) from ["']fullgraph["']/m.exec(text ?? "")?.[1];
  return text === undefined || torch === undefined
    ? null
    : { path: relativePath(file), text, torch };
}

export function offsetOf({ text }: UserFile, { line, column }: SourcePosition): number {
  let start = 0;
  for (let number = 1; number < line; number++) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}

/** A piece of a file, and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export const edited = (text: string, { start, end, text: replacement }: Edit): string =>
  text.slice(0, start) + replacement + text.slice(end);

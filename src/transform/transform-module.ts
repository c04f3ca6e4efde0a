/** A module as a loader gives it: its text with accessors and an inline source map. */
import { nodeBuiltin } from "../base/node-builtin.ts";
import { shiftSourceMap, type SourceMapObject, sourceMapOfInsertions } from "./shift-source-map.ts";
import { type ClosureOption, type TextInsertion, transformSource } from "./transform-source.ts";

const mapComment = /^[ \t]*\/\/[#@] sourceMappingURL=(\S+)[ \t]*$/gm;

/** The text itself where there is nothing to do. */
export function transformModule(text: string, url: string, closures: ClosureOption): string {
  const transformed = transformSource(text, closures);
  if (transformed === null) return text;
  const map = mapOf(text, url, transformed.insertions);
  const withoutComment = transformed.text.replaceAll(mapComment, "");
  const encoded = Buffer.from(JSON.stringify(map)).toString("base64");
  return `${withoutComment}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

function mapOf(text: string, url: string, insertions: readonly TextInsertion[]): SourceMapObject {
  const reference = [...text.matchAll(mapComment)].at(-1)?.[1];
  if (reference !== undefined) {
    try {
      return shiftSourceMap(JSON.parse(readMap(reference, url)), text, insertions);
    } catch {
      // A map that cannot be read: positions in the module itself are still true.
    }
  }
  return sourceMapOfInsertions(url, text, insertions);
}

function readMap(reference: string, url: string): string {
  const inline = /^data:[^,]*?(;base64)?,(.*)$/s.exec(reference);
  if (inline === null)
    return nodeBuiltin("fs")?.readFileSync(new URL(reference, url), "utf8") ?? "";
  const [, isBase64, data = ""] = inline;
  return isBase64 === undefined ? decodeURIComponent(data) : Buffer.from(data, "base64").toString();
}

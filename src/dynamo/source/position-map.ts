/** Maps positions of one script to the user's file through the source map the script names, if it names one. */
import {
  GREATEST_LOWER_BOUND,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  TraceMap,
} from "@jridgewell/trace-mapping";
import type { SourcePosition } from "./function-source.ts";
import { linesOf, type LineAndColumn } from "./line-table.ts";
import { pathOf, sourceLine } from "./source-file.ts";
import { nodeBuiltin } from "../../base/node-builtin.ts";

/** The name of a script; a function because finding it can cost milliseconds and most maps do without. */
type ScriptUrl = () => string;

export class PositionMap {
  private readonly url: ScriptUrl;
  private readonly map: TraceMap | null;
  private readonly text: string | null;
  private ownLines: readonly string[] | undefined;
  private readonly linesBySource = new Map<number, readonly string[] | null>();

  private constructor(url: ScriptUrl, map: TraceMap | null, text: string | null) {
    this.url = url;
    this.map = map;
    this.text = text;
  }

  static ofScript(text: string, url: ScriptUrl): PositionMap {
    return new PositionMap(url, sourceMapOf(text, url), text);
  }

  /** A map that somebody else has found already (Node's own store). */
  static ofMap(url: string, map: object): PositionMap {
    return new PositionMap(
      () => url,
      traceMap(map, () => url),
      null,
    );
  }

  /** Positions of a file that stand for themselves. */
  static identity(url: string): PositionMap {
    return new PositionMap(() => url, null, null);
  }

  /** From a position in the script to the user's file. */
  original({ line, column }: LineAndColumn): SourcePosition {
    return this.mapped(line, column) ?? this.unmapped(line, column);
  }

  /** As `original`, but null on a line that is all a tool's, such as the function tsx puts around a CommonJS module. */
  originalOfUser({ line, column }: LineAndColumn): SourcePosition | null {
    return this.map === null ? this.unmapped(line, column) : this.mapped(line, column);
  }

  private mapped(line: number, column: number): SourcePosition | null {
    if (this.map === null) return null;
    const position = { line: line + 1, column };
    let found = originalPositionFor(this.map, { ...position, bias: GREATEST_LOWER_BOUND });
    // Code that a tool put in has no origin; the next thing the user wrote is the closest truth.
    if (found.source === null)
      found = originalPositionFor(this.map, { ...position, bias: LEAST_UPPER_BOUND });
    if (found.source === null) return null;
    const index = this.map.resolvedSources.indexOf(found.source);
    const file = pathOf(found.source);
    const lineText = this.contentLines(index)?.[found.line - 1] ?? sourceLine(file, found.line);
    return { file, line: found.line, column: found.column + 1, lineText };
  }

  private contentLines(sourceIndex: number): readonly string[] | null {
    let lines = this.linesBySource.get(sourceIndex);
    if (lines === undefined) {
      const content = this.map?.sourcesContent?.[sourceIndex];
      lines = typeof content === "string" ? linesOf(content) : null;
      this.linesBySource.set(sourceIndex, lines);
    }
    return lines;
  }

  private unmapped(line: number, column: number): SourcePosition {
    const url = this.url();
    const file = pathOf(url);
    return {
      file,
      line: line + 1,
      column: column + 1,
      lineText: this.ownLine(url, line) ?? sourceLine(file, line + 1),
    };
  }

  private ownLine(url: string, line: number): string | null {
    // Node strips types by blanking them out: positions stay, but the user's line is the one on disk.
    if (this.text === null || /\.[cm]?ts$/.test(url)) return null;
    this.ownLines ??= linesOf(this.text);
    return this.ownLines[line] ?? null;
  }
}

const comment = /^[ \t]*\/\/[#@] sourceMappingURL=(\S+)[ \t]*$/gm;

function sourceMapOf(text: string, url: ScriptUrl): TraceMap | null {
  const reference = [...text.matchAll(comment)].at(-1)?.[1];
  if (reference === undefined) return null;
  try {
    const inline = /^data:[^,]*?(;base64)?,(.*)$/s.exec(reference);
    if (inline !== null) {
      const encoded = inline[2] ?? "";
      return traceMap(
        JSON.parse(inline[1] === undefined ? decodeURIComponent(encoded) : decodeBase64(encoded)),
        url,
      );
    }
    const base = url();
    const mapUrl = new URL(reference, base.startsWith("/") ? `file://${base}` : base);
    const file = nodeBuiltin("fs")?.readFileSync(mapUrl, "utf8");
    return file === undefined ? null : traceMap(JSON.parse(file), () => mapUrl.href);
  } catch {
    return null; // a missing map must not break a message: positions of the script itself are still true
  }
}

type MapInput = Extract<ConstructorParameters<typeof TraceMap>[0], { readonly sources: unknown }>;

/** null for a map that is none. */
function traceMap(map: unknown, url: ScriptUrl): TraceMap | null {
  try {
    const input = map as MapInput; // TraceMap checks the version and throws
    const areAbsolute =
      !input.sourceRoot && input.sources.every((source) => /^(?:\/|<|[a-z]+:)/.test(source ?? "/"));
    return new TraceMap(input, areAbsolute ? null : url());
  } catch {
    return null;
  }
}

function decodeBase64(encoded: string): string {
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

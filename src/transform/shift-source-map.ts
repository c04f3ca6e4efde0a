/** The source map of a text with insertions. They hold no line breaks, so only columns move. */
import { type DecodedSourceMap, decodedMappings, TraceMap } from "@jridgewell/trace-mapping";
import { tokenizer } from "acorn";
import { lineStartsOf, positionIn } from "../dynamo/source/line-table.ts";
import type { TextInsertion } from "./transform-source.ts";

type Line = DecodedSourceMap["mappings"][number];

export interface SourceMapObject {
  readonly version: 3;
  readonly sources: readonly (string | null)[];
  readonly sourcesContent?: readonly (string | null)[];
  readonly sourceRoot?: string;
  readonly names: readonly string[];
  readonly mappings: string;
}

type MapInput = Extract<ConstructorParameters<typeof TraceMap>[0], { readonly sources: unknown }>;

/** @param map of the text before the insertions */
export function shiftSourceMap(
  map: object,
  text: string,
  insertions: readonly TextInsertion[],
): SourceMapObject {
  const input = map as MapInput; // TraceMap checks the version and throws
  const lines = decodedMappings(new TraceMap(input));
  return {
    version: 3,
    sources: input.sources,
    ...(input.sourcesContent ? { sourcesContent: input.sourcesContent } : {}),
    ...(input.sourceRoot === undefined ? {} : { sourceRoot: input.sourceRoot }),
    names: input.names,
    mappings: encodeMappings(shifted(lines, text, insertions)),
  };
}

/** For JavaScript as the user wrote it: every token is where it was, but for what stands before it in its line. */
export function sourceMapOfInsertions(
  url: string,
  text: string,
  insertions: readonly TextInsertion[],
): SourceMapObject {
  const starts = lineStartsOf(text);
  const lines: [number, number, number, number][][] = starts.map(() => []);
  const options = { ecmaVersion: "latest", sourceType: "module", allowHashBang: true } as const;
  for (const token of tokenizer(text, options)) {
    const { line, column } = positionIn(starts, token.start);
    lines[line]?.push([column, 0, line, column]);
  }
  const mappings = encodeMappings(shifted(lines, text, insertions));
  return { version: 3, sources: [url], names: [], mappings };
}

function shifted(
  lines: readonly (readonly Readonly<Line[number]>[])[],
  text: string,
  insertions: readonly TextInsertion[],
): readonly (readonly Line[number][])[] {
  const starts = lineStartsOf(text);
  const places = insertions.map((insertion) => ({
    ...positionIn(starts, insertion.at),
    length: insertion.text.length,
  }));
  return lines.map((segments, line) => {
    const here = places.filter((place) => place.line === line);
    return segments.map((segment) => {
      const [column, ...rest] = segment;
      const moved = here.filter((place) => place.column <= column);
      const by = moved.reduce((total, { length }) => total + length, 0);
      return [column + by, ...rest] as Line[number]; // the same shape with another first number
    });
  });
}

/** Source Map specification (ECMA-426), 9.2: groups per line, each number relative to the one before. */
function encodeMappings(lines: readonly (readonly Line[number][])[]): string {
  const previous = [0, 0, 0, 0, 0];
  return lines
    .map((segments) => {
      previous[0] = 0;
      return segments
        .map((segment) =>
          segment
            .map((value, field) => {
              const text = encodeNumber(value - (previous[field] ?? 0));
              previous[field] = value;
              return text;
            })
            .join(""),
        )
        .join(",");
    })
    .join(";");
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base 64 VLQ: five bits a digit, lowest first, the sign in the lowest bit. */
function encodeNumber(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += digits[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}

/**
 * What the transform of tier T puts into a script stands between two comments, so that the script as the user wrote it
 * can be had back from what the engine runs, even after another tool moved the text about.
 */
export const insertionStart = "/*fullgraph<*/";
export const insertionEnd = "/*>fullgraph*/";

interface Insertion {
  /** Offset in the engine's text, markers included. */
  readonly start: number;
  readonly end: number;
  /** Offset in the original text. */
  readonly at: number;
}

/** A text with its insertions taken out. "Original" offsets count without them. */
export class OriginalText {
  readonly text: string;
  readonly #engineText: string;
  readonly #insertions: readonly Insertion[];

  constructor(engineText: string) {
    const insertions: Insertion[] = [];
    const pieces: string[] = [];
    let removed = 0;
    let from = 0;
    for (;;) {
      const start = engineText.indexOf(insertionStart, from);
      if (start < 0) break;
      const close = engineText.indexOf(insertionEnd, start);
      // The text of an arrow function ends with what closes its body, before the marker behind that.
      const end = close < 0 ? engineText.length : close + insertionEnd.length;
      pieces.push(engineText.slice(from, start));
      insertions.push({ start, end, at: start - removed });
      removed += end - start;
      from = end;
    }
    this.text = from === 0 ? engineText : [...pieces, engineText.slice(from)].join("");
    this.#engineText = engineText;
    this.#insertions = insertions;
  }

  /** An offset inside an insertion counts as the place of the insertion. */
  fromEngine(offset: number): number {
    let removed = 0;
    for (const { start, end, at } of this.#insertions) {
      if (offset < start) break;
      if (offset < end) return at;
      removed += end - start;
    }
    return offset - removed;
  }

  /** Behind an insertion that stands at the offset. */
  toEngine(offset: number): number {
    let added = 0;
    for (const { start, end, at } of this.#insertions) {
      if (at > offset) break;
      added += end - start;
    }
    return offset + added;
  }

  /** The texts of what was inserted at an original offset, without the markers. */
  insertedAt(offset: number): readonly string[] {
    return this.#insertions
      .filter(({ at }) => at === offset)
      .map(({ start, end }) =>
        this.#engineText.slice(start + insertionStart.length, end - insertionEnd.length),
      );
  }
}

/** The text that the user wrote. */
export function withoutInsertions(text: string): string {
  return text.includes(insertionStart) ? new OriginalText(text).text : text;
}

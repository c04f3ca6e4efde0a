import { tokenizer, tokTypes, type Token } from "acorn";

/** A word of a program, by its text and its place in the file. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many brackets it lies in, of those opened since the first word. */
  readonly depth: number;
}

const opening: ReadonlySet<Token["type"]> = new Set([
  tokTypes.parenL,
  tokTypes.braceL,
  tokTypes.bracketL,
  tokTypes.dollarBraceL,
]);
const closing: ReadonlySet<Token["type"]> = new Set([
  tokTypes.parenR,
  tokTypes.braceR,
  tokTypes.bracketR,
]);

/** The words from a place on, up to a bracket that closes what was open before, or to what JavaScript has no words for. */
export function wordsFrom(text: string, start: number): readonly Word[] {
  const words: Word[] = [];
  let depth = 0;
  try {
    for (const token of tokenizer(text.slice(start), { ecmaVersion: "latest" })) {
      if (closing.has(token.type)) depth -= 1;
      if (depth < 0 || token.type === tokTypes.eof) break;
      const [from, to] = [start + token.start, start + token.end];
      words.push({ text: text.slice(from, to), start: from, end: to, depth });
      if (opening.has(token.type)) depth += 1;
      if (words.length > mostWords) break;
    }
  } catch {
    // TypeScript has words of its own; what comes before them serves.
  }
  return words;
}

const mostWords = 2000;

/** The words of an expression: up to what ends one at the depth of its first word. */
export function expressionWords(words: readonly Word[]): readonly Word[] {
  const end = words.findIndex(({ text, depth }) => depth === 0 && /^[;,:?]$/.test(text));
  return end < 0 ? words : words.slice(0, end);
}

export const textOf = (text: string, words: readonly Word[]): string =>
  text.slice(words[0]?.start ?? 0, words.at(-1)?.end ?? 0);

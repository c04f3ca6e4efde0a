/** Which part of a source line a position stands for, so that a message can underline it. */

export interface ExpressionSpan {
  /** 1-based column of the first character. */
  readonly start: number;
  /** 1-based column after the last character. */
  readonly end: number;
}

/**
 * The call or expression that the engine reports at `column` (1-based): for `a.b(c)` it reports `b`, the whole call is
 * meant. Works on TypeScript text and on lines cut out of longer statements: it only balances brackets and skips
 * strings, and ends at the end of the line where the rest is on later lines.
 */
export function expressionSpanAt(lineText: string, column: number): ExpressionSpan {
  const at = Math.min(Math.max(column - 1, 0), lineText.length);
  const start = chainStart(lineText, at);
  const end = expressionEnd(lineText, at);
  return { start: start + 1, end: Math.max(end, at + 1) + 1 };
}

const identifierPart = /[\p{ID_Continue}$]/u;

/** Walks back over `object.member[index](call).` to the beginning of a member chain. */
function chainStart(text: string, from: number): number {
  let at = from;
  while (at > 0) {
    const dot = /(?:\?\.|\.|!\.)$/.exec(text.slice(0, at));
    if (dot === null) break;
    let left = at - dot[0].length;
    while (left > 0 && (text[left - 1] === ")" || text[left - 1] === "]"))
      left = openingBracket(text, left - 1);
    while (left > 0 && identifierPart.test(text[left - 1] ?? "")) left--;
    if (left === at - dot[0].length) break; // a chain that begins on an earlier line
    at = left;
  }
  return at;
}

function openingBracket(text: string, closing: number): number {
  let depth = 0;
  for (let at = closing; at >= 0; at--) {
    const character = text[at] ?? "";
    if (")]}".includes(character)) depth++;
    else if ("([{".includes(character) && --depth === 0) return at;
  }
  return 0;
}

/** The end of the call that begins here, else of the expression: the first place where nothing is open any more. */
function expressionEnd(text: string, from: number): number {
  const word = /^(?:new|await|typeof|void|yield)\s+/.exec(text.slice(from));
  let at = from + (word?.[0].length ?? 0);
  while (identifierPart.test(text[at] ?? "")) at++;
  if (at === from) return statementEnd(text, from);
  const typeArguments = /^<[^()]*>(?=\()/.exec(text.slice(at));
  if (typeArguments !== null) at += typeArguments[0].length;
  if (text[at] === "(") return skipBrackets(text, at);
  if (word !== null) return statementEnd(text, from);
  return at;
}

/** Up to a separator outside all brackets, or the closing bracket of something that was opened before. */
function statementEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (";,)]}".includes(character)) break;
    if (text.startsWith("//", at) || text.startsWith("/*", at)) break;
    at = skipOne(text, at);
  }
  return text.slice(0, at).trimEnd().length;
}

function skipOne(text: string, at: number): number {
  const character = text[at] ?? "";
  if ("([{".includes(character)) return skipBrackets(text, at);
  return "\"'`".includes(character) ? skipString(text, at) : at + 1;
}

function skipBrackets(text: string, opening: number): number {
  let at = opening + 1;
  while (at < text.length && !")]}".includes(text[at] ?? "")) at = skipOne(text, at);
  return at < text.length ? at + 1 : text.trimEnd().length;
}

function skipString(text: string, opening: number): number {
  const quote = text[opening];
  let at = opening + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === "\\" ? 2 : 1;
  return Math.min(at + 1, text.length);
}

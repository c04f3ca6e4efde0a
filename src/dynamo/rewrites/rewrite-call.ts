import { expressionWords, textOf, wordsFrom } from "./scan-source.ts";
import type { Edit, UserFile } from "./user-file.ts";

/** Methods that take a tensor of one element where they take a number. */
const takeEither = "add|sub|mul|div|add_|sub_|mul_|div_|maximum|minimum|gt|ge|lt|le|eq|ne";

/** `x.add(y)` for `x.add(y.item())`; `start` is where `y.item()` begins. */
export function dropItem({ text }: UserFile, start: number): Edit | null {
  if (!new RegExp(`\\.(?:${takeEither})\\(\\s*$`).test(text.slice(0, start))) return null;
  const argument = textOf(text, expressionWords(wordsFrom(text, start)));
  const tensor = /^(.*)\.item(?:<\w+>)?\(\)(?: as number)?$/s.exec(argument)?.[1];
  if (tensor === undefined) return null;
  return { start: start + tensor.length, end: start + argument.length, text: "" };
}

/** The same everywhere in an expression. */
export const dropItems = (expression: string): string =>
  expression.replaceAll(
    new RegExp(`(\\.(?:${takeEither})\\([\\w$.]+)\\.item(?:<\\w+>)?\\(\\)(?: as number)?`, "g"),
    "$1",
  );

/** The statement that is a call, with its line where nothing else is on it; `start` is where the call begins. */
export function dropStatement({ text }: UserFile, start: number): Edit | null {
  const call = expressionWords(wordsFrom(text, start));
  const end = call.at(-1)?.end;
  if (end === undefined || text[end] !== ";") return null;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = text.indexOf("\n", end);
  const isAlone = /^\s*$/.test(text.slice(lineStart, start)) && lineEnd === end + 1;
  return isAlone
    ? { start: lineStart, end: lineEnd + 1, text: "" }
    : /[;{}]\s*$/.test(text.slice(0, start))
      ? { start, end: end + 1, text: "" }
      : null;
}

/** `if (x.sum().item())` for `if (x.sum())`; `start` is where the condition begins. */
export function addItem({ text }: UserFile, start: number): Edit | null {
  const condition = expressionWords(wordsFrom(text, start));
  const end = condition.at(-1)?.end;
  const isChain = /^[A-Za-z_$][\w$.]*(?:\(.*\))?$/s.test(textOf(text, condition));
  return end === undefined || !isChain ? null : { start: end, end, text: ".item()" };
}

/** A statement behind the imports of the file, where it runs before anything is compiled. */
export function addBehindImports({ text }: UserFile, statement: string): Edit | null {
  if (text.includes(statement)) return null;
  const imports = [
    ...text.matchAll(/^(?:import\b[^;]*?["'][^"']+["'];?|\} from ["'][^"']+["'];?)[ \t]*$/gm),
  ];
  const last = imports.at(-1);
  if (last === undefined) return null;
  const end = last.index + last[0].length;
  return { start: end, end, text: `\n\n${statement}` };
}

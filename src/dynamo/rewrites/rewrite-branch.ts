import { dropItems } from "./rewrite-call.ts";
import { expressionWords, textOf, type Word, wordsFrom } from "./scan-source.ts";
import type { Edit, UserFile } from "./user-file.ts";

/** A statement that gives one value: it returns it, or assigns it to a variable. */
interface Giving {
  /** `return`, or `y =`. */
  readonly how: string;
  readonly value: string;
  readonly end: number;
}

/**
 * `if (c) return a; return b;`, `if (c) y = a; else y = b;` and `c ? a : b`, as `torch.cond(c, () => a, () => b)`. `place` is
 * where the condition begins. null for every other form: with statements that do more, a rewrite is more than mechanical.
 */
export function rewriteBranch(file: UserFile, place: number, knowledge: Knowledge): Edit | null {
  for (const start of startsOf(file.text, place)) {
    const edit = rewriteFrom(file, start, knowledge);
    if (edit !== null) return edit;
  }
  return null;
}

/** What the capture knows besides the text. */
interface Knowledge {
  /** The condition is a boolean, not a number. */
  readonly isBoolean: boolean;
  /** All tensors have one dtype, so that a number may be the tensor it comes from. */
  readonly isOneDtype: boolean;
}

/** The place, and those of the brackets around it: a condition may begin with `((x.item() as number) > 3)`. */
function startsOf(text: string, place: number): readonly number[] {
  const starts = [place];
  for (let start = place; ;) {
    const bracket = /\(\s*$/.exec(text.slice(0, start));
    if (bracket === null || /[\w$)\]]\s*$/.test(text.slice(0, bracket.index))) return starts;
    start = bracket.index;
    starts.push(start);
  }
}

function rewriteFrom(
  file: UserFile,
  condition: number,
  { isBoolean, isOneDtype }: Knowledge,
): Edit | null {
  const { text, torch } = file;
  const words = wordsFrom(text, condition);
  const test = expressionWords(words);
  const predicate = predicateOf(text, test, isBoolean);
  if (predicate === null || test.length === 0) return null;
  const after = words[test.length];
  const value = (given: string | null): string | null =>
    given !== null && isOneDtype ? dropItems(given) : given;
  const cond = (first: string | null, second: string | null): string | null => {
    const [whenTrue, whenFalse] = [value(first), value(second)];
    // What is a number in a branch would have to be known while capturing it.
    if (whenTrue === null || whenFalse === null || /\.item\b/.test(whenTrue + whenFalse))
      return null;
    return `${torch}.cond(${predicate}, () => ${whenTrue}, () => ${whenFalse})`;
  };
  if (after?.text === "?") {
    const first = expressionWords(words.slice(test.length + 1));
    const colon = words[test.length + 1 + first.length];
    if (colon?.text !== ":") return null;
    const second = expressionWords(words.slice(test.length + first.length + 2));
    const end = second.at(-1)?.end;
    const ternary = cond(valueOf(text, first), valueOf(text, second));
    return ternary === null || end === undefined ? null : { start: condition, end, text: ternary };
  }
  const start = ifBefore(text, condition);
  const close = text.slice(test.at(-1)?.end ?? condition).match(/^\s*\)/);
  if (start === null || close === null) return null;
  const first = giving(text, (test.at(-1)?.end ?? condition) + close[0].length);
  if (first === null) return null;
  const otherwise = /^\s*else\b(?!\s+if\b)/.exec(text.slice(first.end));
  const second =
    otherwise !== null
      ? giving(text, first.end + otherwise[0].length)
      : first.how === "return"
        ? giving(text, first.end)
        : { how: first.how, value: first.how.replace(/\s*=$/, ""), end: first.end };
  if (second === null || second.how !== first.how) return null;
  const chosen = cond(first.value, second.value);
  return chosen === null ? null : { start, end: second.end, text: `${first.how} ${chosen};` };
}

/** Where the `if` of a condition begins. */
function ifBefore(text: string, condition: number): number | null {
  const found = /\bif\s*\(\s*$/.exec(text.slice(0, condition));
  if (found === null || /\belse\s*$/.test(text.slice(0, found.index))) return null;
  return found.index;
}

const comparisons: ReadonlyMap<string, string> = new Map([
  [">", "gt"],
  [">=", "ge"],
  ["<", "lt"],
  ["<=", "le"],
  ["===", "eq"],
  ["==", "eq"],
  ["!==", "ne"],
  ["!=", "ne"],
]);

/** The condition as a tensor; numbers are compared in the tensor's precision, so that only whole ones are sure to do. */
function predicateOf(text: string, words: readonly Word[], isBoolean: boolean): string | null {
  const at = words.findIndex((word) => word.depth === 0 && comparisons.has(word.text));
  if (at < 0) return isBoolean ? tensorOf(textOf(text, words)) : null;
  const tensor = tensorOf(textOf(text, words.slice(0, at)));
  const number = textOf(text, words.slice(at + 1));
  const method = comparisons.get(words[at]?.text ?? "");
  if (tensor === null || method === undefined || !/^-?\d{1,6}$/.test(number)) return null;
  return `${tensor}.${method}(${number})`;
}

/** `x.sum()` for `x.sum().item()`, `Number(x.sum().item())` and `(x.sum().item() as number)`. */
function tensorOf(condition: string): string | null {
  const plain = condition.replace(/^\((.*) as (?:number|boolean)\)$/s, "$1");
  const converted = /^Number\((.*)\)$/s.exec(plain)?.[1];
  const chain = /^(.*?)(\.item(?:<\w+>)?\(\))?$/s.exec(converted ?? plain);
  // A name alone may well be a number already.
  const isNumber = converted?.endsWith(")") === true || chain?.[2] !== undefined;
  const tensor = isNumber ? chain?.[1] : undefined;
  return tensor === undefined || !isChain(tensor) ? null : tensor;
}

/** A name, and properties and calls behind it. */
const isChain = (text: string): boolean => {
  const words = wordsFrom(text, 0);
  return (
    words.at(-1)?.end === text.length &&
    !words.some(({ text: word, depth }) => depth === 0 && /^[-+*/%&|<>=!?:,]+$/.test(word))
  );
};

/** The value of an expression that may be a tensor and does nothing else. */
function valueOf(text: string, words: readonly Word[]): string | null {
  const value = textOf(text, words);
  const isPlain = words.every(
    ({ text: word }) =>
      !/^(?:=|\+\+|--|[-+*/]=|await|yield|return|if|for|while|const|let|throw|this)$/.test(word),
  );
  const isTensorLike = /^[\w$.]+$/.test(value)
    ? !/^(?:null|undefined|true|false|[\d.]+)$/.test(value)
    : /^[A-Za-z_$].*\)$/s.test(value);
  return isPlain && isTensorLike ? value : null;
}

/** `return a;` or `y = a;`, alone or in braces of its own. */
function giving(text: string, start: number): Giving | null {
  const head = /^\s*(\{\s*)?(return\b|[A-Za-z_$][\w$]*\s*=(?!=))\s*/.exec(text.slice(start));
  if (head === null) return null;
  const value = expressionWords(wordsFrom(text, start + head[0].length));
  const given = valueOf(text, value);
  const last = value.at(-1);
  if (given === null || last === undefined) return null;
  const tail = (head[1] === undefined ? /^\s*;/ : /^\s*;?\s*\}/).exec(text.slice(last.end));
  if (tail === null) return null;
  const how = (head[2] ?? "").replace(/\s*=$/, " =");
  return { how, value: given, end: last.end + tail[0].length };
}

import type { FunctionBuilder, Local } from "../../../../wasm/function-builder.ts";

/** What leaves each column of a square of rows on the stack. `halves` are as many spare locals. */
export function transpose(
  f: FunctionBuilder,
  rows: readonly Local[],
  halves: readonly Local[],
): readonly (() => void)[] {
  const shuffled = (x: Local, y: Local, words: readonly number[]) => (): void => {
    f.get(x);
    f.get(y);
    f.shuffleWords(words);
  };
  const [a, b, c, d] = rows;
  const [ab, cd, abHigh, cdHigh] = halves;
  if (a === undefined || b === undefined) return [];
  if (c === undefined || d === undefined)
    return [shuffled(a, b, [0, 1, 4, 5]), shuffled(a, b, [2, 3, 6, 7])];
  if (ab === undefined || cd === undefined || abHigh === undefined || cdHigh === undefined)
    return [];
  const low = [0, 4, 1, 5];
  const high = [2, 6, 3, 7];
  const set = (local: Local, value: () => void): void => {
    value();
    f.set(local);
  };
  set(ab, shuffled(a, b, low));
  set(cd, shuffled(c, d, low));
  set(abHigh, shuffled(a, b, high));
  set(cdHigh, shuffled(c, d, high));
  return [
    shuffled(ab, cd, [0, 1, 4, 5]),
    shuffled(ab, cd, [2, 3, 6, 7]),
    shuffled(abHigh, cdHigh, [0, 1, 4, 5]),
    shuffled(abHigh, cdHigh, [2, 3, 6, 7]),
  ];
}

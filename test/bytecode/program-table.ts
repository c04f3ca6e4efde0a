/** Tables of programs: title to source, arguments and receiver. */

import type { Program } from "./differential.ts";

type Source =
  | string
  | readonly [source: string, args?: () => readonly unknown[], receiver?: () => unknown];

export function programs(
  group: string,
  table: Readonly<Record<string, Source>>,
): readonly Program[] {
  return Object.entries(table).map(([title, entry]) => {
    const [source, args, receiver] = typeof entry === "string" ? [entry] : entry;
    return {
      title: `${group}: ${title}`,
      source,
      ...(args && { args }),
      ...(receiver && { receiver }),
    };
  });
}

/** An iterator that logs each step and its closing. */
export const counter = (log: (value: unknown) => unknown): Iterable<number> => {
  let i = 0;
  const iterator: IterableIterator<number> = {
    [Symbol.iterator]: () => iterator,
    next: () => ({ value: ++i, done: i > 5 }),
    return: () => {
      log(`closed at ${i}`);
      return { value: undefined, done: true };
    },
  };
  return iterator;
};

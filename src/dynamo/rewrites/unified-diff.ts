import { type Edit, edited } from "./user-file.ts";

const contextLines = 3;

/** The change of one place of a file, as `git apply` takes it. */
export function unifiedDiff(path: string, text: string, edit: Edit): string {
  const [before, after] = [text.split("\n"), edited(text, edit).split("\n")];
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  )
    tail++;
  const start = Math.max(0, head - contextLines);
  // What follows the last line break is no line.
  const kept = Math.max(0, tail - (text.endsWith("\n") ? 1 : 0));
  const below = Math.min(contextLines, kept);
  const lines = (all: readonly string[]): readonly string[] => all.slice(head, all.length - tail);
  const [removed, added] = [lines(before), lines(after)];
  const context = (from: number, count: number): readonly string[] =>
    before.slice(from, from + count).map((line) => ` ${line}`);
  const count = (changed: number): number => head - start + changed + below;
  // A file outside of the working directory: its path counts from the root.
  const name = path.replace(/^\/+/, "");
  return [
    `--- a/${name}`,
    `+++ b/${name}`,
    `@@ -${start + 1},${count(removed.length)} +${start + 1},${count(added.length)} @@`,
    ...context(start, head - start),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...context(before.length - tail, below),
    "",
  ].join("\n");
}

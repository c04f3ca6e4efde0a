import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readTestFile } from "./test-file.ts";
import type { Assignment } from "./worker.ts";

export interface Selection {
  /** Parts of paths, separated by commas; "" takes all. */
  readonly filter: string;
  readonly sample: number | null;
  /** `k/n`. */
  readonly part: string | null;
}

/** The usable tests below `test/language`, each in its modes, in an order that looks random and never changes. */
export function listTests(
  root: string,
  { filter, sample, part }: Selection,
): readonly Assignment[] {
  const wanted = filter.split(",");
  const paths = filesBelow(root, "test/language").filter((path) =>
    wanted.some((piece) => path.includes(piece)),
  );
  const tests = paths.flatMap((path): readonly Assignment[] => {
    const file = readTestFile(path, readFileSync(join(root, path), "utf8"));
    return typeof file === "string" ? [] : file.modes.map((mode) => ({ path, mode }));
  });
  const shuffled = tests
    .map((test) => ({ test, key: hashOf(`${test.path} ${test.mode}`) }))
    .sort((a, b) => a.key - b.key)
    .map(({ test }) => test);
  const [index = 0, count = 1] = part?.split("/").map(Number) ?? [];
  const chosen = shuffled.filter((_, i) => i % count === index);
  return sample === null ? chosen : chosen.slice(0, sample);
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(root, path);
    return entry.name.endsWith(".js") ? [path] : [];
  });
}

/** FNV-1a (Fowler, Noll, Vo). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

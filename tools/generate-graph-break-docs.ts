import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { graphBreakPages } from "./graph-break-pages.ts";

/** Writes docs/graph-breaks from the catalogue; with `--check`, only says which files are stale. */
const check = process.argv.includes("--check");
const pages = graphBreakPages();
const wanted = new Set(pages.map(({ path }) => path));

for (const { path, text } of pages) {
  const current = existsSync(path) ? readFileSync(path, "utf8") : null;
  if (current === text) continue;
  if (check) {
    fail(path, current === null ? "is missing" : "is stale");
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
}

for (const file of existsSync("docs/graph-breaks") ? readdirSync("docs/graph-breaks") : []) {
  const path = `docs/graph-breaks/${file}`;
  if (wanted.has(path)) continue;
  if (check) fail(path, "belongs to no graph break");
  else rmSync(path);
}

function fail(path: string, problem: string): void {
  console.error(`${path} ${problem}: run npm run generate`);
  process.exitCode = 1;
}

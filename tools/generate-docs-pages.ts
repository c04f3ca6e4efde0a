import { readFileSync, writeFileSync } from "node:fs";
import { docsPages, renderDocsPage } from "./docs-pages.ts";

/** Fills the programs' output into the docs pages; with `--check`, only says which pages are stale. */
const check = process.argv.includes("--check");
for (const page of docsPages) {
  const rendered = await renderDocsPage(page);
  if (rendered === readFileSync(page, "utf8")) continue;
  if (check) {
    console.error(`${page} is stale: run npm run generate`);
    process.exitCode = 1;
  } else {
    writeFileSync(page, rendered);
    console.log(`wrote ${page}`);
  }
}

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { docsPages, renderDocsPage } from "../../tools/docs-pages.ts";

test.each(docsPages)(
  "%s shows what its programs print and log today",
  { timeout: 120_000 },
  async (page) => {
    expect(await renderDocsPage(page)).toBe(readFileSync(page, "utf8"));
  },
);

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const listed = execFileSync("git", ["ls-files", "*.md"], { encoding: "utf8" });
const pages = listed.trim().split("\n");

test.each(pages)("every relative link of %s leads to a file", (page) => {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
  const broken = links.flatMap(([, target = ""]) =>
    existsSync(join(dirname(page), target)) ? [] : [target],
  );
  expect(broken).toEqual([]);
});

/** One file of the suite: its front matter, and whether it can run as the body of a function. */

export interface TestFile {
  /** Below the root, with forward slashes. */
  readonly path: string;
  readonly source: string;
  readonly includes: readonly string[];
  readonly isAsync: boolean;
  readonly modes: readonly Mode[];
}

export type Mode = "strict" | "sloppy";

/** Why a file cannot run as `compile(function () { … })()`. */
export type Unusable = "fixture" | "module" | "raw" | "expected to fail";

export function readTestFile(path: string, source: string): TestFile | Unusable {
  if (path.includes("_FIXTURE")) return "fixture";
  const frontMatter = /\/\*---([\s\S]*?)---\*\//.exec(source)?.[1] ?? "";
  const flags = listOf(frontMatter, "flags");
  if (/^negative:/m.test(frontMatter)) return "expected to fail";
  if (flags.includes("module")) return "module";
  if (flags.includes("raw")) return "raw";
  const modes: readonly Mode[] = flags.includes("onlyStrict")
    ? ["strict"]
    : flags.includes("noStrict")
      ? ["sloppy"]
      : ["strict", "sloppy"];
  return {
    path,
    source,
    includes: listOf(frontMatter, "includes"),
    isAsync: flags.includes("async"),
    modes,
  };
}

/** `key: [a, b]`, or one `- a` a line. */
function listOf(frontMatter: string, key: string): readonly string[] {
  const inline = new RegExp(`^${key}:\\s*\\[([^\\]]*)\\]`, "m").exec(frontMatter)?.[1];
  const lines = new RegExp(`^${key}:\\s*\\n((?:\\s*-\\s.*\\n?)+)`, "m").exec(frontMatter)?.[1];
  return (inline?.split(",") ?? lines?.split("\n").map((line) => line.replace(/^\s*-/, "")) ?? [])
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

import { execFileSync } from "node:child_process";

/** The short hash of the commit, and whether files differ from it. */
export function describeCommit(): string {
  const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
  const isClean = git("status", "--porcelain") === "";
  return git("rev-parse", "--short", "HEAD") + (isClean ? "" : " with changes");
}

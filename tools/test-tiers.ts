import { spawnSync } from "node:child_process";

/**
 * Runs tests in each of the ways that a host may leave: one way at outer variables after the other (`FULLGRAPH_TIER`,
 * src/dynamo/source/source-tier.ts: a transform, the inspector with writing, the inspector with reading only), and with
 * generated text interpreted. `--all` runs every test, else the ones where captured programs are. Further arguments are vitest's.
 */
const ways: readonly Readonly<Record<string, string>>[] = [
  { FULLGRAPH_TIER: "T" },
  { FULLGRAPH_TIER: "P" },
  { FULLGRAPH_TIER: "R" },
  { FULLGRAPH_NO_EVAL: "1" },
];
const captured = ["test/checklist", "test/differential", "test/source", "test/script"];

const given = process.argv.slice(2);
const wanted = given.includes("--all") ? [] : captured;
const rest = given.filter((argument) => argument !== "--all");

const failed = ways.map(nameOf).filter((name, index) => {
  console.log(name);
  const { status } = spawnSync("npx", ["vitest", "run", "--reporter", "dot", ...wanted, ...rest], {
    stdio: "inherit",
    env: { ...process.env, ...ways[index] },
  });
  return status !== 0;
});
console.log(failed.length === 0 ? "tiers: all passed" : `tiers: ${failed.join(", ")} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

function nameOf(way: Readonly<Record<string, string>>): string {
  return Object.entries(way)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

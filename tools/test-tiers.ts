import { spawnSync } from "node:child_process";

/**
 * Runs tests with one way at outer variables after the other (`FULLGRAPH_TIER`, src/dynamo/source/source-tier.ts):
 * a transform, the inspector with writing, the inspector with reading only. `--all` runs every test, else the ones
 * where captured programs are. Further arguments are vitest's.
 */
const tiers = ["T", "P", "R"];
const captured = ["test/checklist", "test/differential", "test/source"];

const given = process.argv.slice(2);
const wanted = given.includes("--all") ? [] : captured;
const rest = given.filter((argument) => argument !== "--all");

const failed = tiers.filter((tier) => {
  console.log(`tier ${tier}`);
  const { status } = spawnSync("npx", ["vitest", "run", "--reporter", "dot", ...wanted, ...rest], {
    stdio: "inherit",
    env: { ...process.env, FULLGRAPH_TIER: tier },
  });
  return status !== 0;
});
console.log(failed.length === 0 ? "tiers: all passed" : `tiers: ${failed.join(", ")} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

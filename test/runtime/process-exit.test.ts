import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const program = fileURLToPath(new URL("thread-programs.ts", import.meta.url));

/** What the program prints; fails if it has to be killed. */
async function output(how: string, environment: Record<string, string> = {}): Promise<string[]> {
  const { stdout } = await run(process.execPath, ["--import", "tsx", program, how], {
    env: { ...process.env, ...environment },
    timeout: 20_000,
  });
  return stdout.trim().split("\n");
}

describe("a process with worker threads ends by itself", () => {
  test.each(["at once", "spinning", "exit"])("when they are busy or spin (%s)", async (how) => {
    expect(await output(how)).toEqual(['{"right":true,"shared":true,"workers":2}']);
  });

  test("when they sleep", async () => {
    expect(await output("asleep")).toEqual(['{"right":true,"shared":true,"workers":2}', "end"]);
  });

  test("and works without them where shared memory is forbidden", async () => {
    expect(await output("spinning", { FULLGRAPH_SHARED_MEMORY: "0" })).toEqual([
      '{"right":true,"shared":false,"workers":0}',
    ]);
  });
});

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { bundle } from "./bundle-library.ts";
import { chromium, reportOfPage } from "./chromium.ts";
import { compute, computeLarge } from "./program.js";

const program = readFileSync(new URL("program.js", import.meta.url), "utf8");

const script = `
import * as torch from "/fullgraph/dist/index.js";
import { compute, computeLarge } from "/app/program.js";
const logged = [];
console.warn = console.error = (...texts) => logged.push(texts.join(" "));
let workers = 0;
globalThis.Worker = class extends Worker {
  constructor(url) {
    super(url);
    workers += 1;
  }
};
torch._logging.set_logs({ perf_hints: true });
torch.set_num_threads(2);
const small = compute(torch);
const large = await computeLarge(torch);
const hints = logged.filter((text) => text.includes("one thread"));
await report({ small, large, hints, workers, isolated: crossOriginIsolated });
`;

interface Report {
  readonly small: ReturnType<typeof compute>;
  readonly large: readonly number[];
  readonly hints: readonly string[];
  readonly workers: number;
  readonly isolated: boolean;
}

// Needs Chromium, as Debian's package `chromium` has it; elsewhere the environment variable CHROMIUM names one.
describe.skipIf(chromium === null)("in Chromium", () => {
  const files = new Map([["/app/program.js", program]]);
  beforeAll(async () => {
    files.set("/fullgraph/dist/index.js", await bundle("src/index.ts"));
  }, 60_000);

  const open = async (isolated: boolean): Promise<Report> =>
    // The script above reports this, or an error, which lacks what the tests look at.
    (await reportOfPage(chromium ?? "", { files, script, isolated })) as Report;

  test.each([{ isolated: true }, { isolated: false }])(
    "eager and compiled code give what they give here (isolated: $isolated)",
    { timeout: 90_000 },
    async ({ isolated }) => {
      const report = await open(isolated);
      expect(report).toEqual({
        small: compute(torch),
        large: await computeLarge(torch),
        hints: isolated ? [] : [expect.stringContaining("not cross-origin isolated")],
        workers: isolated ? 1 : 0,
        isolated,
      });
    },
  );
});

import { readFileSync, writeFileSync } from "node:fs";
import { functions } from "./accuracy/functions.ts";

/** Writes docs/accuracy.md from the claims and what was measured; with `--check`, only says if it is stale. */
const path = "docs/accuracy.md";
const measured: readonly MeasuredRow[] = JSON.parse(
  readFileSync("tools/accuracy/measured.json", "utf8"),
);

interface MeasuredRow {
  readonly call: string;
  readonly backend: string;
  readonly worst: number;
  readonly count: number;
}

const worstOf = (call: string, backend: string): string =>
  measured.find((row) => row.call === call && row.backend === backend)?.worst.toFixed(2) ?? "";

const counts = measured.map(({ count }) => count);
const rows = functions.map(({ call, ulps, note }) => {
  const [compiled, small] = [worstOf(call, "wasm"), worstOf(call, "javascript")];
  return `| \`${call}\` | ${ulps} | ${compiled} | ${small} | ${note ?? ""} |`;
});

const text = `# Accuracy of functions

Written by \`npm run generate\` from [\`functions.ts\`](../tools/accuracy/functions.ts) and what \`npm run accuracy\` measured.

Errors of float32 results in units of the last place of the exact result (ulp): 0.5 is correctly rounded. "At most" is what is
claimed and tested. The measured columns are the largest errors over at least ${Math.min(...counts).toLocaleString("en")} arguments each: bit patterns
spread over all of float32, and every number beside zeros, poles and ends of ranges. WebAssembly runs large and compiled tensors,
JavaScript small eager ones; both keep to the claim. \`npm run accuracy -- --step 1 --only exp\` takes all 2^32 arguments,
\`FULLGRAPH_RELAXED_SIMD=0\` the kernels of engines without relaxed SIMD. Special values (zeros and their signs, infinities, NaN) are
PyTorch's, [recorded](../test/golden-values/functions.json). float64 results are within 4 ulp.

| call | at most | WebAssembly | JavaScript | |
|---|---|---|---|---|
${rows.join("\n")}
`;

if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readFileSync(path, "utf8") !== text) {
  console.error(`${path} is stale: run npm run generate`);
  process.exitCode = 1;
}

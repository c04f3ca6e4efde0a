/**
 * `npm run accuracy`: the largest error of every function of float32, measured.
 *
 *   --step 1          takes all 2^32 arguments (minutes a function); by default every 4099th
 *   --only gelu,erf   functions with these words in their names
 *   --json FILE       keeps the numbers
 *
 * FULLGRAPH_RELAXED_SIMD=0 measures the kernels of engines without relaxed SIMD.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { setBackend } from "../../src/loops/run-computation.ts";
import { javascriptBackend } from "../../src/loops/javascript/javascript-backend.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import { functions } from "./functions.ts";
import { difficultArguments, measure, spreadArguments } from "./measure.ts";

const { values } = parseArgs({
  options: {
    step: { type: "string", default: "4099" },
    only: { type: "string", default: "" },
    json: { type: "string" },
  },
});
const step = Number(values.step);
const words = values.only.split(",");
const backends = { javascript: javascriptBackend, wasm: makeWasmBackend({ smallestLaunch: 0 }) };

const rows = [];
for (const facts of functions.filter(({ call }) => words.some((word) => call.includes(word)))) {
  for (const [backend, own] of Object.entries(backends)) {
    setBackend(own);
    const started = performance.now();
    const spread = measure(facts, spreadArguments(step));
    const near = measure(facts, [difficultArguments(facts.near)]);
    const { worst, at } = near.worst > spread.worst ? near : spread;
    const seconds = (performance.now() - started) / 1000;
    rows.push({
      call: facts.call,
      backend,
      worst,
      at,
      claimed: facts.ulps,
      count: near.count + spread.count,
    });
    const verdict = worst <= facts.ulps ? "" : "  ABOVE";
    console.log(
      `${facts.call.padEnd(50)} ${backend.padEnd(10)} ${worst.toFixed(3).padStart(10)} at ${String(at).padEnd(24)} ${seconds.toFixed(1)} s${verdict}`,
    );
    if (verdict !== "") process.exitCode = 1;
  }
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 1)}\n`);

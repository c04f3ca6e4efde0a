import { deepStrictEqual as same } from "node:assert";
import { batchGrabs } from "../../../src/dynamo/source/debugger-switch.ts";
import { bindingOf } from "./check.ts";

function make(payload: number[]): { fn: () => number; set: (value: number) => void } {
  let state = payload.length;
  return { fn: () => state + payload.length, set: (value) => void (state = value) };
}

function grabMany(count: number): void {
  for (let n = 0; n < count; n++) {
    const { fn, set } = make(new Array<number>(10_000).fill(n));
    const binding = bindingOf(fn, "state");
    set(n);
    same([binding.read(), fn()], [n, n + 10_000]);
  }
}

async function heapUsed(): Promise<number> {
  for (let n = 0; n < 3; n++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}

batchGrabs(() => grabMany(20));
const before = await heapUsed();
for (let n = 0; n < 5; n++) batchGrabs(() => grabMany(100));
const after = await heapUsed();
// 500 payloads would be 40 MB.
same(after - before < 8_000_000, true, `heap grew by ${after - before}`);

// Debugger left on would make this pause for ever or slow `await` down fivefold; it must simply go on.
new Function("debugger")();
console.log("all as expected");

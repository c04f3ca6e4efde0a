import { deepStrictEqual as same } from "node:assert";
import { bindingOf, sourceOf } from "./check.ts";

let counter = 1;
const first = (): number => counter++;
const binding = bindingOf(first, "counter");
for (let n = 0; n < 30; n++) globalThis.gc?.();
await new Promise((resolve) => setTimeout(resolve, 20));
for (let n = 0; n < 30; n++) globalThis.gc?.();

same(binding.read(), 1);
binding.write?.(5);
same(first(), 5);
const second = (): number => counter;
same(sourceOf(second).location?.start.lineText, "const second = (): number => counter;");
same(bindingOf(second, "counter").read(), 6);
console.log("all as expected");

import { deepStrictEqual as same } from "node:assert";
import { bindingOf } from "./check.ts";

// Engines take a variable that was never assigned for a constant of optimised code. A write through an accessor must
// reach code that is optimised already.
let moduleState = 1;
const readModule = (): number => moduleState;
function setModule(value: number): void {
  moduleState = value;
}

function make(): { read: () => number; set: (value: number) => void } {
  let state = 1;
  return { read: () => state, set: (value) => void (state = value) };
}

function sumOf(read: () => number): number {
  let sum = 0;
  for (let n = 0; n < 1000; n++) sum += read();
  return sum;
}

const { read, set } = make();
for (let round = 0; round < 3000; round++) {
  sumOf(readModule);
  sumOf(read);
}
for (const value of [2, 3, 2.5, 4]) {
  bindingOf(readModule, "moduleState").write?.(value);
  bindingOf(read, "state").write?.(value);
  same([sumOf(readModule), sumOf(read)], [1000 * value, 1000 * value]);
  for (let round = 0; round < 3000; round++) {
    sumOf(readModule);
    sumOf(read);
  }
}
setModule(7);
set(8);
same([bindingOf(readModule, "moduleState").read(), bindingOf(read, "state").read()], [7, 8]);
console.log("all as expected");

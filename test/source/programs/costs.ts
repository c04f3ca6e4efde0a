/** Prints what locating functions costs, as JSON: run `node --import tsx test/source/programs/costs.ts`. */
import { batchGrabs } from "../../../src/dynamo/source/debugger-switch.ts";
import { captureUserStack } from "../../../src/dynamo/source/capture-user-stack.ts";
import { bindingOf, sourceOf } from "./check.ts";

const table = { answer: 42 };
let changing = 0;

function first(): unknown {
  return [table, changing++];
}

function milliseconds(run: () => void, times = 1): number {
  const start = performance.now();
  for (let n = 0; n < times; n++) run();
  return Number(((performance.now() - start) / times).toPrecision(3));
}

const firstLocate = milliseconds(() => void bindingOf(first, "table"));
const firstPosition = milliseconds(() => void sourceOf(first).location?.start);
const nextLocate = milliseconds(() => {
  const fn = (): unknown => table;
  bindingOf(fn, "table").read();
  void sourceOf(fn).location?.start;
}, 500);
const firstGrab = milliseconds(() => void bindingOf(first, "changing"));
const sharedGrab = milliseconds(() => void bindingOf(() => changing, "changing").read(), 200);

function grabOwn(): void {
  let own = 0;
  const fn = (): number => own;
  own++;
  bindingOf(fn, "own").read();
}

const laterGrab = milliseconds(grabOwn, 20);
const batchedGrab =
  milliseconds(() =>
    batchGrabs(() => {
      for (let n = 0; n < 20; n++) grabOwn();
    }),
  ) / 20;
const { read, write } = bindingOf(first, "changing");
milliseconds(() => void read(), 100_000);
const readNanoseconds = milliseconds(() => void read(), 1_000_000) * 1e6;
milliseconds(() => write?.(1), 100_000);
const writeNanoseconds = milliseconds(() => write?.(1), 1_000_000) * 1e6;
const stack = milliseconds(() => void captureUserStack(), 50);

console.log(
  JSON.stringify({
    node: process.version,
    firstLocate,
    firstPosition,
    nextLocate,
    firstGrab,
    sharedGrab,
    laterGrab,
    batchedGrab,
    readNanoseconds,
    writeNanoseconds,
    stack,
  }),
);

import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { count, countUp, renamedTotal, setCount } from "./exported-counter.ts";
import { testWithWrites } from "../../capabilities.ts";

/** One variable that several functions close over is one variable while they are captured together. */

type Tensor = torch.Tensor;
const ones = (): Tensor => torch.ones(3);
const threeCalls = (): Tensor[][] => [[ones()], [ones()], [ones()]];

let shared = 0;
const increment = () => {
  shared += 1;
};
const read = () => shared;

testWithWrites("a variable that one helper writes is read anew by another", () => {
  const run = runDifferential(() => {
    shared = 0;
    const fn = (x: Tensor) => {
      increment();
      return x.add(read());
    };
    return { fn, calls: threeCalls() };
  });
  expect(run.breaks).toEqual([]);
  expect(run.framesAfter).toEqual([1, 2, 2]);
});

testWithWrites(
  "a variable that a helper writes is read anew by the compiled function itself, and the other way round",
  () => {
    const run = runDifferential(() => {
      shared = 0;
      const fn = (x: Tensor) => {
        increment();
        const before = shared;
        shared += 10;
        return x.mul(before).add(read());
      };
      return { fn, calls: threeCalls() };
    });
    expect(run.breaks).toEqual([]);
  },
);

test("variables of two closures made by one function stay apart", () => {
  runDifferential(() => {
    const make = () => {
      let value = 0;
      return { up: () => (value += 1), value: () => value };
    };
    const [a, b] = [make(), make()];
    const fn = (x: Tensor) => {
      a.up();
      a.up();
      b.up();
      return x.mul(a.value()).add(b.value() * 100);
    };
    return { fn, calls: threeCalls() };
  });
});

test("an imported variable shows what a function of its module wrote, under any name", () => {
  runDifferential(() => {
    setCount(0);
    const fn = (x: Tensor) => {
      const before = count;
      countUp();
      return x.mul(before).add(count * 100 + renamedTotal);
    };
    return { fn, calls: threeCalls() };
  });
});

declare global {
  var fullgraphTestCounter: number;
}

test("a global variable and the property of the global object are one", () => {
  runDifferential(() => {
    globalThis.fullgraphTestCounter = 0;
    const fn = (x: Tensor) => {
      fullgraphTestCounter += 1;
      const seen = globalThis.fullgraphTestCounter;
      globalThis.fullgraphTestCounter = 7;
      return x.mul(seen).add(fullgraphTestCounter * 100);
    };
    return { fn, calls: threeCalls() };
  });
});

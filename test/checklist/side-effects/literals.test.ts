import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";

/** Literals and calls that a graph break cuts in two: what was put in before the break is completed after it. */

type Tensor = torch.Tensor;

function breakGraph(): number {
  torch._dynamo.graph_break();
  return 1;
}

test("an object literal with computed keys and methods goes on after a break", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      const key = "c";
      const o = { a: 1, [`b${key}`]: breakGraph(), [key]: x.add(3), m: () => 5 };
      return [x.add(1), o, Object.keys(o), o.m()];
    };
    return { fn, calls: [[torch.ones(3)]] };
  });
  expect(run.results).toMatchObject([[{}, {}, ["a", "bc", "c", "m"], 5]]);
});

test("an accessor defined after a break is there", () => {
  runDifferential(() => {
    const fn = (x: Tensor) => {
      const o = {
        ["a"]: breakGraph(),
        get b() {
          return 7;
        },
      };
      return [x.add(o.b), o];
    };
    return { fn, calls: [[torch.ones(3)]] };
  });
});

test("an object spread goes on after a break", () => {
  const run = runDifferential(() => {
    const given = { p: 1, q: 2 };
    const fn = (x: Tensor) => ({ ...given, b: breakGraph(), ...given, z: x.add(1) });
    return { fn, calls: [[torch.ones(3)]] };
  });
  expect(run.results).toMatchObject([{ p: 1, q: 2, b: 1, z: {} }]);
});

test("an array with spreads and holes goes on after a break", () => {
  const run = runDifferential(() => {
    const given = [1, 2];
    // oxlint-disable-next-line no-sparse-arrays -- the holes are the point
    const fn = (x: Tensor) => [...given, breakGraph(), ...given, , x.add(1), breakGraph(), ,];
    return { fn, calls: [[torch.ones(3)]] };
  });
  expect(run.results).toMatchObject([{ length: 9 }]);
});

test("arguments with spreads go on after a break", () => {
  runDifferential(() => {
    const collect = (...given: unknown[]) => given;
    const given = [1, 2];
    const fn = (x: Tensor) => collect(...given, breakGraph(), x.add(1), ...given);
    return { fn, calls: [[torch.ones(3)]] };
  });
});

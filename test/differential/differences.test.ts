import { expect, test } from "vitest";
import { captureConsole } from "./capture-console.ts";
import { differences } from "./compare-descriptions.ts";
import { Describer } from "./describe-value.ts";

const exact = { rtol: 0, atol: 0 };

function compare(expected: unknown, actual: unknown, tolerance = exact): string[] {
  const pictures = [expected, actual].map((value) => new Describer().describe(value));
  const [left, right] = pictures;
  if (left === undefined || right === undefined) throw new Error("two values, two pictures");
  return [...differences(left, right, "it", tolerance)];
}

test("nested structures with the same contents do not differ", () => {
  const make = (): unknown => ({
    a: [1, NaN, "x"],
    m: new Map([["k", new Set([1, 2n])]]),
    n: null,
  });
  expect(compare(make(), make())).toEqual([]);
});

test("a negative zero is not a zero", () => {
  expect(compare([0], [-0], { rtol: 1, atol: 1 })).toEqual(["it.0: eager 0, compiled -0"]);
});

test("numbers within the tolerance are the same", () => {
  expect(compare([1], [1 + 1e-9], { rtol: 1e-6, atol: 0 })).toEqual([]);
  expect(compare([1], [1.1], { rtol: 1e-6, atol: 0 })).toHaveLength(1);
});

test("the same object twice differs from two equal objects", () => {
  const shared = {};
  expect(compare([shared, shared], [{}, {}])).toEqual([
    "it.1: eager object #1 again, compiled Object #2",
  ]);
});

test("the order of keys counts", () => {
  expect(compare({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([
    "it (keys, in order): eager {a, b}, compiled {b, a}",
  ]);
});

test("the class of an object and the message of an error count", () => {
  expect(compare(new RangeError("no"), new TypeError("no"))).toEqual([
    "it: eager RangeError, compiled TypeError",
  ]);
  expect(compare(new Error("no"), new Error("yes"))).toHaveLength(1);
});

test("only eager code may print the value where compiled code names what is not iterable", () => {
  const value = new Error(
    "number 1 is not iterable (cannot read property Symbol(Symbol.iterator))",
  );
  const name = new Error("n0 is not iterable");
  expect(compare(value, name)).toEqual([]);
  expect(compare(name, value)).toHaveLength(1);
  expect(compare(value, new Error("n0 is not a function"))).toHaveLength(1);
});

test("cycles come to an end", () => {
  const make = (): unknown => {
    const node: { next?: unknown } = {};
    node.next = node;
    return node;
  };
  expect(compare(make(), make())).toEqual([]);
});

test("accessors are not run", () => {
  let runs = 0;
  compare(
    {
      get a() {
        return runs++;
      },
    },
    {
      get a() {
        return runs++;
      },
    },
  );
  expect(runs).toBe(0);
});

test("printed lines are recorded with their stream, and console.log keeps its identity", () => {
  const before = console.log;
  const lines = captureConsole((recorded) => {
    console.log("a %d", 1);
    console.warn("b");
    expect(console.log).toBe(before);
    return [...recorded];
  });
  expect(lines).toEqual(["log: a 1", "warn: b"]);
});

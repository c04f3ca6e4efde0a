import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";
import { graphBreaks } from "../../src/dynamo/graph-breaks/catalogue.ts";
import { doesNotOccur, reportedAs } from "../../tools/pytorch-graph-breaks.ts";
import { runDifferential } from "../differential.ts";

type Tensor = torch.Tensor;
afterEach(() => torch._dynamo.reset());

const numbersOf = (rows: Readonly<Record<string, string>>): readonly string[] =>
  Object.values(rows).flatMap((row) => row.split(" "));

test("each of PyTorch's 356 types that JavaScript has the concept of is accounted for once", () => {
  const numbers = [...numbersOf(reportedAs), ...numbersOf(doesNotOccur)];
  expect(numbers).toHaveLength(356);
  expect(new Set(numbers).size).toBe(356);
});

test("a record with a number of PyTorch's is the one that reports it", () => {
  for (const [key, { id }] of Object.entries(graphBreaks)) {
    if (id.startsWith("GBJ")) continue;
    const row: string = Reflect.get(reportedAs, key) ?? "";
    expect(row.split(" "), key).toContain(id.slice(2));
  }
});

const key = Symbol("k");

/** Programs that break PyTorch's graphs, or would, and are captured whole here. */
const captured: readonly (readonly [ids: string, fn: (x: Tensor) => unknown])[] = [
  [
    "0027 0035 4608: comparing and testing tensor objects",
    (x) => [x === x.view(-1), Boolean([x.add(1)].length), x.add(1)],
  ],
  [
    "0028 0057: a number is thrown and caught",
    (x) => {
      try {
        throw 5;
      } catch (error) {
        return x.add(Number(error));
      }
    },
  ],
  [
    "0054: an enum by a value that is computed",
    (x) => {
      const scales = { One: 1, Two: 2 } as const;
      const name = x.dim() === 1 ? "Two" : "One";
      return x.mul(scales[name]);
    },
  ],
  [
    "0077 0197: destructuring of another length, and a list that holds itself",
    (x) => {
      const list: unknown[] = [x.add(1)];
      list.push(list);
      const [first, , third] = list;
      return [first, third];
    },
  ],
  [
    "0097 0143: a ring of fixed length, and slices written by splice",
    (x) => {
      const ring = [1, 2, 3];
      ring.push(4);
      ring.shift();
      ring.splice(0, 1, 7);
      return x.mul(ring[0] ?? 0);
    },
  ],
  [
    "0095 0135: properties of an error",
    (x) => {
      const error: Error & { code?: number } = new Error("no");
      error.code = 3;
      return x.mul(error.code);
    },
  ],
  ["0175 0194 0195 4393: instanceof", (x) => (x instanceof torch.Tensor ? x.add(1) : x)],
  ["0196: a key that is not there", (x) => new Map([["a", x]]).get("b") ?? x.add(1)],
  ["0222: a Set of tensors", (x) => [...new Set([x, x.add(1), x])]],
  ["0224: a function of sizes only", (x) => torch.zeros(x.size(0)).add(x.dim())],
  [
    "5565 6622: lists compared element by element",
    (x) => ([1, 2].every((n, i) => n === i + 1) ? x.neg() : x),
  ],
  [
    "7000 0065: a break in a loop, and in a callee, is one break: here there is none",
    (x) => {
      let y = x;
      for (const k of [1, 2, 3]) y = ((t: Tensor) => t.add(k))(y);
      return y;
    },
  ],
  [
    "7312: too few arguments",
    (x) => ((a: Tensor, b?: Tensor) => (b === undefined ? a.neg() : b))(x),
  ],
  [
    "7637: a symbol as key",
    (x) => {
      const keyed = { [key]: 2, other: x.add(1) };
      return keyed.other.mul(keyed[key]);
    },
  ],
];

describe("what PyTorch breaks at is captured whole", () => {
  test.each(captured)("%s", (_, fn) => {
    const run = runDifferential(() => ({ fn, calls: [[torch.ones(3)], [torch.zeros(3)]] }));
    expect(run.breaks).toEqual([]);
  });
});

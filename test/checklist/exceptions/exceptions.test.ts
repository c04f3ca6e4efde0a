import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { testOfCompiledText } from "../../capabilities.ts";
import { runDifferential } from "../../differential.ts";

/** Group J of the behavioural checklist: errors, and containers with tensors in them. */

type Tensor = torch.Tensor;
const ones = (): Tensor => torch.ones(3);

/** What the program throws: its own class, which extends nothing. */
class Refused {
  readonly by: number;
  readonly message: string;
  constructor(by: number) {
    this.by = by;
    this.message = `refused by ${by}`;
  }
}

const refuse = (by: number): never => {
  throw new Refused(by); // oxlint-disable-line typescript/only-throw-error -- what is tested
};

function isOneGraph(_: string, fn: (x: Tensor) => unknown): void {
  const { frames, breaks } = runDifferential(() => ({ fn, calls: [[ones()], [ones()]] }));
  expect(frames).toBe(1);
  expect(breaks).toEqual([]);
}

type Program = readonly [string, (x: Tensor) => unknown];

test.each<Program>([
  [
    "thrown and caught in one function",
    (x) => {
      try {
        throw new Error("here");
      } catch (error) {
        return [x.add(1), (error as Error).message]; // thrown above
      }
    },
  ],
  [
    "of a missing property",
    (x) => {
      const nothing = new Map<string, { readonly size: number }>();
      try {
        return x.add((nothing.get("a") as { readonly size: number }).size); // there is none
      } catch (error) {
        return [x.mul(2), error instanceof TypeError];
      }
    },
  ],
])("J135: an error %s is part of one graph", isOneGraph);

testOfCompiledText.each<Program>([
  [
    "thrown in a callee",
    (x) => {
      try {
        refuse(2);
      } catch (error) {
        if (error instanceof Refused) return [x.add(error.by), error.message];
      }
      return x;
    },
  ],
  [
    "passing through two `finally`",
    (x) => {
      const order: string[] = [];
      try {
        try {
          try {
            refuse(1);
          } finally {
            order.push("inner");
          }
        } finally {
          order.push("outer");
        }
      } catch {
        order.push("caught");
      }
      return [x.add(order.length), order];
    },
  ],
  [
    "in some turns of a loop",
    (x) => {
      let y = x;
      for (let turn = 0; turn < 4; turn++) {
        try {
          if (turn % 2 === 1) refuse(turn);
          y = y.add(turn);
        } catch {
          continue;
        } finally {
          y = y.mul(2);
        }
      }
      return y;
    },
  ],
])("J135: an error of the program's own, %s, is part of one graph", isOneGraph);

class Derived extends Error {
  readonly by: number;
  constructor(by: number) {
    super(`derived by ${by}`);
    this.by = by;
  }
}

testOfCompiledText("J135: an error of a class that extends Error is part of one graph", () => {
  const fn = (x: Tensor) => {
    try {
      throw new Derived(2);
    } catch (error) {
      return x.add(error instanceof Derived ? error.by : 0);
    }
  };
  const { breaks, ops } = runDifferential(() => ({ fn, calls: [[ones()]] }));
  expect([breaks, ops]).toEqual([[], 1]);
});

test("J135: an error of a class that extends Error is caught by its class", () => {
  const fn = (x: Tensor) => {
    try {
      throw new Derived(2);
    } catch (error) {
      return [x.add(error instanceof Derived ? error.by : 0), error];
    }
  };
  expect(runDifferential(() => ({ fn, calls: [[ones()], [ones()]] })).results).toHaveLength(2);
});

testOfCompiledText(
  "J137: an error nobody catches reaches the caller as it was thrown, and no graph is made",
  () => {
    const fn = (x: Tensor) => {
      const y = x.add(1);
      if (y.shape.length === 1) refuse(7);
      return y;
    };
    const { frames, outcomes } = runDifferential(() => ({ fn, calls: [[ones()]] }));
    expect(frames).toBe(0);
    expect(outcomes).toMatchObject([{ kind: "error", error: { message: "refused by 7", by: 7 } }]);
  },
);

test("J137: with fullgraph it is Unsupported", () => {
  const fn = torch.compile((x: Tensor) => (x.shape.length === 1 ? refuse(7) : x), {
    fullgraph: true,
  });
  expect(() => fn(ones())).toThrow(torch._dynamo.exc.Unsupported);
});

test("J140: a tensor is a key of a Map and an element of an array by its identity", () => {
  const fn = (x: Tensor, y: Tensor) => {
    const names = new Map([
      [x, "x"],
      [y, "y"],
    ]);
    const list = [x];
    return [x.add(1), names.get(x), names.get(y), names.size, list.includes(x), list.includes(y)];
  };
  const { frames, results } = runDifferential(() => ({ fn, calls: [[ones(), ones()]] }));
  expect(frames).toBe(1);
  expect(results).toMatchObject([[{}, "x", "y", 2, true, false]]);
});

test("J142: a loop with a branch on data compiles its parts", () => {
  const fn = (x: Tensor) => {
    let y = x;
    for (let turn = 0; turn < 3; turn++) {
      if (y.sum().gt(5).item()) y = y.sub(1);
      else y = y.add(1);
    }
    return y.mul(2);
  };
  const { frames } = runDifferential(() => ({ fn, calls: [[ones()], [ones()]] }));
  expect(frames).toBeGreaterThan(0);
});

test("J142: a loop whose limit varies compiles for each number of turns", () => {
  const fn = (x: Tensor, n: number) => {
    let [y, i] = [x, 0];
    while (i < n) {
      y = y.add(i);
      i += 1;
    }
    return y;
  };
  const { framesAfter } = runDifferential(() => ({
    fn,
    calls: [
      [ones(), 3],
      [ones(), 4],
      [ones(), 5],
    ],
  }));
  expect(framesAfter).toEqual([1, 2, 3]);
});

test("J142: a list that grows while it is walked, with `continue`, is one graph", () => {
  const fn = (x: Tensor) => {
    const list = [1, 2];
    let y = x;
    for (const item of list) {
      if (list.length < 5) list.push(item + 1);
      if (item === 2) continue;
      y = y.add(item);
    }
    return [y, list];
  };
  const { frames, breaks } = runDifferential(() => ({ fn, calls: [[ones()]] }));
  expect({ frames, breaks }).toEqual({ frames: 1, breaks: [] });
});

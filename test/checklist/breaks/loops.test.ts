import { describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { caseSummary } from "./case-summary.ts";
import { explainCall } from "./explain-call.ts";

/** Group A of the behavioural checklist: breaks and loops. PyTorch gives up on these frames; here they resume. */

const gb = torch._dynamo.graph_break;
const gbAt = "GB0025 Call to 'torch._dynamo.graph_break()' at `gb();`";

const outerMap = new Map([
  ["a", 1],
  ["b", 2],
  ["c", 3],
]);
const outerSet = new Set([1, 2, 3]);

describe("A10: a break inside a loop", () => {
  function fn(x: torch.Tensor) {
    x = x.mul(2);
    for (let i = 0; i < 3; i++) {
      x = x.add(1);
      gb();
    }
    return x;
  }

  test("A10: the body is compiled, and its segment serves every later turn", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(result.results).toMatchObject([{ shape: [3] }]);
    expect(result.breaks.every(({ reason }) => reason.id === "GB0025")).toBe(true);
    // [mul, add], then [add] for the second turn, then [add] for every later one: `i` has been seen to vary.
    expect(caseSummary(result)).toMatchObject({ frames: 3, ops: 4 });
  });

  test("A10: a second call compiles nothing new", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)], [torch.ones(3)]] }));
    expect(result.framesAfter[1]).toBe(result.framesAfter[0]);
  });

  test("A10: a longer loop is served by the same graphs", () => {
    const turns = (x: torch.Tensor, count: number) => {
      for (let i = 0; i < count; i++) {
        x = x.add(1);
        gb();
      }
      return x;
    };
    const result = runDifferential(() => ({
      fn: turns,
      calls: [
        [torch.ones(3), 3],
        [torch.ones(3), 5],
        [torch.ones(3), 9],
        [torch.ones(3), 12],
      ],
    }));
    expect(result.framesAfter.at(-1)).toBe(result.framesAfter[1]);
  });

  for (const [name, loop] of Object.entries({
    "for of an array": (x: torch.Tensor) => {
      for (const by of [1, 2, 3]) {
        x = x.add(by);
        gb();
      }
      return x;
    },
    while: (x: torch.Tensor) => {
      let i = 0;
      while (i < 3) {
        x = x.add(1);
        gb();
        i += 1;
      }
      return x;
    },
    "do while": (x: torch.Tensor) => {
      let i = 0;
      do {
        x = x.add(1);
        gb();
      } while (++i < 3);
      return x;
    },
    "for in": (x: torch.Tensor) => {
      for (const key in { a: 1, b: 2, c: 3 }) {
        x = x.add(key.charCodeAt(0));
        gb();
      }
      return x;
    },
    "for of a Map from outside": (x: torch.Tensor) => {
      for (const [key, value] of outerMap) {
        x = x.add(value * key.length);
        gb();
      }
      return x;
    },
    "for of a Set from outside": (x: torch.Tensor) => {
      for (const value of outerSet) {
        x = x.add(value);
        gb();
      }
      return x;
    },
    forEach: (x: torch.Tensor) => {
      [1, 2, 3].forEach((by) => {
        x = x.add(by);
        gb();
      });
      return x;
    },
  })) {
    test(`A10: ${name}: every turn runs, and every turn is compiled`, () => {
      const result = runDifferential(() => ({ fn: loop, calls: [[torch.ones(3)]] }));
      expect(result.breaks.map(({ reason }) => reason.id)).toContain("GB0025");
      expect(result.ops).toBeGreaterThan(0);
      expect(result.ops).toBeLessThanOrEqual(3);
    });
  }
});

describe("A10: a break inside a loop over a collection made by the function", () => {
  const overMap = (x: torch.Tensor) => {
    const made = new Map([
      ["a", 1],
      ["b", 2],
    ]);
    for (const [key, value] of made) {
      x = x.add(value * key.length);
      gb();
    }
    return x;
  };
  const overSet = (x: torch.Tensor) => {
    for (const value of new Set([1, 2])) {
      x = x.add(value);
      gb();
    }
    return x;
  };

  test("A10: the result is right", () => {
    runDifferential(() => ({ fn: overMap, calls: [[torch.ones(3)]] }));
    runDifferential(() => ({ fn: overSet, calls: [[torch.ones(3)]] }));
  });

  test("A10: the body is compiled", () => {
    const ops = [overMap, overSet].map(
      (fn) => runDifferential(() => ({ fn, calls: [[torch.ones(3)]] })).ops,
    );
    expect(ops).toEqual([2, 2]);
  });
});

describe("A10: a break inside a long loop", () => {
  const keepingAList = (x: torch.Tensor, turns: number) => {
    const seen: number[] = [];
    for (let i = 0; i < turns; i++) {
      x = x.mul(0.5);
      seen.push(i);
      gb();
    }
    return [x, seen];
  };
  const inSomeTurns = (x: torch.Tensor, rows: number, columns: number) => {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        if ((i + j) % 3 === 0) gb();
        x = x.add(i * j);
      }
    }
    return x;
  };

  test("A10: the result is right beyond the recompile limit", () => {
    runDifferential(() => ({ fn: keepingAList, calls: [[torch.ones(3), 20]] }));
    runDifferential(() => ({ fn: inSomeTurns, calls: [[torch.ones(3), 7, 6]] }));
  });

  test("A10: a list that grows in every turn does not make every turn compile", () => {
    const result = runDifferential(() => ({ fn: keepingAList, calls: [[torch.ones(3), 20]] }));
    expect(result.frames).toBeLessThanOrEqual(4);
  });

  test("A10: a break met in some turns only stays within the recompile limit", () => {
    const result = runDifferential(() => ({ fn: inSomeTurns, calls: [[torch.ones(3), 7, 6]] }));
    expect(result.frames).toBeLessThan(8);
  });
});

describe("A11: a loop before a break", () => {
  const fn = (x: torch.Tensor) => {
    for (let i = 0; i < 3; i++) x = x.add(1);
    gb();
    return x.mul(2);
  };

  test("A11: is unrolled into the graph", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toEqual({ frames: 2, ops: 4, breaks: [gbAt] });
    expect(explainCall(fn, [torch.ones(3)]).graphs).toEqual([["add", "add", "add"], ["mul"]]);
  });
});

test("A20: each turn of a loop with a break is the same place in the user's file", () => {
  const fn = (x: torch.Tensor) => {
    for (let i = 0; i < 3; i++) {
      x = x.add(1);
      gb();
    }
    return x;
  };
  const { breaks } = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(new Set(breaks.map(({ stack }) => stack.at(-1)?.line)).size).toBe(1);
});

import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { testOfCompiledText } from "../capabilities.ts";
import { runDifferential } from "../differential.ts";

type Tensor = torch.Tensor;
type Fn = (x: Tensor) => unknown;

const x = (): [Tensor][] => [[torch.tensor([1, 2, 3])], [torch.tensor([4, 5, 6])]];

function* scaled(
  t: Tensor,
  count: number,
  log: unknown[] = [],
): Generator<Tensor, string, unknown> {
  log.push("start");
  try {
    for (let i = 1; i <= count; i++) {
      const sent: unknown = yield t.mul(i);
      log.push(sent);
    }
    return "end";
  } finally {
    log.push("finally");
  }
}

class Tree {
  readonly value: number;
  readonly children: readonly Tree[];
  constructor(value: number, children: readonly Tree[] = []) {
    this.value = value;
    this.children = children;
  }
  *[Symbol.iterator](): Generator<number, undefined, undefined> {
    yield this.value;
    for (const child of this.children) yield* child;
    return undefined;
  }
}
const tree = new Tree(1, [new Tree(2, [new Tree(3)]), new Tree(4)]);

class Countdown implements Iterable<number> {
  readonly closed: string[] = [];
  readonly from: number;
  constructor(from: number) {
    this.from = from;
  }
  [Symbol.iterator](): Iterator<number> {
    let left = this.from;
    return {
      next: () => (left > 0 ? { done: false, value: left-- } : { done: true, value: undefined }),
      return: () => {
        this.closed.push(`at ${left}`);
        return { done: true, value: undefined };
      },
    };
  }
}

function* naturals(): Generator<number, never> {
  for (let i = 0; ; i++) yield i;
}

const usedUp: Readonly<Record<string, Fn>> = {
  "for…of": (t) => {
    let sum = t;
    for (const part of scaled(t, 3)) sum = sum.add(part);
    return sum;
  },
  "for…of left early runs `finally`": (t) => {
    const log: unknown[] = [];
    let sum = t;
    for (const part of scaled(t, 3, log)) {
      sum = sum.add(part);
      if (log.length > 1) break;
    }
    return [sum, log];
  },
  "spread, Array.from, destructuring": (t) => {
    const [first, second] = scaled(t, 5);
    return [...scaled(t, 2), Array.from(scaled(t, 1)), first, second, Math.max(...tree)];
  },
  "next, with values sent": (t) => {
    const log: unknown[] = [];
    const steps = scaled(t, 2, log);
    return [steps.next(), steps.next(7), steps.next(8), steps.next(9), log];
  },
  "return and throw": (t) => {
    const log: unknown[] = [];
    const first = scaled(t, 2, log);
    first.next();
    const returned = first.return("early");
    const second = scaled(t, 2, log);
    second.next();
    try {
      second.throw(new RangeError("stop"));
    } catch (error) {
      log.push(String(error));
    }
    return [returned, first.next(), second.next(), log];
  },
  "yield* into generators, with their results": (t) => {
    const outer = function* (): Generator<Tensor | string, string, unknown> {
      const result = yield* scaled(t, 2);
      yield result;
      yield* [t.add(1), t.add(2)];
      return result + "!";
    };
    const all: unknown[] = [];
    const steps = outer();
    for (let step = steps.next(); ; step = steps.next(all.length)) {
      all.push(step.value);
      if (step.done) return all;
    }
  },
  "methods that are generators": (t) => {
    let sum = t;
    for (const value of tree) sum = sum.mul(2).add(value);
    return sum;
  },
  "closures, and what they change": (t) => {
    let calls = 0;
    const each = function* (limit: number): Generator<Tensor> {
      while (calls < limit) {
        calls += 1;
        yield t.add(calls);
      }
    };
    return [torch.stack([...each(3)]), calls, new Set(each(5)).size, calls];
  },
  "an error in it, and one thrown through it": (t) => {
    const log: string[] = [];
    const failing = function* (): Generator<Tensor> {
      try {
        yield t;
        throw new RangeError("in it");
      } finally {
        log.push("left");
      }
    };
    try {
      for (const part of failing()) log.push(String(part.shape));
    } catch (error) {
      log.push(String(error));
    }
    return [t.add(1), log];
  },
  "an error on the way to what yield* goes over": (t) => {
    const failing = {
      [Symbol.iterator](): Iterator<Tensor> {
        throw new RangeError("no iterator");
      },
    };
    const catching = function* (): Generator<unknown> {
      try {
        yield* failing;
      } catch (error) {
        yield String(error);
      }
    };
    return [t.add(1), ...catching()];
  },
  "an iterator of the program": (t) => {
    const count = new Countdown(3);
    let sum = t;
    for (const value of count) sum = sum.add(value);
    for (const value of count) if (value < 3) break;
    const [first] = count;
    return [sum, [...count], first, count.closed];
  },
  "a generator that never ends, left by a condition": (t) => {
    let sum = t;
    for (const n of naturals()) {
      if (n > 4) break;
      sum = sum.add(n);
    }
    return sum;
  },
};
describe("a generator that is used up within the function is captured with it", () => {
  testOfCompiledText.each(Object.entries(usedUp))("%s", (_, fn) => {
    const run = runDifferential(() => ({ fn, calls: x() }));
    expect(run.breaks.map(({ reason }) => reason)).toEqual([]);
    expect(run.frames).toBe(1);
  });
});

const outliving: Readonly<Record<string, Fn>> = {
  "a break in the loop over it": (t) => {
    let sum = t;
    for (const part of scaled(t, 3)) {
      torch._dynamo.graph_break();
      sum = sum.add(part);
    }
    return sum.add(1);
  },
  "a break in it": (t) => {
    const broken = function* (): Generator<Tensor> {
      yield t.add(1);
      torch._dynamo.graph_break();
      yield t.add(2);
    };
    return [t.mul(2), ...broken()];
  },
  "it is returned": (t) => {
    const steps = scaled(t.add(1), 2);
    steps.next();
    return [steps].flatMap((each) => [each.next().value]);
  },
  "a break while an iterator of the program is in the middle": (t) => {
    const count = new Countdown(3);
    let sum = t;
    for (const value of count) {
      sum = sum.add(value);
      torch._dynamo.graph_break();
      sum = sum.mul(2);
    }
    return [sum, count.closed];
  },
  "a break in the `next` of the program": (t) => {
    let left = 3;
    const log: number[] = [];
    const iterable = {
      [Symbol.iterator]: () => ({
        next: () => {
          log.push(left);
          if (left === 2) torch._dynamo.graph_break();
          return { done: left === 0, value: left-- };
        },
      }),
    };
    let sum = t.add(1);
    for (const value of iterable) sum = sum.add(value);
    return [sum, log];
  },
  "a result that is no object": (t) => {
    const log: string[] = [];
    const iterable = { [Symbol.iterator]: () => ({ next: () => (log.push("called"), 3) }) };
    try {
      for (const value of iterable as unknown as Iterable<number>) t = t.add(value);
    } catch (error) {
      log.push(String(error));
    }
    return [t.add(1), log];
  },
  "a generator that is kept in the middle": (t) => {
    const steps = scaled(t, 3);
    const first = steps.next().value;
    return { first, rest: steps, sum: t.sum() };
  },
};
describe("a generator that outlives a graph is made by the engine", () => {
  test.each(Object.entries(outliving))("%s", (_, fn) => {
    const run = runDifferential(() => ({ fn, calls: x() }));
    expect(run.breaks.length).toBeGreaterThan(0);
  });
});

describe("breaks anywhere leave what it does as it is", () => {
  test.each([1, 2, 3, 4, 5, 7])("at every instruction whose place is a multiple of %i", (every) => {
    const configure = (): void => void (torch._dynamo.config.debug_break_every = every);
    for (const fn of Object.values({ ...usedUp, ...outliving }))
      runDifferential(() => ({ fn, calls: x() }), { configure });
    torch._dynamo.config.reset();
  });
});

testOfCompiledText("the break says what kept the generator from being captured", () => {
  const fn = (t: Tensor): Tensor => {
    let sum = t;
    for (const part of scaled(t, 2)) if (part.sum().item() > 0) sum = sum.add(part);
    return sum;
  };
  const { breaks } = runDifferential(() => ({ fn, calls: x() }));
  const explanation = breaks[0]?.reason.explanation ?? "";
  expect(explanation).toContain("`scaled` is a generator function");
  expect(explanation).toContain("(Data-dependent branching)");
});

test.each([
  ["replaced", (fn: object) => Object.assign(fn, { prototype: { *[Symbol.iterator]() { yield 1; yield 2; } } })], // prettier-ignore
  ["given a method", (fn: { prototype: object }) => Object.assign(fn.prototype, { next: () => ({ done: true }) })], // prettier-ignore
])("the prototype of a generator function that is %s later is noticed", (_, change) => {
  runDifferential(() => {
    function* once(t: Tensor): Generator<Tensor> {
      yield t;
    }
    return {
      fn: (t: Tensor) => [t.add(1), [...once(t)].length],
      calls: x(),
      before: (call) => void (call === 1 && change(once)),
    };
  });
});

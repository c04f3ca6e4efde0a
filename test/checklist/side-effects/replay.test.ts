import { afterEach, describe, expect, test } from "vitest";
import { redirectLogs } from "../../../src/base/logging.ts";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { testWithWrites } from "../../capabilities.ts";

/** Group C of the behavioural checklist: what a captured function does to objects that exist outside it. */

const { config } = torch._dynamo;
type Tensor = torch.Tensor;

afterEach(() => {
  config.reset();
});

const ones = (): Tensor => torch.ones(3);

test("C54: tensors pushed onto an argument array arrive there, and the length is guarded", () => {
  const run = runDifferential(() => {
    const list: Tensor[] = [];
    const fn = (l: Tensor[], x: Tensor) => {
      l.push(x.add(1));
      return x.mul(l.length);
    };
    return {
      fn,
      calls: [
        [list, ones()],
        [list, ones()],
      ],
    };
  });
  expect(run.framesAfter).toEqual([1, 2]);
  expect(run.opsAfter).toEqual([2, 4]);
  expect(run.breaks).toEqual([]);
});

test("C56: a counter and a tensor written to an object are right after every call, in two graphs", () => {
  const run = runDifferential(() => {
    const state: { count: number; last?: Tensor } = { count: 0 };
    const fn = (d: typeof state, x: Tensor) => {
      d.count += 1;
      d.last = x.mul(d.count);
      return d.last.add(1);
    };
    const calls = Array.from({ length: 4 }, () => [state, ones()]);
    return { fn, calls };
  });
  // PyTorch needs a third graph, since it guards the set of keys, which the first call changes; no read asks for it here.
  expect(run.framesAfter).toEqual([1, 2, 2, 2]);
  expect(run.opsAfter).toEqual([2, 4, 4, 4]);
});

test("C56: entries set in a Map are there after the call", () => {
  const run = runDifferential(() => {
    const state = new Map<string, unknown>([["count", 0]]);
    const fn = (d: Map<string, unknown>, x: Tensor) => {
      d.set("count", (d.get("count") as number) + 1); // set by the line above or below
      d.set("last", x.add(d.get("count") as number));
      return x.mul(2);
    };
    const calls = Array.from({ length: 4 }, () => [state, ones()]);
    return { fn, calls };
  });
  // The second graph is for the new key and the counter as a symbol at once.
  expect(run.framesAfter).toEqual([1, 2, 2, 2]);
  expect(run.opsAfter).toEqual([2, 4, 4, 4]);
});

test("C57: attributes set on an argument object cause no recompilation", () => {
  const run = runDifferential(() => {
    const o: { v?: Tensor; k?: number } = {};
    const fn = (target: typeof o, x: Tensor) => {
      target.v = x.add(1);
      target.k = 5;
      return target.v.mul(2);
    };
    return {
      fn,
      calls: [
        [o, ones()],
        [o, ones()],
      ],
    };
  });
  expect(run.framesAfter).toEqual([1, 1]);
  expect(run.opsAfter).toEqual([2, 2]);
});

let moduleCounter = 0;

testWithWrites(
  "C58↑: a counter at module level becomes symbolic instead of recompiling every call",
  () => {
    const run = runDifferential(() => {
      moduleCounter = 0;
      const fn = (x: Tensor) => {
        moduleCounter += 1;
        return x.add(moduleCounter);
      };
      return { fn, calls: Array.from({ length: 5 }, () => [ones()]) };
    });
    expect(run.framesAfter).toEqual([1, 2, 2, 2, 2]);
    expect(moduleCounter).toBe(5);
  },
);

testWithWrites("C59: a counter in a closure needs two graphs for four calls", () => {
  const run = runDifferential(() => {
    let count = 0;
    const fn = (x: Tensor) => {
      count += 1;
      return x.add(count);
    };
    return { fn, calls: Array.from({ length: 4 }, () => [ones()]) };
  });
  expect(run.framesAfter).toEqual([1, 2, 2, 2]);
  expect(run.opsAfter).toEqual([1, 2, 2, 2]);
});

test("C60: a method that counts on `this` needs two graphs for four calls", () => {
  class Counter {
    c = 0;
    step(x: Tensor) {
      this.c += 1;
      return x.mul(this.c);
    }
  }
  let counter = new Counter();
  const run = runDifferential(() => {
    counter = new Counter();
    return {
      fn: counter.step,
      self: counter,
      calls: Array.from({ length: 4 }, () => [ones()]),
    };
  });
  expect(run.framesAfter).toEqual([1, 2, 2, 2]);
  expect(counter.c).toBe(4);
});

test("C61: changes through an alias happen in order on one array, and it is the array that is returned", () => {
  const run = runDifferential(() => {
    const list: unknown[] = [1, 2, 3];
    const fn = (l: unknown[], x: Tensor) => {
      const a = l;
      a.pop();
      l.push(x.add(1), "end");
      a.reverse();
      l.unshift(0);
      return a;
    };
    return { fn, calls: [[list, ones()]] };
  });
  // That the result is the argument itself is part of what the runs are compared by.
  expect(run.results).toMatchObject([[0, "end", {}, 2, 1]]);
  expect([run.frames, run.ops]).toEqual([1, 1]);
});

test("C63: in-place operators on an input change the caller's tensor", () => {
  const run = runDifferential(() => {
    const x = torch.zeros(3);
    const fn = (t: Tensor) => {
      t.add_(1);
      t.select(0, 0).fill_(5);
      return t.sum();
    };
    return { fn, calls: [[x]], watch: x };
  });
  expect([run.frames, run.ops]).toEqual([1, 4]);
  expect(String(run.results[0])).toBe("tensor(7.)");
});

test("C64: a tensor appended and then changed in place shows the change in the array", () => {
  const run = runDifferential(() => {
    const list: Tensor[] = [];
    const fn = (l: Tensor[], x: Tensor) => {
      const y = x.add(1);
      l.push(y);
      y.add_(10);
    };
    return { fn, calls: [[list, ones()]], watch: list };
  });
  expect([run.frames, run.ops]).toEqual([1, 2]);
});

test("C67↑: effects before an operator that fails while the graph runs are kept, those after it never happen", () => {
  const run = runDifferential(() => {
    const list: number[] = [];
    const fn = (l: number[], x: Tensor, index: Tensor) => {
      l.push(1);
      const y = x.add(1).index_select(0, index);
      l.push(2);
      return y;
    };
    return {
      fn,
      calls: [
        [list, ones(), torch.tensor([0n])],
        [list, ones(), torch.tensor([7n])],
      ],
      watch: list,
    };
  });
  expect(run.outcomes).toMatchObject([
    { kind: "value" },
    { kind: "error", error: { name: "IndexError" } },
  ]);
});

describe("C68: side_effect_replay_policy", () => {
  const fn = (l: number[], o: { n: number; made?: number[] }, x: Tensor) => {
    const made: number[] = [];
    made.push(1);
    l.push(1);
    o.n += 1;
    return x.add(made.length);
  };

  test("warn lists what is changed outside, once per compilation", () => {
    const logs: string[] = [];
    const restore = redirectLogs((text) => void logs.push(text.trimEnd()));
    config.side_effect_replay_policy = "warn";
    const compiled = torch.compile(fn, { backend: "eager" });
    compiled([], { n: 0 }, ones());
    compiled([], { n: 0 }, ones());
    restore();
    expect(logs).toEqual([
      'fn changes what exists outside it: L["l"], L["o"]. The changes are made after its graph ran (torch._dynamo.config.side_effect_replay_policy).',
    ]);
  });

  test("error throws and changes nothing", () => {
    const l: number[] = [];
    const compiled = torch.compile(fn, { backend: "eager" });
    config.side_effect_replay_policy = "error";
    expect(() => compiled(l, { n: 0 }, ones())).toThrow('L["l"]');
    expect(l).toEqual([]);
  });

  test("a function that changes only what it made passes", () => {
    const pure = torch.compile((x: Tensor) => x.add([1].concat(2).length), { backend: "eager" });
    config.side_effect_replay_policy = "error";
    expect(pure(ones()).shape).toEqual([3]);
  });

  test("another word is refused", () => {
    expect(() => Object.assign(config, { side_effect_replay_policy: "loud" })).toThrow(
      'must be "silent" or "warn" or "error"',
    );
  });
});

test("C69: deleting and defaulting properties leaves the keys in JavaScript's order", () => {
  const run = runDifferential(() => {
    const d: Record<string, unknown> = { k: 1, old: 2 };
    const fn = (o: Record<string, unknown>, x: Tensor) => {
      delete o["old"];
      o["k"] ??= 7;
      o["l"] ??= x.add(1);
      return Object.keys(o);
    };
    return {
      fn,
      calls: [
        [d, ones()],
        [d, ones()],
      ],
    };
  });
  expect(run.results).toEqual([
    ["k", "l"],
    ["k", "l"],
  ]);
});

test("C70: an inner closure that is returned can be called, and shares its variables", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      let calls = 0;
      const y = x.add(1);
      return {
        add: (z: Tensor) => {
          calls += 1;
          return z.add(y);
        },
        calls: () => calls,
      };
    };
    const use = (x: Tensor) => {
      const { add, calls } = fn(x);
      const sum = add(add(x));
      return [sum, calls()];
    };
    return { fn: use, calls: [[ones()]] };
  });
  expect([run.frames, run.ops]).toEqual([1, 3]);
  expect(run.results).toMatchObject([[{}, 2]]);
});

test("C70: a closure returned to eager code works there", () => {
  const fn = torch.compile(
    (x: Tensor) => {
      let calls = 0;
      const y = x.add(1);
      return {
        add: (z: Tensor) => {
          calls += 1;
          return z.add(y);
        },
        calls: () => calls,
      };
    },
    { backend: "eager" },
  );
  const { add, calls } = fn(ones());
  expect(String(add(add(ones())))).toBe("tensor([5., 5., 5.])");
  expect(calls()).toBe(2);
});

// Tuples, dicts, namedtuples and dataclasses are arrays, Maps, objects and instances here.
test("C72: arrays, objects, Maps, Sets and results with names come back as what they are", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      const y = x.add(1);
      return {
        array: [y, 1],
        map: new Map([["y", y]]),
        set: new Set([y]),
        frozen: Object.freeze({ y }),
        named: x.max(0),
      };
    };
    return { fn, calls: [[ones()]] };
  });
  expect([run.frames, run.ops]).toEqual([1, 4]);
});

test("a text shows a tensor as it was when the text was made, whatever happens to the tensor later", () => {
  const run = runDifferential(() => {
    const texts: string[] = [];
    const fn = (x: Tensor) => {
      const before = `x = ${x}`;
      texts.push("pushed " + String(x.mul(2)));
      x.add_(1);
      return [before, `x = ${x}`];
    };
    return { fn, calls: [[ones()]], watch: texts };
  });
  expect(run.results).toEqual([["x = tensor([1., 1., 1.])", "x = tensor([2., 2., 2.])"]]);
});

test("ranges of arrays may end with undefined", () => {
  runDifferential(() => {
    const list: unknown[] = [1, 2, 3, 4];
    const fn = (x: Tensor) => {
      const tail = list.slice(1, undefined);
      const removed = list.splice(0, undefined as unknown as number);
      list.fill(x.add(1), 3, undefined);
      return [tail, removed];
    };
    return { fn, calls: [[ones()]], watch: list };
  });
});

test("functions made inside have the properties that functions have", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      const made = function twoParameters(_a: number, _b: number) {};
      const bound = made.bind(null, 1);
      const anonymous = [() => 1][0] as () => number;
      return [
        x.add(made.length),
        [made.name, made.length, typeof made.prototype],
        [bound.name, bound.length],
        [anonymous.name, anonymous.length],
      ];
    };
    return { fn, calls: [[ones()]] };
  });
  expect(run.results).toMatchObject([
    [{}, ["twoParameters", 2, "object"], ["bound twoParameters", 1], ["", 0]],
  ]);
});

import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { mayGenerateCode } from "../../src/script/may-generate-code.ts";
import { testOfTextCode } from "../capabilities.ts";
import { runDifferential, type DifferentialResult } from "../differential.ts";

/** Programs that once meant something else compiled: found by random programs, or by looking for trouble. */

type Tensor = torch.Tensor;
const ones = (): Tensor => torch.ones(2);

/** Runs `fn` eager and compiled for these arguments behind a tensor, with and without symbolic numbers. */
function check(
  fn: (x: Tensor, ...args: never[]) => unknown,
  calls: () => readonly (readonly unknown[])[],
): DifferentialResult {
  const program = () => ({ fn, calls: calls().map((args) => [ones(), ...args]) });
  runDifferential(program, { dynamic: true });
  return runDifferential(program);
}

const withName = (value: object): unknown => Object.assign([1, 2], value);

test("an array knows the properties it has beside its elements", () => {
  const arrays = () => [[withName({})], [withName({ k: 4 })], [withName({})]];
  check((x, a: number[]) => [x.add(1), "k" in a], arrays);
  check((x, a: number[]) => [x.add(1), Object.hasOwn(a, "k")], arrays);
  check((x, a: number[]) => [x.add(1), Object.keys(a), Object.entries(a)], arrays);
  check((x, a: number[]) => {
    const keys: string[] = [];
    for (const key in a) keys.push(key); // oxlint-disable-line typescript/no-for-in-array -- what is tested
    return [x.add(1), keys];
  }, arrays);
});

test("only canonical numeric strings are elements of an array", () => {
  const odd = [["", "01", "1.5", "-0", "1", "length", Symbol.iterator]];
  const { frames } = check(
    (x, keys: PropertyKey[]) => [x.add(1), keys.map((key) => Object.hasOwn([1, 2], key))],
    () => odd.map((keys) => [keys]),
  );
  expect(frames).toBe(1);
});

test("Object.assign calls setters in the order of the properties", () => {
  check(
    (x, log: string[]) => {
      const target = {
        set a(value: number) {
          log.push(`a${value}`);
        },
        set b(value: number) {
          log.push(`b${value}`);
        },
      };
      Object.assign(target, { a: 1, b: 2 });
      return x.add(log.length);
    },
    () => [[[]]],
  );
});

test("-0 is a base that generated code can raise to a power", () => {
  check(
    (x, n: number) => [x.add(n), (-0) ** n],
    () => [[1], [2], [3]],
  );
});

test("a position in an array that varies and is NaN means the first", () => {
  check(
    (x, n: number) => [x.add(1), [5, 6].at(n), [5, 6].slice(n)],
    () => [[0], [1], [NaN]],
  );
});

test("a boolean out of a tensor is a boolean before its value is known", () => {
  const fn = (x: Tensor) => {
    const isAbove = x.sum().gt(1).item();
    return [x.add(1), typeof isAbove, typeof !isAbove, isAbove];
  };
  const { frames } = runDifferential(() => ({ fn, calls: [[ones()], [torch.zeros(2)]] }), {
    configure: () => {
      torch._dynamo.config.capture_scalar_outputs = true;
    },
  });
  torch._dynamo.config.reset();
  expect(frames).toBe(1);
});

test("a property that was deleted and written again comes last", () => {
  check(
    (x, o: Record<string, number>) => {
      o["z"] = 1;
      o["a"] = 3;
      delete o["z"];
      o["z"] = 5;
      return [x.add(1), Object.keys(o)];
    },
    () => [[{}], [{ z: 0 }], [{ a: 0, z: 1 }]],
  );
});

test("a tensor may get a property of its own between calls", () => {
  check(
    (x, other: object) => [x.add(1), Reflect.get(other, "tag"), (other as { tag?: number }).tag], // a tensor has no `tag` yet
    () => [[ones()], [Object.assign(ones(), { tag: 5 })], [ones()]],
  );
});

test("a class may get an accessor for a field of its instances between calls", () => {
  const program = () => {
    class Point {
      declare k: number;
      constructor() {
        this.k = 1;
      }
    }
    const log: number[] = [];
    const define = (descriptor: PropertyDescriptor): void => {
      Object.defineProperty(Point.prototype, "k", { configurable: true, ...descriptor });
    };
    const changes = [
      () => {},
      () => define({ set: (value: number) => void log.push(value) }),
      () => define({ value: 1, writable: false }),
    ];
    return {
      fn: (x: Tensor) => [x.add(1), new Point()],
      calls: changes.map(() => [ones()]),
      watch: log,
      before: (call: number) => changes[call]?.(),
    };
  };
  expect(runDifferential(program).outcomes.map(({ kind }) => kind)).toEqual([
    "value",
    "value",
    "error",
  ]);
});

test("a hole is no element, also where the capture saw none", () => {
  const arrays = () => [[[1, 2, 3]], [[1, , 3]], [[1, undefined, 3]]]; // oxlint-disable-line no-sparse-arrays
  check((x, a: number[]) => [x.add(1), a.filter(() => true)], arrays);
  check((x, a: number[]) => [x.add(1), a.slice(), [0].concat(a), a.map(() => 1)], arrays);
  check((x, a: number[]) => [x.add(1), 1 in a], arrays);
  check((x, a: number[]) => [x.add(1), a.splice(0)], arrays);
  const undefinedLast = () => [[[1, undefined]], [[1, ,]]]; // oxlint-disable-line no-sparse-arrays
  check((x, a: unknown[]) => [x.add(1), a.indexOf(undefined)], undefinedLast);
});

test("sloppy code may make a global variable by assigning it", () => {
  // Modules are strict: only the Function constructor makes sloppy code here.
  const program = () => ({
    fn: new Function("x", "made = 3; const y = x.add(made); delete globalThis.made; return y;") as (
      x: Tensor,
    ) => Tensor, // as its text says
    calls: [[ones()], [ones()]],
  });
  expect(runDifferential(program).results).toHaveLength(2);
});

test("looking at an object from outside runs nothing of the program", () => {
  const program = () => {
    const log: string[] = [];
    class Loud {
      get [Symbol.toStringTag](): string {
        log.push("tag");
        return "Loud";
      }
    }
    const traps = new Proxy(
      {},
      {
        get(_, key) {
          log.push(String(key));
          return 9;
        },
      },
    );
    return {
      fn: (x: Tensor, o: { readonly k?: number }) => x.add(o.k ?? 5),
      calls: [
        [ones(), new Loud()],
        [ones(), Object.create(traps)],
        [ones(), new Loud()],
      ],
      watch: log,
    };
  };
  expect(runDifferential(program).results).toHaveLength(3);
});

test("an error whose message was deleted has none", () => {
  check(
    (x, n: number) => {
      const error: Partial<Error> = new Error(`a${n}`);
      delete error.message;
      return [x.add(1), error.message, String(error), error];
    },
    () => [[1], [2]],
  );
});

test("size() and shape are one array", () => {
  runDifferential(() => ({
    fn: (x: torch.Tensor) => [x.add(1), x.size() === x.shape],
    calls: [[torch.ones(2)]],
  }));
});

test("a getter among the elements of an array runs as often as in eager", () => {
  runDifferential(() => {
    let count = 0;
    const list = Object.defineProperty([1, 2], 0, { get: () => (count += 1) });
    return {
      fn: (x: torch.Tensor, numbers: readonly number[]) => [x.add(numbers[0] ?? 0), count],
      calls: [
        [torch.ones(2), list],
        [torch.ones(2), list],
      ],
    };
  });
});

test("the shapes of two tensors are one array if the tensors are one", () => {
  runDifferential(() => {
    const t = torch.ones(2);
    return {
      fn: (x: torch.Tensor, y: torch.Tensor) => [x.add(1), x.shape === y.shape],
      calls: [
        [torch.ones(2), torch.ones(2)],
        [t, t],
      ],
    };
  });
});

test("a loop goes on with the value that the breaking step of its iterator found", () => {
  const run = (list: () => readonly { p: number }[], breakEvery: number): void => {
    runDifferential(
      () => ({
        fn: (x: torch.Tensor, items: { p: number }[]) => {
          let total = x;
          for (const item of items) total = total.add((item.p += 1));
          return total;
        },
        calls: [[torch.ones(2), list()]],
      }),
      {
        configure: () => {
          torch._dynamo.config.reset();
          torch._dynamo.config.debug_break_every = breakEvery;
        },
      },
    );
    torch._dynamo.config.reset();
  };
  for (const breakEvery of [1, 2, 3, 5, 7, 9, 10, 11]) run(() => [{ p: 1 }, { p: 2 }], breakEvery);
  run(() => Object.defineProperty([{ p: 1 }], 0, { get: () => ({ p: 5 }) }), 0);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 10])(
  "a loop over a Map or over entries keeps what its last step found (break every %i)",
  (breakEvery) => {
    const fn = (x: torch.Tensor, m: Map<string, number>, a: number[]) => {
      const pairs: unknown[] = [];
      for (const [key, value] of m) pairs.push(key, value);
      for (const pair of a.entries()) pairs.push(pair, () => pair);
      for (const value of new Set(a)) pairs.push(value);
      return [x.add(1), pairs.map((pair) => (typeof pair === "function" ? pair() : pair))];
    };
    const entries = [
      ["a", 1],
      ["b", -0],
    ] as const;
    runDifferential(
      () => ({ fn, calls: [[torch.ones(2), new Map<string, number>(entries), [4, 5]]] }),
      {
        configure: () => {
          torch._dynamo.config.debug_break_every = breakEvery;
        },
      },
    );
    torch._dynamo.config.reset();
  },
);

/** Interpreted functions name the value, not the pattern. */
const functionsThatTakeApart = ["(({ r } = { r: 1 }) => r)(null);", "(({ r = 2 }) => r)(null);"];

testOfTextCode.each([
  "const { q: { r } = {} } = o;",
  "const { q: { r = 2 } = {} } = o;",
  "const { q: { r: [z] = [] } = {} } = o;",
  "const { r: { z } = { z: 1 } } = o.q;",
  "const { q: { ...rest } = other } = o;",
  'const { q: { ["r"]: z } = {} } = o;',
  "for (const { r = 2 } of [null]);",
  "const [{ r } = { r: 1 }] = [null];",
  "({ q: { r: other.x } = { r: 1 } } = o);",
  "let n; ({ q: { r: n } = { r: 1 } } = o);",
  "let n; ({ q: { r: n } } = o);",
  ...(mayGenerateCode() ? functionsThatTakeApart : []),
])("what cannot be taken apart is named as the engine names it: %s", (attempt) => {
  const text = `const o = { q: null }, other = {}; try { ${attempt} } catch (error) { return [x.add(1), error.message]; }`;
  for (const breakEvery of [0, 1]) {
    runDifferential(
      // Returns what the text says, or nothing.
      () => ({ fn: new Function("x", text) as () => unknown, calls: [[torch.ones(2)]] }),
      {
        configure: () => {
          torch._dynamo.config.debug_break_every = breakEvery;
        },
      },
    );
    torch._dynamo.config.reset();
  }
});

test("an iterator that was used up is closed as one, wherever the graph ends", () => {
  function* numbers(): Generator<number> {
    yield 1;
    yield 2;
  }
  const fn = (x: torch.Tensor): unknown => {
    const [first = 0, ...rest] = numbers();
    return x.add(first + rest.length);
  };
  for (let breakEvery = 1; breakEvery < 24; breakEvery++) {
    runDifferential(() => ({ fn, calls: [[torch.ones(2)]] }), {
      configure: () => void (torch._dynamo.config.debug_break_every = breakEvery),
    });
    torch._dynamo.config.reset();
  }
});

test("an argument that holds itself is refused as in eager", () => {
  const fn = (x: torch.Tensor, o: { list: unknown[] }): unknown => {
    try {
      return x.add(o as never);
    } catch (error) {
      return (error as Error).message; // the operator throws one
    }
  };
  const cyclic = (): { list: unknown[] } => {
    const made: { list: unknown[] } = { list: [] };
    made.list.push(made);
    return made;
  };
  runDifferential(() => ({ fn, calls: [[torch.ones(2), cyclic()]] }));
});

test("an empty tensor is tiled", () => {
  const fn = (x: torch.Tensor): unknown => [x.tile(2), x.repeat(3, 2), x.expand(4, 0).clone()];
  runDifferential(() => ({ fn, calls: [[torch.zeros(0)]] }));
  expect(torch.zeros(0).repeat(3, 2).shape).toEqual([3, 0]);
});

test("a Proxy with a native method is not asked what it is", () => {
  runDifferential(() => {
    const seen: string[] = [];
    const get = (target: object, key: PropertyKey): unknown => {
      seen.push(String(key));
      return Reflect.get(target, key);
    };
    const counter = { count: 0, add: (by: number) => by + 1 };
    const proxy = new Proxy({ add: counter.add.bind(counter) }, { get });
    const fn = (x: torch.Tensor, o: { add: (by: number) => number }) => [x.add(1), o.add(1)];
    const calls = [[torch.ones(2), proxy], [torch.ones(2), Object.create(proxy)]]; // prettier-ignore
    return { fn, calls, watch: { seen } };
  });
});

// The closure is rebuilt with `captured` as a member of its cell, and V8 words the failure by what the target is.
test.fails("a rebuilt closure fails in the engine's words where a pattern assigns what it captured", () => {
  const messageOf = torch.compiler.disable((run: () => void) => {
    try {
      return String(run());
    } catch (error) {
      return (error as Error).message; // the pattern throws one
    }
  });
  const fn = (x: torch.Tensor, o: { q?: { r: number } }) => {
    let captured = 0;
    const message = messageOf(() => ({ q: { r: captured } = { r: 1 } } = o));
    return [x.add(captured), message];
  };
  runDifferential(() => ({ fn, calls: [[torch.ones(2), { q: null }]] }));
});

describe("an array of the second call with an element that is not plain data", () => {
  type List = (number | undefined)[];
  const withGetter = (seen: string[]): List => {
    const list: List = [3, 4, 5];
    const get = (): number => seen.push("read");
    Object.defineProperty(list, 1, { get, configurable: true, enumerable: true });
    return list;
  };
  const readOnly = (): List => Object.defineProperty([3, 4, 5], 1, { writable: false });
  const withHole = (): List => {
    const list: List = [3, 4, 5];
    Reflect.deleteProperty(list, 1);
    return list;
  };
  const uses: Readonly<Record<string, (list: List, at: number) => unknown>> = {
    "is read": (list) => list[1],
    "is read at a varying index": (list, at) => list[at],
    "is tested for": (list) => 1 in list,
    "is copied": (list) => [...list],
    "is visited": (list) => {
      const visited = [];
      for (const element of list) visited.push(element);
      return visited;
    },
    "is mapped": (list) => list.map((element) => element),
    "is cut out": (list) => list.slice(1),
    "is written": (list) => (list[1] = 9),
    "is shifted": (list) => list.shift(),
    "is popped": (list) => list.pop(),
    "is spliced": (list) => list.splice(0, 1),
    "is filled": (list) => list.fill(0),
    "is reversed": (list) => list.reverse(),
    "is cut off": (list) => (list.length = 1),
    "is pushed behind": (list) => list.push(7),
  };
  test.each(Object.keys(uses))("%s as in eager", (name) => {
    const use = uses[name] ?? expect.fail(name);
    runDifferential(() => {
      const seen: string[] = [];
      const fn = (x: torch.Tensor, list: List, at: number): unknown => {
        seen.push("begin");
        const sum = x.add(1);
        seen.push("used");
        return [use(list, at), sum, seen.push("end"), list];
      };
      const plain = [2, 0, 1].map((at) => [torch.ones(2), [3, 4, 5], at]);
      const others = [withGetter(seen), readOnly(), withHole(), Object.freeze([3, 4, 5])];
      const calls = [...plain, ...others.map((list) => [torch.ones(2), list, 1])];
      return { fn, calls, watch: { seen } };
    });
  });
});

test("a number that does not fit a dtype, or an index out of range, is caught where the program catches errors", () => {
  const attempt = (x: torch.Tensor, name: string, run: () => unknown): unknown => {
    try {
      return [name, x.add(1), run()];
    } catch (error) {
      return [name, (error as Error).message];
    }
  };
  const table = torch.ones(2, 2);
  const fn = (x: torch.Tensor, n: number) => [
    attempt(x, "fill_", () => x.fill_(1 % n)),
    attempt(x, "add", () => x.add(1e30)),
    attempt(x, "full", () => torch.full([2], 1e30)),
    attempt(x, "full of a dtype", () => torch.full([2], -1e3, { dtype: torch.uint8 })),
    attempt(x, "threshold", () => torch.nn.functional.threshold(x, 1, 1e30)),
    attempt(x, "threshold that varies", () => torch.nn.functional.threshold(x, 1, n * 1e30)),
    attempt(x, "embedding", () => torch.nn.functional.embedding(x.add(1), table)),
    attempt(x, "index", () => x.index(torch.arange(9))),
    attempt(x, "full_like", () => torch.full_like(x.mul(0.5), n * 1e20, { dtype: torch.int64 })),
    attempt(x, "expanded", () => x.expand(2, 3).zero_()),
    attempt(x, "no memory", () => x.tile(2 ** 40)),
  ];
  const calls = () => [2, 0, 3].map((n) => [torch.arange(3), n]);
  for (const dynamic of [null, true]) runDifferential(() => ({ fn, calls: calls() }), { dynamic });
});

test("an index of numbers and slices stays in the graph where the program catches errors", () => {
  const fn = (x: torch.Tensor): unknown => {
    try {
      return x.index(0).add(x.index("1:"));
    } catch {
      return null;
    }
  };
  const { frames, breaks } = runDifferential(() => ({ fn, calls: [[torch.ones(2)]] }));
  expect([frames, breaks]).toEqual([1, []]);
});

test("a number that does not fit a dtype is an error for empty tensors, too, and ends the call where it is used", () => {
  const fn = (x: torch.Tensor, n: number): unknown => {
    const filled = x.add(1).fill_(n);
    x.add_(1);
    return filled;
  };
  const empty = () => torch.zeros(0, 3, { dtype: torch.uint8 });
  const calls = () => [1, 2, 300, 3].map((n) => [empty(), n]);
  runDifferential(() => ({ fn, calls: calls() }));
});

test("an error of a call names folded literals and rows of operators as the engine does", () => {
  const fn = (x: torch.Tensor, c: number): unknown => {
    const messages: string[] = [];
    const attempts = [
      () => ((typeof c >= ((1 + 1) as unknown as string)) as never as { x(): void }).x(),
      () => ((c + -(1 + 2)) as never as { x(): void }).x(),
      () => ((1 + 2 + c + 3 + 4) as never as { x(): void }).x(),
      () => ((c + 2 ** 3 * c * 2) as never as { x(): void }).x(),
      () => ((c + (5 | 2) - Number(!1)) as never as { x(): void }).x(),
    ];
    for (const attempt of attempts) {
      try {
        attempt();
      } catch (error) {
        messages.push((error as Error).message);
      }
    }
    return [x.add(1), messages];
  };
  runDifferential(() => ({ fn, calls: [[torch.ones(2), 1]] }));
});

test("the rest of an array with a getter begins where the pattern before it ended", () => {
  runDifferential(
    () => {
      const get = (): number => 7;
      const list = Object.defineProperty([1, 2, 3], 1, { get, configurable: true });
      const fn = (x: torch.Tensor, a: number[]): unknown => {
        const [first, second = 1, ...rest] = a;
        return [x.add(1), first, second, rest];
      };
      return { fn, calls: [[torch.ones(2), list], [torch.ones(2), [4, 5, 6, 7]]] }; // prettier-ignore
    },
    { dynamic: true },
  );
});

testOfTextCode(
  "a captured number that is spread right after it was read is not iterable in both runs",
  () => {
    const text = "let n0 = 1; const n1 = n0; [...n0]; sink.push(() => n0 + n1); return x;";
    runDifferential(() => {
      const fn = new Function("x", "sink", `"use strict"; ${text}`) as () => unknown;
      return { fn, calls: [[torch.ones(2), []]] };
    });
  },
);

test("a handler whose region ends behind the call of a function that breaks and throws has its variables", () => {
  const fails = (x: Tensor): never => {
    torch._dynamo.graph_break();
    throw new Error(`after ${x.shape}`);
  };
  runDifferential(() => ({
    fn: (x: Tensor, value: number, log: unknown[]): unknown => {
      const doubled = value * 2;
      try {
        return fails(x);
      } catch (error) {
        return [doubled, (error as Error).message];
      } finally {
        log.push(value);
      }
    },
    calls: [[torch.ones(2), -0, []], [torch.ones(2), 3, []]], // prettier-ignore
  }));
});

test("the handlers of all frames that wait for a break have their variables when they throw in turn", () => {
  const inner = (x: Tensor, value: number, log: unknown[]): unknown => {
    try {
      torch._dynamo.graph_break();
      return missing(x);
    } finally {
      log.push(value);
    }
  };
  const middle = (x: Tensor, value: number, log: unknown[]): unknown => {
    const name = `middle ${value}`;
    try {
      return inner(x, value, log);
    } catch (error) {
      throw new Error(name, { cause: error });
    } finally {
      log.push(name);
    }
  };
  const missing = (x: Tensor): unknown => x.add([] as never);
  runDifferential(() => ({
    fn: (x: Tensor, value: number, log: unknown[]): unknown => {
      const kept = [value];
      try {
        return middle(x, value, log);
      } catch (error) {
        return [kept, error];
      } finally {
        log.push(0);
      }
    },
    calls: [[torch.ones(2), 1, []], [torch.ones(2), 2, []]], // prettier-ignore
  }));
});

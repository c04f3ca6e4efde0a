import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { testOfCompiledText } from "../capabilities.ts";
import { runDifferential, type DifferentialResult } from "../differential.ts";

/** Functions that cannot be captured run natively: the same results and errors, no graph, and a break that says why. */

type Tensor = torch.Tensor;
const ones = (): Tensor => torch.ones(3);

const reasons = (run: DifferentialResult): string[] =>
  run.breaks.map(({ reason }) => `${reason.title}: ${reason.explanation}`);

/** What a compiled function throws on its first call when breaks are forbidden. */
function unsupported(fn: (...args: never[]) => unknown, args: readonly unknown[]): Error {
  const compiled = torch.compile(fn, { backend: "eager", fullgraph: true });
  try {
    Reflect.apply(compiled, undefined, args);
  } catch (error) {
    if (error instanceof torch._dynamo.exc.Unsupported) return error;
    throw error;
  }
  throw new Error("the call was to be refused");
}

describe("a native function", () => {
  test("runs, and the break says that there is no source", () => {
    const run = runDifferential(() => ({ fn: Math.max, calls: [[1, 5, 3]] }));
    expect(run.results).toEqual([5]);
    expect(run.frames).toBe(0);
    expect(run.breaks).toHaveLength(1);
    expect(reasons(run)[0]).toMatch(/native/);
  });

  test("is refused by fullgraph", () => {
    expect(unsupported(Math.max, [1]).message).toMatch(/native/);
  });
});

describe("a bound function", () => {
  const scale = function (this: { k: number }, x: Tensor) {
    return x.mul(this.k);
  };

  test("runs with its receiver, and the break says that it is bound", () => {
    const run = runDifferential(() => ({ fn: scale.bind({ k: 3 }), calls: [[ones()], [ones()]] }));
    expect(run.results.map(String)).toEqual(["tensor([3., 3., 3.])", "tensor([3., 3., 3.])"]);
    expect(reasons(run)[0]).toMatch(/bound/);
  });

  test("is refused by fullgraph", () => {
    expect(unsupported(scale.bind({ k: 3 }), [ones()]).message).toMatch(/bound/);
  });
});

describe("a function of this library", () => {
  test("given to torch.compile works as it does alone", () => {
    const run = runDifferential(() => ({ fn: torch.sin, calls: [[ones()], [ones()]] }));
    expect(run.results).toHaveLength(2);
  });

  test("so does a compiled function", () => {
    const inner = torch.compile((x: Tensor) => x.add(1), { backend: "eager" });
    const run = runDifferential(() => ({ fn: inner, calls: [[ones()]] }));
    expect([run.frames, run.ops]).toEqual([1, 1]);
  });
});

describe("a function whose source is not available", () => {
  test("a Proxy runs through its handler", () => {
    const run = runDifferential(() => {
      const applied: string[] = [];
      const fn = new Proxy((x: Tensor) => x.add(1), {
        apply(target, receiver, args) {
          applied.push("apply");
          return Reflect.apply(target, receiver, args);
        },
      });
      return { fn, calls: [[ones()], [ones()]], watch: applied };
    });
    expect(run.frames).toBe(0);
    expect(run.breaks).toHaveLength(1);
  });

  test("one made by the Function constructor runs", () => {
    const make = () => new Function("x", "return x.add(1)") as (x: Tensor) => Tensor;
    const run = runDifferential(() => ({ fn: make(), calls: [[ones()]] }));
    expect(String(run.results[0])).toBe("tensor([2., 2., 2.])");
  });
});

describe("a generator function", () => {
  function* steps(x: Tensor) {
    yield x.add(1);
    yield x.add(2);
  }

  test("gives its generator", () => {
    const fn = torch.compile(steps, { backend: "eager" });
    expect([...fn(ones())].map(String)).toEqual(["tensor([2., 2., 2.])", "tensor([3., 3., 3.])"]);
  });

  testOfCompiledText("is refused by fullgraph where it yields, by name", () => {
    const fn = torch.compile(steps, { backend: "eager", fullgraph: true });
    expect(() => [...fn(ones())]).toThrow(/`steps` is a generator function/);
  });
});

describe("an async function", () => {
  async function later(x: Tensor) {
    await Promise.resolve();
    return x.add(1);
  }

  test("gives its promise", async () => {
    const fn = torch.compile(later, { backend: "eager" });
    expect(String(await fn(ones()))).toBe("tensor([2., 2., 2.])");
  });

  testOfCompiledText("is refused by fullgraph where it waits, by name", async () => {
    async function wait(x: Tensor, ready: Promise<void>) {
      await ready;
      return x.add(1);
    }
    const fn = torch.compile(wait, { backend: "eager", fullgraph: true });
    const call = async (): Promise<unknown> => fn(ones(), Promise.resolve());
    await expect(call()).rejects.toThrow(/`wait` is asynchronous/);
  });

  test("an async generator gives its generator", async () => {
    async function* stream(x: Tensor) {
      yield x.add(1);
    }
    const fn = torch.compile(stream, { backend: "eager" });
    const seen: string[] = [];
    for await (const value of fn(ones())) seen.push(String(value));
    expect(seen).toEqual(["tensor([2., 2., 2.])"]);
  });
});

describe("functions that call those", () => {
  test("a generator in a loop runs natively, and the rest is captured", () => {
    const run = runDifferential(() => {
      function* numbers() {
        yield 1;
        yield 2;
      }
      const fn = (x: Tensor) => {
        let sum = x.mul(2);
        for (const n of numbers()) sum = sum.add(n);
        return sum.sub(1);
      };
      return { fn, calls: [[ones()]] };
    });
    expect(String(run.results[0])).toBe("tensor([4., 4., 4.])");
    expect(run.frames).toBeGreaterThan(0);
  });

  test("a call of what is not callable is the engine's own error", () => {
    const run = runDifferential(() => {
      const o: { f?: () => void } = {};
      const fn = (x: Tensor) => {
        const y = x.add(1);
        (o.f as () => void)();
        return y;
      };
      return { fn, calls: [[ones()]] };
    });
    expect(run.outcomes).toMatchObject([
      { kind: "error", error: { name: "TypeError", message: "o.f is not a function" } },
    ]);
  });

  test("a class that is called without new is the engine's own error", () => {
    runDifferential(() => {
      class Model {}
      const fn = (x: Tensor) => {
        (Model as unknown as () => void)();
        return x.add(1);
      };
      return { fn, calls: [[ones()]] };
    });
  });

  test("endless recursion ends in the engine's own RangeError", () => {
    const run = runDifferential(() => {
      const down = (x: Tensor): Tensor => down(x.add(1));
      return { fn: down, calls: [[ones()]] };
    });
    expect(run.outcomes).toMatchObject([{ kind: "error", error: { name: "RangeError" } }]);
  });
});

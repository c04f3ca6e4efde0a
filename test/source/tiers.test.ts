import { afterEach, describe, expect, test } from "vitest";
import { locateFunction, registerFunctionSource } from "../../src/dynamo/source/locate-function.ts";
import type { Binding } from "../../src/dynamo/source/function-source.ts";
import { ScopeAccessError } from "../../src/dynamo/source/source-unavailable.ts";
import { forceSourceTier } from "../../src/dynamo/source/source-tier.ts";
import { testOfAccessors, testWithWrites } from "../capabilities.ts";

afterEach(() => forceSourceTier(null));

function bindingOf(fn: Function, name: string): Binding {
  const source = locateFunction(fn);
  if (source.kind === "unavailable") throw new Error(source.explanation);
  return source.binding(name);
}

interface Example {
  readonly fn: () => unknown;
  readonly name: string;
}

let changing = 1;
const fixed = { answer: 42 };

/** Made anew for each tier: what is known about a function object is kept. */
const examples: Record<string, () => Example> = {
  "a module variable that changes": () => ({ fn: () => changing, name: "changing" }),
  "a module constant": () => ({ fn: () => fixed, name: "fixed" }),
  "a parameter": () => ((parameter: number) => ({ fn: () => parameter, name: "parameter" }))(5),
  "a parameter that is assigned": () =>
    ((parameter: number) => {
      parameter++;
      return { fn: () => parameter, name: "parameter" };
    })(5),
  "a destructured parameter": () =>
    (({ a: { b } }: { a: { b: number } }) => ({ fn: () => b, name: "b" }))({ a: { b: 6 } }),
  "a caught error": () => {
    try {
      throw new Error("caught");
    } catch (error) {
      return { fn: () => error, name: "error" };
    }
  },
  "a variable of an outer block": () => {
    let block = 1;
    {
      block = 2;
      return { fn: () => block, name: "block" };
    }
  },
  "a global": () => ({ fn: () => Math, name: "Math" }),
  "a local class": () => {
    class Local {}
    return { fn: () => Local, name: "Local" };
  },
  "a function expression's own name": () => {
    const fn = function own(): unknown {
      return own;
    };
    return { fn, name: "own" };
  },
  "the arguments of an outer function": () =>
    (function (..._: number[]): Example {
      const same = arguments;
      return { fn: () => (arguments === same ? arguments : null), name: "arguments" };
    })(1, 2),
};

describe.each(["automatic", "R", "P"] as const)("tier %s", (tier) => {
  test.each(Object.keys(examples))("reads %s as the function itself does", (title) => {
    forceSourceTier(tier);
    const example = examples[title]?.();
    if (example === undefined) throw new Error(title);
    const binding = bindingOf(example.fn, example.name);
    expect(binding.unavailable).toBe(null);
    expect(binding.read()).toBe(example.fn());
  });
});

describe("tier R", () => {
  test("reads a variable anew each time and cannot write it", () => {
    forceSourceTier("R");
    const binding = bindingOf(() => changing, "changing");
    changing = 100;
    expect(binding).toMatchObject({ constant: false, write: null });
    expect(binding.read()).toBe(100);
  });

  test("refuses to guess the own name of an outer function expression", () => {
    forceSourceTier("R");
    const inner = (function outer(): () => unknown {
      return () => outer;
    })();
    const binding = bindingOf(inner, "outer");
    expect(binding.unavailable).not.toBe(null);
    expect(binding.read).toThrow(ScopeAccessError);
  });
});

describe("tier P", () => {
  testOfAccessors("sees the own name of an outer function expression", () => {
    const outer = new Function(
      "return function own() { return () => own }",
    )() as () => () => unknown;
    expect(bindingOf(outer(), "own").read()).toBe(outer);
  });

  testOfAccessors(
    "a constructor's own variable does not stand in for an outer one of the same name",
    () => {
      let state = 11;
      class Shadowing {
        constructor(state: number) {
          void state;
        }
        method(): number {
          return state++;
        }
      }
      expect(bindingOf(Shadowing, "state")).toMatchObject({ write: null, unavailable: null });
      expect(bindingOf(Shadowing, "state").read()).toBe(11);
      expect(bindingOf(Shadowing.prototype.method, "state").write).not.toBe(null);
    },
  );

  testWithWrites("writes what the function then reads", () => {
    let state = 1;
    const fn = (): number => ++state;
    bindingOf(fn, "state").write?.(41);
    expect(fn()).toBe(42);
    expect(bindingOf(fn, "state").read()).toBe(42);
  });

  testWithWrites(
    "two closures of one activation share the variable, closures of another do not",
    () => {
      const make = (): {
        get: () => number;
        alsoGet: () => number;
        set: (value: number) => void;
      } => {
        let state = 0;
        return { get: () => state, alsoGet: () => state + 0, set: (value) => void (state = value) };
      };
      const [first, second] = [make(), make()];
      bindingOf(first.get, "state").write?.(1);
      bindingOf(second.get, "state").write?.(2);
      bindingOf(first.alsoGet, "state").write?.(10);
      expect([first.get(), second.get(), bindingOf(second.alsoGet, "state").read()]).toEqual([
        10, 2, 2,
      ]);
    },
  );
});

describe("what cannot be located says why", () => {
  test.each([
    [
      "native",
      Math.sin,
      "The function sin is implemented by the JavaScript engine; it has no source text.",
    ],
    [
      "native",
      class Derived extends Array {}.of,
      "The function of is implemented by the JavaScript engine; it has no source text.",
    ],
    [
      "bound",
      function plain() {}.bind(null),
      "The function bound plain was made by Function.prototype.bind; compile the function it was made from.",
    ],
    [
      "proxy",
      new Proxy(() => 1, {}),
      "The function is a Proxy around a function; its behaviour is not in any source text.",
    ],
  ] as const)("%s", (reason, fn, explanation) => {
    expect(locateFunction(fn)).toEqual({ kind: "unavailable", reason, explanation });
  });
});

test("a registered source is what locating gives", () => {
  const fn = (): number => 1;
  const source = locateFunction(() => 2);
  if (source.kind === "unavailable") throw new Error(source.explanation);
  registerFunctionSource(fn, source);
  expect(locateFunction(fn)).toBe(source);
});

test("a function made from text has that text and no file", () => {
  const fn = new Function("a", "return a + later") as (a: number) => number;
  const source = locateFunction(fn);
  expect(source.kind).toBe("function");
  expect(
    source.kind !== "unavailable" && source.location?.positionAt(source.text.indexOf("return")),
  ).toMatchObject({ line: 3, column: 1, lineText: "return a + later" });
});

const kinds: readonly (readonly [string, Function])[] = [
  ["function", function () {}],
  ["arrow", () => 1],
  ["async", async () => 1],
  ["async", async function () {}],
  ["generator", function* (): Generator<void> {}],
  ["asyncGenerator", async function* (): AsyncGenerator<void> {}],
  ["method", { m() {} }.m],
  ["method", { async: 1, "quoted name"() {} }["quoted name"]],
  ["generator", { *g(): Generator<void> {} }.g],
  ["classConstructor", class {}],
  ["classConstructor", class Named extends Array {}],
];

test.each(kinds)("the kind %s is told from the text", (kind, fn) => {
  expect(locateFunction(fn).kind).toBe(kind);
});

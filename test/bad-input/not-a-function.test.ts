import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

/** What torch.compile says to what it cannot be given. */

const compileAny = torch.compile as unknown as (...args: readonly unknown[]) => unknown;

describe("what is no function is refused at once", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [5, "torch.compile needs a function, but got number 5"],
    ["sin", "torch.compile needs a function, but got string sin"],
    [null, "torch.compile needs a function, but got null"],
    [true, "torch.compile needs a function, but got boolean true"],
    [7n, "torch.compile needs a function, but got bigint 7"],
    [Symbol("s"), "torch.compile needs a function, but got symbol Symbol(s)"],
  ];
  test.each(cases)("%s", (value, message) => {
    expect(() => compileAny(value)).toThrow(new TypeError(message));
    expect(() => compileAny(value, { backend: "eager" })).toThrow(new TypeError(message));
  });

  test("an object given as the function of a call with options", () => {
    expect(() => compileAny(new Map(), { backend: "eager" })).toThrow(
      new TypeError("torch.compile needs a function, but got an object of Map"),
    );
  });

  test("undefined given as the function of a call with options", () => {
    expect(() => compileAny(undefined, { backend: "eager" })).toThrow(
      new TypeError("torch.compile needs a function, but got undefined"),
    );
  });

  test("an object without a prototype", () => {
    expect(() => compileAny(Object.create(null), { backend: "eager" })).toThrow(TypeError);
  });
});

describe("a class is refused, since it cannot be called", () => {
  test("with its name and what to do instead", () => {
    class Model {
      forward(x: torch.Tensor) {
        return x;
      }
    }
    expect(() => compileAny(Model)).toThrow(
      new TypeError(
        "torch.compile cannot compile the class Model: a constructor is not a function that can be called. Compile its methods, for example with the decorator @torch.compile().",
      ),
    );
  });

  test("also one without a name", () => {
    expect(() => compileAny(class {})).toThrow(/^torch\.compile cannot compile the class/);
  });
});

describe("options", () => {
  const fn = (x: torch.Tensor) => x.add(1);

  test("they are an object", () => {
    expect(() => compileAny(fn, 3)).toThrow(
      new TypeError("torch.compile takes its options as an object, but got number 3"),
    );
  });

  test.each(["fullgraph", "dynamic", "disable"])("%s is a boolean", (name) => {
    expect(() => compileAny(fn, { [name]: "yes" })).toThrow(
      new TypeError(`torch.compile: the option '${name}' must be a boolean, but got string yes`),
    );
  });

  test("an unknown one is refused by name", () => {
    expect(() => compileAny(fn, { fullGraph: true })).toThrow(
      /^torch\.compile got an unexpected option 'fullGraph'/,
    );
  });

  test("an unknown backend is refused with those that exist", () => {
    expect(() => compileAny(fn, { backend: "inductr" })).toThrow(torch._dynamo.exc.InvalidBackend);
    expect(() => compileAny(fn, { backend: "inductr" })).toThrow(/inductr/);
  });

  test("a backend that is neither a name nor a function is refused", () => {
    expect(() => compileAny(fn, { backend: 5 })).toThrow(torch._dynamo.exc.InvalidBackend);
  });

  test("a recompile limit that is no positive integer is refused", () => {
    expect(() => compileAny(fn, { recompile_limit: 0 })).toThrow(
      "recompile_limit must be a positive integer, but got 0",
    );
  });

  test("disable gives the function itself back", () => {
    expect(compileAny(fn, { disable: true })).toBe(fn);
  });
});

test("explain says so too", () => {
  const explainAny = torch._dynamo.explain as unknown as (fn: unknown) => unknown;
  expect(() => explainAny(5)).toThrow(
    new TypeError("torch._dynamo.explain needs a function, but got 5"),
  );
});

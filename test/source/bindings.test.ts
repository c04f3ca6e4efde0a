import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { locateFunction } from "../../src/dynamo/source/locate-function.ts";
import type { Binding, FunctionSource } from "../../src/dynamo/source/function-source.ts";
import * as fixtureModule from "./fixture-module.ts";
import { changingNumber, constantFunction } from "./fixture-module.ts";
import { testOfScripts, testOfTextCode } from "../capabilities.ts";

function sourceOf(fn: Function): FunctionSource {
  const source = locateFunction(fn);
  if (source.kind === "unavailable") throw new Error(source.explanation);
  return source;
}

function bindingOf(fn: Function, name: string): Binding {
  return sourceOf(fn).binding(name);
}

let moduleCounter = 1;
const moduleConstant = { answer: 42 };
function setModuleCounter(value: number): void {
  moduleCounter = value;
}

describe("which variable a name means", () => {
  test("the innermost declaration hides the ones around it", () => {
    const value = "outer";
    const inner = ((value: string) => {
      const result = (() => {
        const value = "block";
        return () => value;
      })();
      return [value, result] as const;
    })("parameter")[1];
    expect(bindingOf(inner, "value").read()).toBe("block");
    expect(bindingOf(inner, "value").constant).toBe(true);
    expect(value).toBe("outer");
  });

  test("each iteration of a loop has its own variable", () => {
    const made: (() => number)[] = [];
    for (const index of [10, 20]) made.push(() => index);
    expect(made.map((fn) => bindingOf(fn, "index").read())).toEqual([10, 20]);
  });

  test("a catch variable is an ordinary constant", () => {
    let made: () => unknown = () => 0;
    try {
      throw new RangeError("seven");
    } catch (error) {
      made = () => error;
    }
    expect(bindingOf(made, "error")).toMatchObject({ constant: true, scope: "closure" });
    expect(bindingOf(made, "error").read()).toEqual(new RangeError("seven"));
  });

  testOfTextCode(
    "a closure among the parameters sees the parameter, not a body variable of the same name",
    () => {
      const make = new Function("p", "q = () => p", "var p = 5; return q") as (
        p: number,
      ) => () => number;
      expect(bindingOf(make(1), "p").read()).toBe(1);
    },
  );

  test("a named function expression is the value of its own name", () => {
    const fn = function self(n: number): unknown {
      return n === 0 ? 0 : self(n - 1);
    };
    expect(bindingOf(fn, "self").constant).toBe(true);
    expect(bindingOf(fn, "self").read()).toBe(fn);
  });

  test("a class is a constant for its own methods", () => {
    class Thing {
      static make(): Thing {
        return new Thing();
      }
      own(): unknown {
        return [Thing, moduleConstant];
      }
    }
    expect(bindingOf(Thing.make, "Thing").read()).toBe(Thing);
    expect(bindingOf(Thing.prototype.own, "Thing").read()).toBe(Thing);
    expect(bindingOf(Thing.prototype.own, "moduleConstant").read()).toBe(moduleConstant);
  });

  testOfTextCode("global objects are global and unknown names are unresolved", () => {
    const fn = new Function("return typeof neverDeclaredAnywhere + Math.abs(1)");
    expect(bindingOf(fn, "Math")).toMatchObject({ scope: "global", constant: false });
    expect(bindingOf(fn, "Math").read()).toBe(Math);
    expect(bindingOf(fn, "neverDeclaredAnywhere").scope).toBe("unresolved");
    expect(() => bindingOf(fn, "neverDeclaredAnywhere").read()).toThrow(ReferenceError);
    expect(bindingOf(fn, "undefined").constant).toBe(true);
  });
});

describe("constant or not", () => {
  test("a variable that another function assigns is not constant and is read as it is now", () => {
    const fn = (): number => moduleCounter;
    setModuleCounter(5);
    const binding = bindingOf(fn, "moduleCounter");
    expect(binding.constant).toBe(false);
    expect(binding.read()).toBe(5);
    setModuleCounter(6);
    expect(binding.read()).toBe(6);
  });

  test("module namespaces are constant", () => {
    const fn = (): unknown => [fixtureModule, changingNumber, constantFunction];
    const text = sourceOf(fn).text;
    const name = /__vi\w+/.exec(text)?.[0] ?? "";
    expect(bindingOf(fn, name).constant).toBe(true);
  });

  testOfTextCode(
    "constantness needs a value: a hoisted var before its initialiser is not constant",
    () => {
      const make = new Function(
        "const f = () => v; probe(f); var v = 3; return f;".replace("probe(f);", ""),
      ) as () => () => number;
      expect(bindingOf(make(), "v").constant).toBe(true);
    },
  );
});

test("a closure in the body of a counting loop has a variable that never changes", () => {
  const made: (() => number)[] = [];
  for (let index = 0; index < 2; index++) made.push(() => index);
  expect(
    made.map((fn) => bindingOf(fn, "index")).map(({ constant, read }) => [constant, read()]),
  ).toEqual([
    [true, 0],
    [true, 1],
  ]);
});

testOfTextCode("a counting loop whose update makes closures has variables that change", () => {
  const make = new Function(
    "const made = []; for (let i = 0; i < 3; made.push(() => i), i++); return made;",
  );
  const [first] = make() as [() => number];
  expect(bindingOf(first, "i").constant).toBe(false);
  expect(bindingOf(first, "i").read()).toBe(first());
});

describe("scripts that are no modules", () => {
  testOfScripts("share their top-level variables, which any script may change", () => {
    const { read } = vm.runInThisContext(
      "let sharedLexical = 1; var sharedProperty = 2; ({ read: () => [sharedLexical, sharedProperty] })",
    ) as { read: () => readonly number[] };
    const lexical = bindingOf(read, "sharedLexical");
    const property = bindingOf(read, "sharedProperty");
    vm.runInThisContext("sharedLexical = 10");
    property.write?.(20);
    expect([lexical.scope, lexical.constant, property.scope]).toEqual(["global", false, "global"]);
    expect([lexical.read(), property.read()]).toEqual([10, 20]);
    expect(read()).toEqual([10, 20]);
  });

  testOfTextCode("of another realm are seen with that realm's globals", () => {
    const context = vm.createContext({ given: 5 });
    const fn = vm.runInContext(
      "let lexical = 1; var property = 2; (() => [lexical, property, given, Array])",
      context,
    ) as () => readonly unknown[];
    const read = (name: string): unknown => bindingOf(fn, name).read();
    expect(["lexical", "property", "given", "Array"].map(read)).toEqual(fn());
    expect(read("Array")).not.toBe(Array);
    expect(bindingOf(fn, "missing").scope).toBe("unresolved");
  });

  testOfTextCode("of another realm that are getters run only when they are read", () => {
    const context = vm.createContext({ calls: 0 });
    const fn = vm.runInContext(
      "Object.defineProperty(globalThis, 'counted', { get: () => ++calls }); (() => counted)",
      context,
    ) as () => number;
    const binding = bindingOf(fn, "counted");
    expect([binding.scope, binding.isAccessor, context["calls"]]).toEqual(["global", true, 0]);
    expect([binding.read(), context["calls"]]).toEqual([1, 1]);
  });
});

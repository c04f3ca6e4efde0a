/** Every difference that running test262 through `compile` has found, in small. */
import { spawnSync } from "node:child_process";
import { runInThisContext } from "node:vm";
import { beforeEach, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { testOfScripts, testOfTextCode } from "../capabilities.ts";
import { runDifferential } from "../differential.ts";

// Without tensors the engine would run these programs by itself.
const configure = (): void => {
  torch._dynamo.config.debug_force_residual_code = true;
};

beforeEach(() => () => torch._dynamo.config.reset());

/** Runs plain and compiled, and gives what the program returned. */
function resultOf(fn: () => unknown): unknown {
  const { results } = runDifferential(() => ({ fn, calls: [[]] }), { configure });
  return results[0];
}

test("a class made by the function writes the function's variables through its setters", () => {
  expect(
    resultOf(() => {
      let stored = "nothing";
      const C = class {
        get 0(): string {
          return "got";
        }
        set 0(value: string) {
          stored = value;
        }
      };
      const read = C.prototype[0];
      C.prototype[0] = "set";
      return [read, stored];
    }),
  ).toEqual(["got", "set"]);
});

test("a method of a class made by the function counts in the function's variable", () => {
  expect(
    resultOf(() => {
      let calls = 0;
      class C {
        #count(): void {
          calls += 1;
        }
        static of(it: C): number {
          it.#count();
          return calls;
        }
      }
      const first = C.of(new C());
      return [first, C.of(new C()), calls];
    }),
  ).toEqual([1, 2, 2]);
});

test("a function declaration that calls itself can be handed to the engine", () => {
  expect(
    resultOf(() => {
      function factorial(n: number): number {
        return n < 2 ? 1 : n * factorial(n - 1);
      }
      return [3, 1, 4].toSorted((a, b) => factorial(a) - factorial(b)).concat(factorial(5));
    }),
  ).toEqual([1, 3, 4, 120]);
});

test("strictness is that of each function, not of the outermost one", () => {
  // `new Function` makes sloppy code.
  const sloppy = new Function(`
    const strict = function () { "use strict"; return typeof this; };
    const loose = function () { return typeof this; };
    class C { static kind() { const { kind } = C; return typeof this + typeof kind; } }
    return [strict(), loose(), [1].map(strict)[0], [1].map(loose)[0], C.kind()];
  `) as () => unknown; // what the text returns
  expect(resultOf(sloppy)).toEqual([
    "undefined",
    "object",
    "undefined",
    "object",
    "functionfunction",
  ]);
});

test("indirect eval is a variable like others", () => {
  // oxlint-disable-next-line no-eval -- what is tested
  expect(resultOf(() => (0, eval)("1 + 1"))).toBe(2);
});

test("a getter of the global object runs once for each time the program reads it", () => {
  let reads = 0;
  Object.defineProperty(globalThis, "countedGlobal", {
    configurable: true,
    get: () => {
      reads += 1;
      return reads;
    },
  });
  const fn = new Function("return countedGlobal") as () => unknown; // what the text returns
  const compiled = torch._dynamo.config.patch({ debug_force_residual_code: true }, () =>
    torch.compile(fn)(),
  );
  Reflect.deleteProperty(globalThis, "countedGlobal");
  expect([compiled, reads]).toEqual([1, 1]);
});

test("what a program does to the engine's iterators holds for the rest of it", () => {
  expect(
    resultOf(() => {
      const prototype: object = Array.prototype;
      const values = Reflect.getOwnPropertyDescriptor(prototype, Symbol.iterator);
      delete (prototype as { [Symbol.iterator]?: unknown })[Symbol.iterator];
      let caught = "nothing";
      try {
        const [first] = [1, 2];
        caught = String(first);
      } catch (error) {
        caught = error instanceof TypeError ? "TypeError" : "another error";
      }
      Reflect.defineProperty(prototype, Symbol.iterator, values ?? {});
      const [first] = [3];
      return [caught, first];
    }),
  ).toEqual(["TypeError", 3]);
});

test("an accessor property is read by its quoted name inside a class", () => {
  expect(
    resultOf(() => {
      class C {
        static "a-b" = 1;
        static get ["c d"](): number {
          return C["a-b"] + 1;
        }
      }
      return Object.keys({ ...C, x: C["c d"] });
    }),
  ).toEqual(["a-b", "x"]);
});

test("nested generators and async functions inherit from their own prototypes", () => {
  expect(
    resultOf(() => {
      const generator = function* (): Generator {};
      const later = async (): Promise<void> => {};
      return [generator.constructor.name, later.constructor.name, later instanceof Function];
    }),
  ).toEqual(["GeneratorFunction", "AsyncFunction", true]);
});

test("an arguments object has what it has of its own", () => {
  expect(
    resultOf(() => {
      function own(..._: unknown[]): unknown {
        // oxlint-disable-next-line prefer-rest-params -- what is tested
        const given = arguments;
        return [Object.hasOwn(given, "callee"), "callee" in given, Object.hasOwn(given, 0)];
      }
      return own(1);
    }),
  ).toEqual([true, true, true]);
});

test("methods under symbols are named after them", () => {
  expect(
    resultOf(() => {
      const named = Symbol("named");
      const plain = Symbol();
      const object = {
        *[named]() {},
        get [plain]() {
          return 1;
        },
        async [plain.toString()]() {},
      };
      const getter = Object.getOwnPropertyDescriptor(object, plain)?.get;
      return [object[named].name, getter?.name];
    }),
  ).toEqual(["[named]", "get "]);
});

test("a class keeps its static method called name, whatever it is assigned to", () => {
  expect(
    resultOf(() => {
      let kept: unknown = null;
      const keep = (): void => {
        kept = class {
          static name(): string {
            return "mine";
          }
        };
      };
      [1].forEach(keep);
      return typeof Reflect.get(Object(kept), "name");
    }),
  ).toBe("function");
});

test("a variable in parentheses names no function assigned to it", () => {
  const fn = new Function("let f; (f) = function () {}; return f.name") as () => unknown; // what the text returns
  expect(resultOf(fn)).toBe("");
});

/** Runs with a property of a built-in replaced, and puts it back. */
function withPatch(holder: object, key: PropertyKey, value: unknown, run: () => unknown): unknown {
  const before = Object.getOwnPropertyDescriptor(holder, key);
  Object.defineProperty(holder, key, { value, writable: true, configurable: true });
  try {
    return run();
  } finally {
    if (before === undefined) Reflect.deleteProperty(holder, key);
    else Object.defineProperty(holder, key, before);
  }
}

test("what relies on a patched built-in breaks the graph, and the rest is captured", () => {
  const always = (): number => 7;
  const result = withPatch(Math, "hypot", always, () =>
    runDifferential(() => ({
      fn: (x: torch.Tensor) => {
        const y = x.add(1);
        const found = Math.hypot(3, 4);
        return [y.mul(found), [1, 2].indexOf(2)];
      },
      calls: [[torch.ones(2)]],
    })),
  );
  expect(result).toMatchObject({
    frames: 2,
    ops: 2,
    breaks: [{ reason: { key: "patchedBuiltin" }, skipsFrame: false }],
  });
});

test("a method that a program adds to a built-in is in nobody's way", () => {
  const last = function (this: readonly unknown[]) {
    return this[this.length - 1];
  };
  const result = withPatch(Array.prototype, "last", last, () =>
    runDifferential(() => ({
      fn: (x: torch.Tensor) => {
        const rest = [x.mul(2)];
        return [x.add(1), ...rest].map((y) => y.sum());
      },
      calls: [[torch.ones(2)], [torch.ones(2)]],
    })),
  );
  expect(result).toMatchObject({ frames: 1, ops: 4, breaks: [] });
});

test("iteration that the program replaced is the program's, also in what is compiled later", () => {
  expect(
    resultOf(() => {
      const { prototype } = Array;
      const before = prototype[Symbol.iterator];
      prototype[Symbol.iterator] = function* (): Generator<unknown, undefined> {
        for (let i = this.length - 1; i >= 0; i--) yield this[i];
        return undefined;
      };
      const seen: unknown[] = [];
      for (const x of [1, 2, 3]) seen[seen.length] = x;
      const [first, ...rest] = [4, 5, 6];
      prototype[Symbol.iterator] = before;
      return [seen, first, rest];
    }),
  ).toEqual([[3, 2, 1], 6, [5, 4]]);
});

test("a method of a built-in that the program deletes is gone, also for a comparison", () => {
  expect(
    resultOf(() => {
      const { stringify } = JSON;
      const deleted = Reflect.deleteProperty(JSON, "stringify");
      const seen = [deleted, JSON.stringify === undefined, typeof JSON.stringify];
      JSON.stringify = stringify;
      return seen;
    }),
  ).toEqual([true, true, "undefined"]);
});

test.each([
  ["a native function", structuredClone],
  ["an object of the engine", new Date(0)],
  ["a Proxy", new Proxy({}, {})],
])("%s that is only compared is not taken for a primitive later", (_, value) => {
  const { results } = runDifferential(
    () => ({
      fn: (given: unknown) => [given === undefined, given === 5, given == null],
      calls: [[value], [undefined], [value], [5], [null]],
    }),
    { configure },
  );
  expect(results).toEqual([
    [false, false, false],
    [true, false, true],
    [false, false, false],
    [false, true, false],
    [false, false, true],
  ]);
});

testOfTextCode(
  "a getter of the global object runs where the program reads the variable, and is named as what it is",
  () => {
    const typeOfGetter = new Function(`
    let calls = 0;
    Object.defineProperty(globalThis, "countsReads", { configurable: true, get: () => ++calls });
    const seen = [typeof countsReads, calls, countsReads, calls];
    delete globalThis.countsReads;
    return seen;
  `) as () => unknown; // what the text returns
    const explanations: string[] = [];
    const stop = torch._dynamo.onGraphBreak(({ reason }) => explanations.push(reason.explanation));
    try {
      expect(resultOf(typeOfGetter)).toEqual(["number", 1, 2, 2]);
    } finally {
      stop();
    }
    expect(explanations).toContain(
      "Using property 'countsReads' of the global object cannot be traced: a getter or setter may run any code, which cannot be looked into.",
    );
  },
);

test("a setter of the global object runs where the program assigns the variable", () => {
  const log: unknown[] = [];
  const set = (value: unknown): unknown => log.push(value);
  Object.defineProperty(globalThis, "logsWrites", { configurable: true, set });
  const assign = new Function(
    "log",
    '"use strict"; logsWrites = 1; const after = log.length; logsWrites = 2; return [after, log.length]',
  ) as (log: readonly unknown[]) => unknown; // what the text returns
  try {
    torch._dynamo.config.debug_force_residual_code = true;
    expect(torch.compile(assign, { backend: "eager" })(log)).toEqual([1, 2]);
    expect(log).toEqual([1, 2]);
  } finally {
    Reflect.deleteProperty(globalThis, "logsWrites");
  }
});

testOfTextCode.each([
  [
    "makes a variable that does not exist",
    "log.push(typeof made); made = 5; made += 1; return [made, globalThis.made]",
  ],
  [
    "makes a variable in a closure, and strict code in it does not",
    "const loose = () => { made = 3 }; const strict = () => { 'use strict'; delete globalThis.made; made = 4 }; loose(); log.push(made); try { strict() } catch (error) { log.push(error.name) } return typeof made",
  ],
  [
    "makes a variable in what the engine calls",
    "[1, 2].toSorted((a, b) => { made = a + b; readOnly = a; return 0 }); return [made, readOnly]",
  ],
  [
    "makes a variable as the target of a loop and of a pattern",
    "for (made in { a: 1, b: 2 }) log.push(made); [made, readOnly] = [7, 8]; return [made, readOnly]",
  ],
  ["leaves a read-only variable as it is", "readOnly = 2; log.push(readOnly); return readOnly"],
])("an assignment of sloppy code %s", (_, text) => {
  expect(logAndResult(text, { isCompiled: true })).toEqual(
    logAndResult(text, { isCompiled: false }),
  );
});

const checkFailingAssignment = (assignment: string): void => {
  const text = `"use strict"; try { ${assignment}; log.push("done") } catch (error) { log.push(error.name) } return typeof made + readOnly`;
  expect(logAndResult(text, { isCompiled: true })).toEqual(
    logAndResult(text, { isCompiled: false }),
  );
};
testOfTextCode.each([
  ["of a read-only global is caught by the program", "readOnly = 2"],
  ["of a variable that does not exist is caught by the program", "made = 2"],
])("the failing assignment %s", (_, assignment) => checkFailingAssignment(assignment));

testOfScripts("the failing assignment of a constant of all scripts is caught by the program", () =>
  checkFailingAssignment("constantOfScripts = 2"),
);

runInThisContext("const constantOfScripts = 1");

/** What the text returns or throws, and logs on the way; with a read-only global, and without one that it may make. */
function logAndResult(text: string, { isCompiled }: { readonly isCompiled: boolean }): unknown {
  const log: unknown[] = [];
  const plain = new Function("log", text) as (log: readonly unknown[]) => unknown; // the text's own affair
  Object.defineProperty(globalThis, "readOnly", { configurable: true, value: 1 });
  configure();
  try {
    return [log, (isCompiled ? torch.compile(plain, { backend: "eager" }) : plain)(log)];
  } catch (error) {
    return [log, String(error)];
  } finally {
    Reflect.deleteProperty(globalThis, "readOnly");
    Reflect.deleteProperty(globalThis, "made");
  }
}

test("a global that becomes read-only between two calls is not written by the second", () => {
  const assign = new Function(
    '"use strict"; try { counted = 5 } catch { return "refused" } return counted',
  ) as () => unknown; // as it says
  try {
    configure();
    const compiled = torch.compile(assign, { backend: "eager" });
    Object.defineProperty(globalThis, "counted", { configurable: true, writable: true, value: 1 });
    const first = compiled();
    Object.defineProperty(globalThis, "counted", { writable: false, value: 1 });
    expect([first, compiled()]).toEqual([5, "refused"]);
  } finally {
    Reflect.deleteProperty(globalThis, "counted");
  }
});

testOfTextCode(
  "a setter for an array index that cannot be deleted again leaves the whole function to the engine",
  () => {
    // In a process of its own: the patch stays.
    const program = `
    import * as torch from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)};
    torch._dynamo.config.debug_force_residual_code = true;
    const breaks = [];
    torch._dynamo.onGraphBreak(({ reason, skipsFrame }) => breaks.push([reason.key, skipsFrame]));
    const fn = torch.compile((object) => {
      let seen;
      let last;
      for (last in object);
      Object.defineProperty(Array.prototype, "1", { set(given) { seen = given; } });
      for ([last][1] in object);
      return [seen, last];
    }, { backend: "eager" });
    const [seen, last] = fn({ key: 1 });
    const [[key, skipsFrame]] = breaks.slice(-1);
    process.stdout.write(\`\${seen} \${last} \${key} \${skipsFrame}\`);
  `;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "--eval", program],
      { encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(stdout).toBe("key key patchedBuiltin true");
  },
  120_000,
);

import { Console } from "node:console";
import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { GraphBreakRecord } from "../../../src/dynamo/graph-breaks/graph-break-record.ts";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { caseSummary } from "./case-summary.ts";
import { explainCall } from "./explain-call.ts";
import { testOfCompiledText } from "../../capabilities.ts";

/** Group A of the behavioural checklist: breaks at calls that cannot be captured. */

const gb = torch._dynamo.graph_break;

describe("A3: a wrong call of an operator", () => {
  function fn(x: torch.Tensor) {
    // @ts-expect-error `sin` takes one tensor: the call is wrong on purpose.
    const y = torch.sin(x, x);
    return y;
  }

  test("A3: breaks as a user error, and the caller gets the eager TypeError", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toEqual({
      frames: 0,
      ops: 0,
      breaks: ["GB0112 TypeError when making fake tensor call at `const y = torch.sin(x, x);`"],
    });
    expect(result.breaks[0]?.reason.context).toContain(
      "sin() takes 1 positional argument but 2 were given",
    );
    expect(result.breaks[0]?.reason.hints.join("\n")).toContain("The program itself");
    expect(result.outcomes).toMatchObject([{ kind: "error", error: { name: "TypeError" } }]);
  });

  test("A3: with fullgraph the caller gets it too, behind what the program did before", () => {
    const log: string[] = [];
    const wrong = (x: torch.Tensor): torch.Tensor => {
      log.push("before");
      return fn(x.add(1));
    };
    const compiled = torch.compile(wrong, { fullgraph: true });
    for (let call = 1; call < 3; call++) {
      expect(() => compiled(torch.ones(3))).toThrow(
        new TypeError("sin() takes 1 positional argument but 2 were given"),
      );
      expect(log.length).toBe(call);
    }
  });

  test("A3: with fullgraph a program that goes on behind it is Unsupported", () => {
    const compiled = torch.compile(
      (x: torch.Tensor) => {
        try {
          return fn(x);
        } catch {
          return x.add(1);
        }
      },
      { fullgraph: true },
    );
    expect(() => compiled(torch.ones(3))).toThrow(torch._dynamo.exc.Unsupported);
  });
});

test("A4: what console.log prints appears once, between two graphs", () => {
  const fn = (x: torch.Tensor) => {
    x = x.add(1);
    console.log("log!");
    return torch.sin(x);
  };
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(result.output).toEqual(["log: log!"]);
  expect(caseSummary(result)).toEqual({
    frames: 2,
    ops: 2,
    breaks: ['GB0059 Failed to trace builtin operator at `console.log("log!");`'],
  });
});

test("A5: the message given to graph_break is in the explanation", () => {
  const fn = (x: torch.Tensor) => {
    const y = x.add(1);
    gb({ msg: "why" });
    return y.mul(2);
  };
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(caseSummary(result)).toEqual({
    frames: 2,
    ops: 2,
    breaks: ["GB0025 Call to 'torch._dynamo.graph_break()' at `gb({ msg: \"why\" });`"],
  });
  expect(result.breaks[0]?.reason.explanation).toBe("User-inserted graph break. Message: why");
});

describe("A6: a function given to torch.compiler.disable", () => {
  test("A6: the break shows the reason", () => {
    const held = torch.compiler.disable((x: torch.Tensor) => x.mul(2), { reason: "still wrong" });
    const fn = (x: torch.Tensor) => held(x.add(1)).sub(1);
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toEqual({
      frames: 2,
      ops: 2,
      breaks: [
        "GB0098 Skip calling 'torch.compiler.disable()'d function at `const fn = (x: torch.Tensor) => held(x.add(1)).sub(1);`",
      ],
    });
    expect(result.breaks[0]?.reason.explanation).toContain("still wrong");
  });

  // In JavaScript a plain call cannot be intercepted: "callees compile again" means callees that are compiled handles.
  test("A6: with `recursive: false` a compiled function below it is still compiled", () => {
    const program = () => {
      const counter = new torch._dynamo.testing.CompileCounter();
      const inner = torch.compile((x: torch.Tensor) => x.mul(3), { backend: counter });
      const held = torch.compiler.disable((x: torch.Tensor) => inner(x.mul(2)), {
        recursive: false,
      });
      const fn = (x: torch.Tensor) => held(x.add(1)).sub(1);
      return { counter, fn };
    };
    const result = runDifferential(() => ({ fn: program().fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toMatchObject({ frames: 2, ops: 2 });
    const { counter, fn } = program();
    torch.compile(fn)(torch.ones(3));
    expect(counter.frame_count).toBe(1);
  });

  test("A6: by default a compiled function below it runs eagerly", () => {
    const counter = new torch._dynamo.testing.CompileCounter();
    const inner = torch.compile((x: torch.Tensor) => x.mul(3), { backend: counter });
    const held = torch.compiler.disable((x: torch.Tensor) => inner(x.mul(2)));
    torch.compile((x: torch.Tensor) => held(x.add(1)).sub(1))(torch.ones(3));
    expect(counter.frame_count).toBe(0);
  });
});

test("A7: console.warn prints once, where it would without compiling", () => {
  const fn = (x: torch.Tensor) => {
    const y = x.add(1);
    console.warn("careful");
    console.log("then this");
    return y.mul(2);
  };
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(result.output).toEqual(["warn: careful", "log: then this"]);
  expect(caseSummary(result)).toMatchObject({ frames: 2, ops: 2 });
});

describe("A8: a method of an object that logs", () => {
  const lines: string[] = [];
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = new Console({ stdout });

  test("A8: it is called for real, once, between two graphs", () => {
    lines.length = 0;
    const fn = (x: torch.Tensor) => {
      const y = x.add(1);
      logger.info("half way");
      return y.mul(2);
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(lines).toEqual(["half way\n", "half way\n"]); // eager, then compiled
    expect(caseSummary(result)).toMatchObject({ frames: 2, ops: 2 });
  });

  test("A8: the break says that it is a logger's method, and what to add to the sets", () => {
    const fn = (x: torch.Tensor) => {
      const y = x.add(1);
      logger.info("half way");
      return y.mul(2);
    };
    const records: GraphBreakRecord[] = [];
    const stop = torch._dynamo.onGraphBreak((record) => records.push(record));
    torch.compile(fn)(torch.ones(3));
    stop();
    expect(records.map(({ reason }) => [reason.id, reason.title, reason.hints[0]])).toEqual([
      [
        "GB0291",
        "Logger method not supported",
        "Add it to the set: `torch._dynamo.config.reorderable_logging_functions.add(logger.info)`. " +
          "It is then called after the graph, with what it would have printed.",
      ],
    ]);
  });
});

describe("A9: native functions", () => {
  test("A9: the value of a clock is used after the break", () => {
    const fn = (x: torch.Tensor) => {
      const now = Date.now();
      return x.add(now > 0 ? 1 : 2);
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toMatchObject({ frames: 1, ops: 1 });
    expect(caseSummary(result).breaks.at(-1)).toBe(
      "GB0007 Attempted to call function marked as skipped at `const now = Date.now();`",
    );
  });

  test("A9: a native function found on a native class costs one break, not two", () => {
    const fn = (x: torch.Tensor) => {
      const now = Date.now();
      return x.add(now > 0 ? 1 : 2);
    };
    expect(explainCall(fn, [torch.ones(3)]).breaks).toEqual([
      "Attempted to call function marked as skipped",
    ]);
  });

  test("A9: the object that a native constructor gives is used after the break", () => {
    const fn = (x: torch.Tensor) => {
      const url = new URL("https://example.org/3");
      return x.add(Number(url.pathname.slice(1)));
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(result.ops).toBe(1);
    expect(result.frames).toBe(1);
  });

  test("A9: an unknown native function is called for real with the values of the program", () => {
    const fn = (x: torch.Tensor) => {
      const y = x.add(1);
      const text = encodeURIComponent("a b");
      return [y.mul(2), text];
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(result.results).toMatchObject([[{ shape: [3] }, "a%20b"]]);
    expect(result.frames).toBeLessThanOrEqual(2);
  });

  test("A9: a native function that throws throws in its place", () => {
    const fn = (x: torch.Tensor, seen: unknown[]) => {
      const y = x.add(1);
      try {
        structuredClone(() => y);
      } catch (error) {
        seen.push(error instanceof Error);
        return y.mul(2);
      }
      return y;
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3), []]] }));
    expect(caseSummary(result)).toMatchObject({ frames: 2, ops: 2 });
  });
});

testOfCompiledText(
  "A26: a class in the function is made for real, and the function goes on with it",
  () => {
    const fn = (x: torch.Tensor) => {
      class Twice {
        static of(t: torch.Tensor) {
          return t.mul(2);
        }
      }
      return Twice.of(x.add(1));
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    // A method of such a class may reach variables of the function that made it: it is called, not looked into.
    expect(result.breaks.map(({ reason }) => reason.id)).toEqual(["GB0075", "GBJ005"]);
    expect(result.frames).toBe(1);
    expect(explainCall(fn, [torch.ones(3)]).graphs).toEqual([["add"]]);
  },
);

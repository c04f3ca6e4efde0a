import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { captureConsole } from "../../differential/capture-console.ts";
import { runDifferential, type DifferentialOptions } from "../../differential.ts";

/** Group I of the behavioural checklist: logging functions that may be moved behind the graph, or left out. */

const { config } = torch._dynamo;
type Tensor = torch.Tensor;

afterEach(() => {
  config.reset();
});

const ones = (): Tensor => torch.ones(3);
const onesText = (value: number): string => `tensor([${value}., ${value}., ${value}.])`;

const reorder = (...functions: readonly Function[]): DifferentialOptions => ({
  configure: () => {
    config.reset();
    for (const fn of functions) config.reorderable_logging_functions.add(fn);
  },
});

const titles = (run: { readonly breaks: readonly { reason: { title: string } }[] }): string[] =>
  run.breaks.map(({ reason }) => reason.title);

test("I120: two prints leave one graph and appear in order", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      x = x.add(1);
      console.log("first", x);
      x = x.mul(2);
      console.log("second", x);
      return x.sub(1);
    };
    return { fn, calls: [[ones()]] };
  }, reorder(console.log));
  expect(run.breaks).toEqual([]);
  expect([run.frames, run.ops]).toEqual([1, 3]);
  expect(run.output).toEqual([`log: first ${onesText(2)}`, `log: second ${onesText(4)}`]);
});

test("I121: a tensor inside a template string is printed from what the graph gave", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      const y = x.add(1);
      console.log(`y = ${y}, ${y.shape[0]} elements`);
      return y.mul(2);
    };
    return { fn, calls: [[ones()]] };
  }, reorder(console.log));
  expect([run.frames, run.ops]).toEqual([1, 2]);
  expect(run.breaks).toEqual([]);
  expect(run.output).toEqual([`log: y = ${onesText(2)}, 3 elements`]);
});

test("I122↑: arrays, shapes and plain objects are printed in order, from one graph", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      const y = x.add(1);
      console.log("before");
      console.log(x.shape, [y, [1, "a"]], { y, size: x.shape[0] });
      console.log(new Map([["k", y]]), new Set([1, 2]));
      console.log("after");
      return y.mul(2);
    };
    return { fn, calls: [[ones()]] };
  }, reorder(console.log));
  expect([run.frames, run.ops]).toEqual([1, 2]);
  expect(run.breaks).toEqual([]);
  expect(run.output).toHaveLength(4);
});

test("I122↑: sizes that vary are printed without another graph for each", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      console.log(x.shape, `${x.shape[0]} rows`, x.shape[0]);
      return x.add(1);
    };
    return { fn, calls: [3, 4, 5, 6].map((size) => [torch.ones(size)]) };
  }, reorder(console.log));
  expect(run.framesAfter).toEqual([1, 2, 2, 2]);
  expect(run.breaks).toEqual([]);
});

test("texts and numbers that are only printed do not compile again when they change", () => {
  const run = runDifferential(
    () => ({
      fn: (x: Tensor, text: string, step: number) => {
        console.log(text, step);
        return x.add(1);
      },
      calls: ["a", "b", "c"].map((text, step) => [ones(), text, step]),
    }),
    reorder(console.log),
  );
  expect(run.framesAfter).toEqual([1, 1, 1]);
});

test("an array shows what it held when it was printed", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      const list: unknown[] = [1];
      const state = { list, step: 0 };
      console.log(list, state);
      list.push(x.add(1));
      state.step = 1;
      console.log(list, state);
      return x.mul(2);
    };
    return { fn, calls: [[ones()]] };
  }, reorder(console.log));
  expect([run.frames, run.breaks.length]).toEqual([1, 0]);
});

test("an object from outside shows what the region wrote to it before, and not what it writes later", () => {
  const run = runDifferential(() => {
    const state: { step: number } = { step: 0 };
    const fn = (x: Tensor) => {
      state.step += 1;
      console.log(state);
      state.step += 1;
      return x.mul(2);
    };
    return { fn, calls: [[ones()]], watch: state };
  }, reorder(console.log));
  expect(run.breaks).toEqual([]);
  expect(run.output).toEqual(["log: { step: 1 }"]);
});

test("an object from outside that holds what the region made breaks the graph", () => {
  const run = runDifferential(() => {
    const state: { list: number[] } = { list: [] };
    const fn = (x: Tensor) => {
      const list = [1];
      state.list = list;
      console.log(state);
      list.push(2);
      return x.mul(2);
    };
    return { fn, calls: [[ones()]], watch: state };
  }, reorder(console.log));
  expect(run.breaks).toMatchObject([{ reason: { id: "GB0296" } }]);
});

describe("a tensor that changes after it was printed", () => {
  test("is printed as it was, here where PyTorch prints what it is in the end", () => {
    const run = runDifferential(() => {
      const fn = (x: Tensor) => {
        const y = x.add(1);
        console.log(y, `text ${y}`, [y]);
        y.mul_(10);
        console.log(y);
        return y;
      };
      return { fn, calls: [[ones()]] };
    }, reorder(console.log));
    expect(run.breaks).toEqual([]);
    expect([run.frames, run.ops]).toEqual([1, 3]); // with the copy of what is printed
    expect(run.output[1]).toBe(`log: ${onesText(20)}`);
  });

  test("through a view, or another argument that may be a view of it", () => {
    const run = runDifferential(() => {
      const base = torch.zeros(4);
      const fn = (x: Tensor, y: Tensor) => {
        const view = x.view(2, 2);
        console.log(view, y);
        x.add_(1);
        return view.mul(2);
      };
      return { fn, calls: [[base, base.view(4)]], watch: base };
    }, reorder(console.log));
    expect(run.output[0]).toContain("0., 0.");
  });

  test("inside an object from outside breaks the graph before it changes", () => {
    const run = runDifferential(() => {
      const y = ones();
      const list = [y];
      const fn = (x: Tensor) => {
        const z = x.add(1);
        console.log(list);
        y.add_(z);
        return z;
      };
      return { fn, calls: [[ones()]], watch: y };
    }, reorder(console.log));
    expect(run.breaks).toHaveLength(1);
  });
});

test("I122↑: what cannot wait breaks the graph, and the message says which argument it is", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      const y = x.add(1);
      console.log("fn", () => y);
      return y.mul(2);
    };
    return { fn, calls: [[ones()]] };
  }, reorder(console.log));
  expect(run.breaks).toMatchObject([{ reason: { id: "GB0296" } }]);
  expect(run.breaks[0]?.reason.explanation).toContain("argument 2");
});

describe("functions that log", () => {
  test("every method of console, taken out of it or not", () => {
    const run = runDifferential(
      () => {
        const { warn } = console;
        const fn = (x: Tensor) => {
          const y = x.add(1);
          console.error("error", y);
          warn("warn", [y]);
          console.info("info");
          return y.mul(2);
        };
        return { fn, calls: [[ones()]] };
      },
      reorder(console.error, console.warn, console.info),
    );
    expect([run.frames, run.breaks.length]).toEqual([1, 0]);
  });

  test("process.stdout.write", () => {
    const written: string[] = [];
    const { write } = process.stdout;
    const record = (text: string): boolean => {
      written.push(text);
      return true;
    };
    process.stdout.write = record;
    try {
      config.reorderable_logging_functions.add(process.stdout.write);
      const counter = new torch._dynamo.testing.CompileCounter();
      const fn = torch.compile(
        (x: Tensor) => {
          const y = x.add(1);
          process.stdout.write(`y = ${y}\n`);
          return y.mul(2);
        },
        { backend: counter },
      );
      fn(ones());
      expect(counter.frame_count).toBe(1);
    } finally {
      process.stdout.write = write;
    }
    expect(written).toEqual([`y = ${onesText(2)}\n`]);
  });

  test("a bound method, by itself or through the method", () => {
    const run = runDifferential(() => {
      const lines: string[] = [];
      class Sink {
        readonly prefix = "> ";
        info(...parts: readonly unknown[]): void {
          lines.push(this.prefix + parts.map(String).join(" "));
        }
      }
      const sink = new Sink();
      const bound = sink.info.bind(sink);
      config.reorderable_logging_functions.add(bound);
      config.reorderable_logging_functions.add(Sink.prototype.info);
      const fn = (x: Tensor) => {
        const y = x.add(1);
        bound("bound", y);
        sink.info("method", y);
        return y.mul(2);
      };
      return { fn, calls: [[ones()]], watch: lines };
    });
    expect([run.frames, run.ops, run.breaks.length]).toEqual([1, 2, 0]);
  });
});

test("I123: prints around a break come before and after it", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      const y = x.add(1);
      console.log("one", y);
      torch._dynamo.graph_break();
      console.log("two");
      return y.mul(2);
    };
    return { fn, calls: [[ones()]] };
  }, reorder(console.log));
  expect([run.frames, run.ops]).toEqual([2, 2]);
  expect(titles(run)).toHaveLength(1);
  expect(run.output).toEqual([`log: one ${onesText(2)}`, "log: two"]);
});

test("I125: prints in a loop leave one graph", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      for (let step = 0; step < 3; step++) {
        x = x.add(1);
        console.log("step", step, x);
      }
      return x;
    };
    return { fn, calls: [[ones()]] };
  }, reorder(console.log));
  expect([run.frames, run.ops]).toEqual([1, 3]);
  expect(run.output).toEqual([0, 1, 2].map((step) => `log: step ${step} ${onesText(step + 2)}`));
});

function report(text: string): void {
  torch._dynamo.graph_break();
  console.log(`report: ${text}`);
}

test("I126: a function of the program may be reordered though it would break the graph", () => {
  const run = runDifferential(() => {
    const fn = (x: Tensor) => {
      x = x.add(1);
      report("one");
      console.log("two");
      return x.mul(2);
    };
    return { fn, calls: [[ones()]] };
  }, reorder(report));
  // The one break is that of console.log, which is not registered here.
  expect(run.breaks).toHaveLength(1);
  expect([run.frames, run.ops]).toEqual([2, 2]);
  expect(run.output).toEqual(["log: report: one", "log: two"]);
});

test("I127↑: a print in a callee is not lost, and keeps its place", () => {
  const run = runDifferential(() => {
    const double = (x: Tensor) => {
      console.log("in callee", x);
      return x.mul(2);
    };
    const fn = (x: Tensor) => {
      console.log("before");
      const y = double(x.add(1));
      console.log("after");
      return y;
    };
    return { fn, calls: [[ones()]] };
  }, reorder(console.log));
  expect(run.breaks).toEqual([]);
  expect([run.frames, run.ops]).toEqual([1, 2]);
  expect(run.output).toEqual(["log: before", `log: in callee ${onesText(2)}`, "log: after"]);
});

// Keyword arguments are an options object here.
test("I128↑: an options object is not dropped: it is passed, from one graph", () => {
  const seen: unknown[] = [];
  const log = (text: string, options: { readonly end: string }) => {
    seen.push(text + options.end);
  };
  const run = runDifferential(() => {
    seen.length = 0;
    const fn = (x: Tensor) => {
      x = x.add(1);
      log("text", { end: "!" });
      return x.mul(2);
    };
    return { fn, calls: [[ones()]], watch: seen };
  }, reorder(log));
  expect([run.frames, run.ops, run.breaks.length]).toEqual([1, 2, 0]);
  expect(seen).toEqual(["text!"]);
});

class Logger {
  readonly lines: string[] = [];
  info(...parts: readonly unknown[]): void {
    this.lines.push(parts.map(String).join(" "));
    torch._dynamo.graph_break();
  }
}

describe("I129: a logger's method that is ignored", () => {
  test("is not called, with any arguments, and does not break the graph", () => {
    const logger = new Logger();
    config.ignore_logging_functions.add(Logger.prototype.info);
    const counter = new torch._dynamo.testing.CompileCounter();
    const fn = torch.compile(
      (x: Tensor) => {
        x = x.add(1);
        logger.info("sizes", [x.shape], { x });
        return x.mul(2);
      },
      { backend: counter },
    );
    expect(String(fn(ones()))).toBe(onesText(4));
    expect(logger.lines).toEqual([]);
    expect([counter.frame_count, counter.op_count]).toEqual([1, 2]);
  });

  test("does not make other functions ignored", () => {
    config.ignore_logging_functions.add(Logger.prototype.info);
    const counter = new torch._dynamo.testing.CompileCounter();
    const fn = torch.compile(
      (x: Tensor) => {
        x = x.add(1);
        console.log("printed");
        return x.mul(2);
      },
      { backend: counter },
    );
    const lines = captureConsole((recorded) => {
      fn(ones());
      return [...recorded];
    });
    expect(lines).toEqual(["log: printed"]);
    expect(counter.frame_count).toBe(2);
  });

  test("is reordered when it is in both sets", () => {
    const logger = new Logger();
    config.ignore_logging_functions.add(Logger.prototype.info);
    config.reorderable_logging_functions.add(Logger.prototype.info);
    const fn = torch.compile(
      (x: Tensor) => {
        logger.info("x", x);
        return x.add(1);
      },
      { backend: "eager" },
    );
    fn(ones());
    expect(logger.lines).toEqual([`x ${onesText(1)}`]);
  });
});

test("a log function that reads what the program wrote sees it as it was then", () => {
  const run = runDifferential(() => {
    const list: number[] = [];
    const seen: number[] = [];
    const log = () => {
      seen.push(list.length);
    };
    config.reorderable_logging_functions.add(log);
    const fn = (x: Tensor) => {
      list.push(1);
      log();
      list.push(2);
      log();
      return x.add(1);
    };
    return { fn, calls: [[ones()]], watch: { list, seen } };
  });
  // PyTorch prints before it replays writes, so that it would see 0 twice.
  expect([run.frames, run.breaks.length]).toEqual([1, 0]);
});

test("an error inside a reordered function reaches the caller", () => {
  const fail = () => {
    throw new RangeError("log is full");
  };
  const run = runDifferential(() => {
    const list: number[] = [];
    const fn = (x: Tensor) => {
      list.push(1);
      fail();
      list.push(2);
      return x.add(1);
    };
    return { fn, calls: [[ones()]], watch: list };
  }, reorder(fail));
  expect(run.outcomes).toMatchObject([{ kind: "error", error: { message: "log is full" } }]);
});

// Registering a function says that nothing depends on when it runs and what it gives, as in PyTorch.
test("a reordered function gives undefined, whatever it returns", () => {
  const count = (x: Tensor) => x.numel();
  config.reorderable_logging_functions.add(count);
  const fn = torch.compile((x: Tensor) => [x.add(1), count(x)] as const, { backend: "eager" });
  expect(fn(ones())[1]).toBeUndefined();
});

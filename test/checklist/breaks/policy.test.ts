import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { redirectLogs } from "../../../src/base/logging.ts";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { caseSummary } from "./case-summary.ts";

/** Group A of the behavioural checklist: what is reported, and what happens where a break is not allowed. */

const { config, exc } = torch._dynamo;
const gb = torch._dynamo.graph_break;

let logged = "";
let restoreLogs = () => {};

beforeEach(() => {
  logged = "";
  restoreLogs = redirectLogs((text) => (logged += text));
  torch._logging.set_logs({ graph_breaks: true });
});

afterEach(() => {
  restoreLogs();
  torch._logging.set_logs({});
  config.reset();
  torch._dynamo.reset();
});

const headings = (): string[] =>
  logged.split("\n").filter((line) => line.startsWith("Graph break"));

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof exc.Unsupported) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("A20: a break at the same place again", () => {
  const twice = (x: torch.Tensor) => {
    for (let i = 0; i < 2; i++) {
      x = x.add(1);
      gb();
    }
    return x;
  };

  test("A20: is reported without its stack", () => {
    torch.compile(twice)(torch.ones(3));
    expect(headings()).toHaveLength(2);
    expect(headings()[1]).toContain("user stack suppressed due to duplicate graph break");
    expect(logged.match(/User code traceback:/g)).toHaveLength(1);
    expect(logged.match(/User-inserted graph break/g)).toHaveLength(2);
  });

  test("A20: is reported in full with config.verbose", () => {
    config.verbose = true;
    torch.compile(twice)(torch.ones(3));
    expect(logged.match(/User code traceback:/g)).toHaveLength(2);
  });
});

// These compile with `fullgraph`, which throws where eager does not: no cases for the differential runner.
describe("A21: fullgraph and a break", () => {
  function fn(x: torch.Tensor) {
    const y = x.add(1);
    gb({ msg: "not here" });
    return y.mul(2);
  }

  test("A21: throws Unsupported with the core of the record, the user's code and the advice", () => {
    const text = messageOf(() => torch.compile(fn, { fullgraph: true })(torch.ones(3)));
    expect(text).toMatch(
      /^Call to 'torch\._dynamo\.graph_break\(\)'\n {2}Explanation: User-inserted/,
    );
    expect(text).toContain("Message: not here");
    expect(text).toContain("from user code:\n    at fn (test/checklist/breaks/policy.test.ts:");
    expect(text).toContain('gb({ msg: "not here" });');
    expect(text).toContain("Set TORCHDYNAMO_VERBOSE=1 for the internal stack trace");
    expect(text).not.toContain("src/");
  });

  test("A21: runs nothing of the function", () => {
    const seen: number[] = [];
    const compiled = torch.compile(
      (x: torch.Tensor) => {
        seen.push(1);
        gb();
        return x;
      },
      { fullgraph: true },
    );
    expect(() => compiled(torch.ones(3))).toThrow(exc.Unsupported);
    expect(seen).toEqual([]);
  });

  test("A21: a function without a break is one graph", () => {
    const fine = (x: torch.Tensor) => x.add(1).mul(2);
    const result = runDifferential(() => ({ fn: fine, calls: [[torch.ones(3)]] }), {
      fullgraph: true,
    });
    expect(caseSummary(result)).toEqual({ frames: 1, ops: 2, breaks: [] });
  });
});

describe("A22: error_on_graph_break", () => {
  const { error_on_graph_break } = torch._dynamo;
  const breaking = (x: torch.Tensor): torch.Tensor => {
    const y = x.add(1);
    gb();
    return y.mul(2);
  };

  test("a break in the function is an error, though its caller allows breaks", () => {
    const strict = error_on_graph_break(true)(breaking);
    const fn = torch.compile((x: torch.Tensor) => strict(x).sub(1));
    expect(() => fn(torch.ones(3))).toThrow(exc.Unsupported);
  });

  test("breaks around the function stay allowed", () => {
    const strict = error_on_graph_break(true)((x: torch.Tensor) => x.add(1));
    const run = runDifferential(() => ({
      fn: (x: torch.Tensor) => {
        const y = strict(x);
        gb();
        return y.mul(2);
      },
      calls: [[torch.ones(3)]],
    }));
    expect(run.breaks).toHaveLength(1);
    expect(run.frames).toBe(2);
  });

  test("the innermost setting counts", () => {
    const lenient = error_on_graph_break(false)(breaking);
    const strict = error_on_graph_break(true)((x: torch.Tensor) => lenient(x).sub(1));
    const run = runDifferential(() => ({ fn: strict, calls: [[torch.ones(3)]] }));
    expect(run.breaks).toHaveLength(1);
  });

  test("fullgraph outranks it", () => {
    const lenient = error_on_graph_break(false)(breaking);
    const fn = torch.compile((x: torch.Tensor) => lenient(x), { fullgraph: true });
    expect(() => fn(torch.ones(3))).toThrow(exc.Unsupported);
  });

  test("a compiled function may be the one with the setting", () => {
    const fn = torch.compile(error_on_graph_break(true)(breaking));
    expect(() => fn(torch.ones(3))).toThrow(exc.Unsupported);
  });
});

describe("A23: one compiled function inside another", () => {
  const breaking = (x: torch.Tensor) => {
    const y = x.add(1);
    gb();
    return y.mul(2);
  };

  test("A23: an inner one without fullgraph may not break an outer one with it", () => {
    const inner = torch.compile(breaking);
    const outer = torch.compile((x: torch.Tensor) => inner(x).sub(1), { fullgraph: true });
    expect(() => outer(torch.ones(3))).toThrow(exc.Unsupported);
  });

  test("A23: an inner one with fullgraph may not break, whatever the outer one allows", () => {
    const inner = torch.compile(breaking, { fullgraph: true });
    const outer = torch.compile((x: torch.Tensor) => inner(x).sub(1));
    expect(() => outer(torch.ones(3))).toThrow(exc.Unsupported);
  });

  test("A23: without breaks the inner one becomes part of the outer graph", () => {
    const result = runDifferential(() => {
      const inner = torch.compile((x: torch.Tensor) => x.add(1));
      return { fn: (x: torch.Tensor) => inner(x).sub(1), calls: [[torch.ones(3)]] };
    });
    expect(caseSummary(result)).toEqual({ frames: 1, ops: 2, breaks: [] });
  });
});

// In JavaScript a plain call cannot be intercepted: "callees compile" means callees that are compiled handles.
describe("A24: skip_frame", () => {
  test("A24: the function that calls it runs as plain JavaScript", () => {
    const fn = (x: torch.Tensor) => {
      const y = x.add(1);
      torch._dynamo.skip_frame();
      return y.mul(2);
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(result.breaks.map(({ reason }) => reason.id)).toEqual(["GB4297"]);
    expect(result.frames).toBe(0);
  });

  test("A24: a compiled function that it calls is still compiled", () => {
    const counter = new torch._dynamo.testing.CompileCounter();
    const inner = torch.compile((x: torch.Tensor) => x.mul(3), { backend: counter });
    const fn = (x: torch.Tensor) => {
      torch._dynamo.skip_frame();
      return inner(x).add(1);
    };
    torch.compile(fn)(torch.ones(3));
    expect(counter.frame_count).toBe(1);
  });
});

describe("A25: a function without operators", () => {
  const five = (_x: torch.Tensor) => 5;

  test("A25: makes no graph", () => {
    const result = runDifferential(() => ({ fn: five, calls: [[torch.ones(3)]] }));
    expect(result.results).toEqual([5]);
    expect(caseSummary(result)).toEqual({ frames: 0, ops: 0, breaks: [] });
  });

  test("A25: is no error with fullgraph", () => {
    const result = runDifferential(() => ({ fn: five, calls: [[torch.ones(3)]] }), {
      fullgraph: true,
    });
    expect(result.results).toEqual([5]);
    expect(result.frames).toBe(0);
  });
});

// A backend that fails has no eager counterpart: not for the differential runner.
describe("A27: a backend that throws", () => {
  const failing = () => {
    throw new Error("no code for this");
  };
  const fn = (x: torch.Tensor) => x.add(1);

  test("A27: the caller gets BackendCompilerFailed with the cause", () => {
    const compiled = torch.compile(fn, { backend: failing });
    expect(() => compiled(torch.ones(3))).toThrow(exc.BackendCompilerFailed);
    expect(() => compiled(torch.ones(3))).toThrow("no code for this");
  });

  test("A27: with suppress_errors the call runs eagerly and a warning says so", () => {
    config.suppress_errors = true;
    const compiled = torch.compile(fn, { backend: failing });
    expect(compiled(torch.ones(3)).tolist()).toEqual([2, 2, 2]);
    expect(logged).toContain("WON'T CONVERT fn");
    expect(logged).toContain("no code for this");
  });
});

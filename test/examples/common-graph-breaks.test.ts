import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { captureConsole } from "../differential/capture-console.ts";
import { runDifferential, type DifferentialResult } from "../differential.ts";

/** The programs of docs/common-graph-breaks.md, with what the page claims about their graphs and breaks. */

const { config } = torch._dynamo;

afterEach(() => {
  config.reset();
});

function titles(result: DifferentialResult): string[] {
  return result.breaks.map((record) => record.reason.title);
}

function numbersOf(value: unknown): unknown {
  if (!(value instanceof torch.Tensor)) throw new Error("a tensor was expected");
  return value.reshape([-1]).tolist();
}

const nine = (value: number): number[] => Array.from({ length: 9 }, () => value);

describe("incorrect code", () => {
  function fn(x: torch.Tensor) {
    // @ts-expect-error `sin` takes one tensor: this is the mistake that the page is about.
    const y = torch.sin(x, x);
    return y;
  }

  test("a wrong call breaks with the reason, and the caller gets the eager TypeError", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3, 3)]] }));
    expect(result.breaks).toMatchObject([
      {
        reason: {
          title: "TypeError when making fake tensor call",
          context: expect.stringContaining("sin() takes 1 positional argument but 2 were given"),
        },
      },
    ]);
    expect(result.frames).toBe(0);
    expect(result.outcomes).toMatchObject([
      {
        kind: "error",
        error: { name: "TypeError", message: expect.stringContaining("sin() takes 1 positional") },
      },
    ]);
  });
});

describe("data-dependent operations", () => {
  function fn(x: torch.Tensor) {
    const y = x.sum();
    if (y.gt(0).item()) {
      return x.add(y.item());
    }
    return x.sub(y.item());
  }

  test("the branch and the number break, and only the branch taken is compiled", () => {
    const result = runDifferential(() => ({
      fn,
      calls: [[torch.ones(3, 3)], [torch.full([3, 3], 2)], [torch.full([3, 3], -1)]],
    }));
    expect(result.results.map(numbersOf)).toEqual([nine(10), nine(20), nine(8)]);
    expect(titles(result).slice(0, 2)).toEqual([
      "Data-dependent branching",
      "Unsupported Tensor.item() call with capture_scalar_outputs=False",
    ]);
    // Two graphs for the first call, none for another sum, one for the other branch.
    expect(result.framesAfter).toEqual([2, 2, 3]);
  });

  test("the number breaks in a function named after the line of the branch", () => {
    const { breaks } = runDifferential(() => ({ fn, calls: [[torch.ones(3, 3)]] }));
    const [branch, number] = breaks;
    const line = branch?.stack.at(-1)?.line;
    expect(number?.stack.at(-1)?.functionName).toBe(`torch_dynamo_resume_in_fn_at_${line}`);
  });

  test("the hint names the flag and the environment variable", () => {
    const { breaks } = runDifferential(() => ({ fn, calls: [[torch.ones(3, 3)]] }));
    const hints = breaks[1]?.reason.hints.join("\n");
    expect(hints).toContain("torch._dynamo.config.capture_scalar_outputs = true");
    expect(hints).toContain("TORCHDYNAMO_CAPTURE_SCALAR_OUTPUTS=1");
  });
});

describe("control flow on a tensor of the module", () => {
  const x = torch.randn(3, 3);
  let positive = false;

  function old(y: torch.Tensor) {
    if (x.sum().gt(0).item()) {
      return y.add(x);
    }
    return y.sub(x);
  }

  function rewritten(y: torch.Tensor) {
    if (positive) {
      return y.add(x);
    }
    return y.sub(x);
  }

  test("looking at the tensor breaks", () => {
    const result = runDifferential(() => ({ fn: old, calls: [[torch.ones(3, 3)]] }));
    expect(titles(result)).toEqual(["Data-dependent branching"]);
  });

  test("a boolean computed outside does not break, and compiles again only when it has a new value", () => {
    const result = runDifferential(() => ({
      fn: rewritten,
      calls: [[torch.ones(3, 3)], [torch.ones(3, 3)], [torch.ones(3, 3)], [torch.ones(3, 3)]],
      before: (call) => {
        positive = call === 2;
      },
    }));
    expect(result.breaks).toEqual([]);
    expect(result.framesAfter).toEqual([1, 1, 2, 2]);
  });
});

describe("torch.cond", () => {
  function fn(x: torch.Tensor) {
    return torch.cond(
      x.sum().gt(0),
      (x: torch.Tensor) => x.add(1),
      (x: torch.Tensor) => x.sub(1),
      [x],
    );
  }

  test("both branches are in one graph", () => {
    const result = runDifferential(() => ({
      fn,
      calls: [[torch.ones(3, 3)], [torch.full([3, 3], -1)]],
    }));
    expect(result.breaks).toEqual([]);
    expect(result.framesAfter).toEqual([1, 1]);
    expect(result.results.map(numbersOf)).toEqual([nine(2), nine(-2)]);
  });
});

describe("numbers from tensors", () => {
  function fn(x: torch.Tensor) {
    const total = x.sum().item();
    return x.add(total);
  }
  const calls = () => [[torch.ones(3, 3)], [torch.full([3, 3], 2)]];

  test("break without the flag", () => {
    const result = runDifferential(() => ({ fn, calls: calls() }));
    expect(titles(result)).toEqual([
      "Unsupported Tensor.item() call with capture_scalar_outputs=False",
    ]);
    expect(result.framesAfter).toEqual([2, 2]);
  });

  test("stay in the graph with it", () => {
    const configure = () => {
      config.capture_scalar_outputs = true;
    };
    const result = runDifferential(() => ({ fn, calls: calls() }), { configure, fullgraph: true });
    expect(result.breaks).toEqual([]);
    expect(result.framesAfter).toEqual([1, 1]);
  });
});

describe("custom operators", () => {
  test("are one node of the graph, and their implementation runs once a call", () => {
    let runs = 0;
    const normalise = torch.library.custom_op(
      "test::normalise",
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: torch.Tensor) => {
        runs += 1;
        return x.div(x.abs().max().item());
      },
    );
    normalise.register_fake((x: torch.Tensor) => torch.empty_like(x));
    const fn = (x: torch.Tensor) => normalise(x.add(1)).mul(10);
    const calls = () => [[torch.ones(4)], [torch.full([4], 3)]];
    const result = runDifferential(() => ({ fn, calls: calls() }), { fullgraph: true });
    expect(result.framesAfter).toEqual([1, 1]);
    expect(result.ops).toBe(3);
    expect(runs).toBe(4); // two eager calls and two compiled ones
  });
});

describe("printing", () => {
  function fn(x: torch.Tensor) {
    x = x.add(1);
    console.log("log!");
    return torch.sin(x);
  }

  const allowLog = () => {
    config.reorderable_logging_functions.add(console.log);
  };

  test("breaks, and the line is printed once a call", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3, 3)], [torch.ones(3, 3)]] }));
    expect(result.framesAfter).toEqual([2, 2]);
    expect(result.breaks).toHaveLength(1);
    expect(result.output).toEqual(["log: log!", "log: log!"]);
  });

  test("does not break when it may be reordered", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3, 3)]] }), {
      configure: allowLog,
    });
    expect(result.frames).toBe(1);
    expect(result.breaks).toEqual([]);
    expect(result.output).toEqual(["log: log!"]);
  });

  test("a tensor that is printed late shows what it held when the program printed it", () => {
    torch._dynamo.reset();
    allowLog();
    const printsBeforeChanging = torch.compile((x: torch.Tensor) => {
      const y = x.add(1);
      console.log(y);
      console.log(y.clone());
      y.mul_(10);
      return y.sum();
    });
    const lines = captureConsole((recorded) => {
      printsBeforeChanging(torch.ones(2));
      return [...recorded];
    });
    expect(lines).toEqual(["log: tensor([2., 2.])", "log: tensor([2., 2.])"]);
  });
});

import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";
import { redirectLogs } from "../../../src/base/logging.ts";

type Tensor = torch.Tensor;
afterEach(() => {
  torch._dynamo.reset();
  torch._dynamo.config.reset();
  torch._logging.set_logs({});
});

/** What is logged while something runs. */
function logged(run: () => unknown): string {
  let text = "";
  const restore = redirectLogs((part) => (text += part));
  try {
    run();
  } finally {
    restore();
  }
  return text;
}

describe("where the data of a condition comes from", () => {
  test("every operation is named, inputs first, with its line, methods included", () => {
    const output = torch._dynamo.explain((x: Tensor) => {
      const scaled = x.mul(2);
      const total = torch.sum(scaled);
      void x.add(1);
      return total.gt(0).item() ? x : x.neg();
    })(torch.ones(3));
    const [branch] = output.break_reasons;
    expect(branch?.computation.map(({ operation }) => operation)).toEqual([
      "mul = l_x_.mul(2)",
      "sum = torch.sum(mul)",
      "gt = sum.gt(0)",
    ]);
    expect(branch?.computation.map(({ source }) => source?.code)).toEqual([
      "const scaled = x.mul(2);",
      "const total = torch.sum(scaled);",
      "return total.gt(0).item() ? x : x.neg();",
    ]);
  });

  test("item() and operators with sizes out of data say it of their tensors", () => {
    const ofItem = torch._dynamo.explain((x: Tensor) => x.add(x.sum().item()))(torch.ones(3));
    expect(ofItem.break_reasons[0]?.computation.map(({ operation }) => operation)).toEqual([
      "sum = l_x_.sum()",
    ]);
    const ofSizes = torch._dynamo.explain((x: Tensor) => x.abs().nonzero())(torch.ones(3));
    expect(ofSizes.break_reasons[0]?.computation.map(({ operation }) => operation)).toEqual([
      "abs = l_x_.abs()",
    ]);
  });

  test("a branch that could not be healed says it too", () => {
    const seen: number[] = [];
    const fn = torch.compile(
      (x: Tensor) => {
        if (x.sum().item() > 0) seen.push(1);
        return x;
      },
      { fullgraph: true },
    );
    expect(() => fn(torch.ones(3))).toThrow(/The data comes from:\n.*\n {8}sum = l_x_\.sum\(\)/);
  });
});

describe("what a break costs", () => {
  test("operations before and behind it, and what runs natively", () => {
    const output = torch._dynamo.explain((x: Tensor) => {
      const y = x.mul(2).add(1);
      console.log("cost");
      return y.sin().cos().neg();
    })(torch.ones(3));
    expect(output.break_reasons[0]?.cost).toEqual({
      operationsBefore: 2,
      operationsAfter: 3,
      native: '`console.log("cost")`',
    });
  });

  test("a function that is given up as a whole", () => {
    const output = torch._dynamo.explain((x: Tensor) => {
      const y = x.mul(2);
      if (x.dim() === 1) throw new RangeError("no");
      return y;
    });
    const breaks: torch.GraphBreakRecord[] = [];
    const stop = torch._dynamo.onGraphBreak((record) => breaks.push(record));
    expect(() => output(torch.ones(3))).toThrow("no");
    stop();
    expect(breaks[0]).toMatchObject({
      skipsFrame: true,
      cost: { operationsBefore: 1, operationsAfter: null },
    });
  });
});

describe("the same as data", () => {
  const program = (x: Tensor): Tensor => {
    const y = x.add(1);
    torch._dynamo.graph_break({ msg: "why" });
    return y.mul(2);
  };

  test("explain gives JSON with computation, cost, facts and rewrite", () => {
    const text = JSON.stringify(torch._dynamo.explain(program)(torch.ones(3)));
    const { break_reasons } = JSON.parse(text);
    expect(break_reasons).toMatchObject([
      {
        id: "GB0025",
        facts: { message: "why" },
        computation: [],
        cost: { operationsBefore: 1, operationsAfter: 1 },
        rewrite: { description: "Remove the call." },
      },
    ]);
  });

  test("TORCH_LOGS=graph_breaks_json prints one line for each break", () => {
    torch._logging.set_logs({ graph_breaks_json: true });
    const text = logged(() => torch.compile(program)(torch.ones(3)));
    expect(text.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ id: "GB0025", stack: [{ functionName: "program" }] });
  });

  test("TORCH_LOGS=rewrites prints the diff", () => {
    torch._logging.set_logs({ rewrites: true });
    const text = logged(() => torch.compile(program)(torch.ones(3)));
    expect(text).toContain("Rewrite: Remove the call.\n--- a/test/checklist/breaks/");
    expect(text).toContain('\n-    torch._dynamo.graph_break({ msg: "why" });\n');
  });
});

describe("explain counts", () => {
  test("methods and functions, and a branch on data as one break with two graphs", () => {
    const output = torch._dynamo.explain((x: Tensor) => {
      const y = torch.sin(x).sum();
      return y.gt(0).item() ? x.add(1) : x.sub(1).neg();
    })(torch.ones(3));
    expect([output.graph_count, output.graph_break_count, output.op_count]).toEqual([2, 1, 4]);
    expect(output.ops_per_graph).toEqual([["torch.sin", "sum", "gt"], ["add"]]);
  });

  test("a break behind which nothing is captured", () => {
    const output = torch._dynamo.explain((x: Tensor) => {
      const y = x.add(1);
      torch._dynamo.graph_break();
      return y;
    })(torch.ones(3));
    expect([output.graph_count, output.graph_break_count, output.op_count]).toEqual([1, 1, 1]);
  });
});

describe("frames of the compiler", () => {
  const stackOf = (): string => {
    const fn = torch.compile((x: Tensor) => (console.log("x"), x.add(1)), { fullgraph: true });
    try {
      fn(torch.ones(3));
    } catch (error) {
      return error instanceof Error ? (error.stack ?? "") : "";
    }
    return "";
  };

  test("are in no stack of an error: it begins with the program's own call", () => {
    const stack = stackOf();
    expect(stack).not.toMatch(/src\/(?:dynamo|compile)/);
    expect(stack).toMatch(/\n\s+at stackOf \(.*diagnostics\.test\.ts:\d+:\d+\)/);
  });

  test("are shown with TORCHDYNAMO_VERBOSE", () => {
    const stack = torch._dynamo.config.patch({ verbose: true }, stackOf);
    expect(stack).toMatch(/src\/dynamo\/units/);
  });

  test("an error that nobody catches does not print its record", () => {
    const fn = torch.compile((x: Tensor) => (console.log("x"), x.add(1)), { fullgraph: true });
    try {
      fn(torch.ones(3));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(torch._dynamo.exc.Unsupported);
      expect(Object.keys(error as object)).toEqual([]);
      expect(error).toMatchObject({ record: { reason: { id: "GB0059" } } });
    }
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as torch from "fullgraph";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { onGraphBreak } from "../../src/dynamo/on-graph-break.ts";
import type { GraphBreakRecord } from "../../src/dynamo/graph-breaks/graph-break-record.ts";

/** A rewrite is right if `git apply` takes it, the break is gone afterwards, and the results are those of before. */

let folder = "";
let count = 0;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "fullgraph-rewrites-")));
});

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => {
  torch._dynamo.reset();
  torch._dynamo.config.reset();
});

interface Run {
  readonly results: readonly string[];
  readonly breaks: readonly GraphBreakRecord[];
}

const inputs = (): readonly torch.Tensor[] => [
  torch.tensor([1, 2, 3.5]),
  torch.tensor([-1, -2, -3.5]),
  torch.tensor([0, NaN, 1]),
];

/** Runs a file that exports a compiled `fn`, on inputs that take every way. */
async function run(file: string): Promise<Run> {
  const breaks: GraphBreakRecord[] = [];
  const stop = onGraphBreak((record) => breaks.push(record));
  try {
    const { fn }: { fn: (x: torch.Tensor) => unknown } = await import(file);
    return { results: inputs().map((x) => String(fn(x))), breaks };
  } finally {
    stop();
    torch._dynamo.reset();
    torch._dynamo.config.reset();
  }
}

/** The text after the rewrite of the first break with this id, which ran and gave the same without that break. */
async function rewritten(id: string, program: string): Promise<string> {
  const text = `import * as torch from "fullgraph";\n\n${program}\n`;
  const file = join(folder, `program-${count++}.ts`);
  writeFileSync(file, text);
  const before = await run(file);
  const record = before.breaks.find(({ reason }) => reason.id === id);
  const patch = join(folder, "change.patch");
  writeFileSync(patch, record?.rewrite?.diff ?? "");
  const apply = spawnSync("git", ["apply", patch], { cwd: "/", encoding: "utf8" });
  expect(apply.stderr).toBe("");
  const changed = join(folder, `program-${count++}.ts`);
  const { readFileSync } = await import("node:fs");
  const newText = readFileSync(file, "utf8");
  writeFileSync(changed, newText);
  const after = await run(changed);
  expect(after.results).toEqual(before.results);
  expect(after.breaks.filter(({ reason }) => reason.id === id).length).toBeLessThan(
    before.breaks.filter(({ reason }) => reason.id === id).length,
  );
  return newText.slice(text.indexOf("\n\n") + 2);
}

const compiled = (body: string): string =>
  `export const fn = torch.compile((x: torch.Tensor) => {\n${body}\n});`;

describe("a branch on data becomes torch.cond", () => {
  test("two ways that return", async () => {
    const program = compiled(
      "  const y = x.sum();\n  if (y.gt(0).item()) {\n    return x.add(y.item());\n  }\n  return x.sub(y.item());",
    );
    expect(await rewritten("GB0170", program)).toContain(
      "  return torch.cond(y.gt(0), () => x.add(y), () => x.sub(y));\n",
    );
  });

  test("else, with a number that is compared", async () => {
    const program = compiled("  if (x.sum().item() > 2) return x.add(1);\n  else return x.sub(1);");
    expect(await rewritten("GB0170", program)).toContain(
      "return torch.cond(x.sum().gt(2), () => x.add(1), () => x.sub(1));",
    );
  });

  test("both ways assign one variable", async () => {
    const program = compiled(
      "  let y;\n  if (x.sum().item() <= 2) {\n    y = x.add(1);\n  } else {\n    y = x.mul(3);\n  }\n  return y.neg();",
    );
    expect(await rewritten("GB0170", program)).toContain(
      "  y = torch.cond(x.sum().le(2), () => x.add(1), () => x.mul(3));\n",
    );
  });

  test("one way assigns, under a type assertion", async () => {
    const program = compiled(
      "  let y = x.mul(2);\n  if ((y.sum().item() as number) !== 13) y = y.add(1);\n  return y;",
    );
    expect(await rewritten("GB0170", program)).toContain(
      "  y = torch.cond(y.sum().ne(13), () => y.add(1), () => y);\n",
    );
  });

  test("a conditional expression inside another", async () => {
    const program = compiled("  return (Number(x.sum()) > 0 ? x.add(1) : x).mul(3);");
    expect(await rewritten("GB0170", program)).toContain(
      "return (torch.cond(x.sum().gt(0), () => x.add(1), () => x)).mul(3);",
    );
  });
});

describe("no rewrite of a branch is offered", () => {
  const rewriteOf = async (body: string): Promise<unknown> => {
    const file = join(folder, `program-${count++}.ts`);
    writeFileSync(file, `import * as torch from "fullgraph";\n\n${compiled(body)}\n`);
    const { breaks } = await run(file);
    const branch = breaks.find(({ reason }) => reason.id === "GB0170");
    expect(branch).toBeDefined();
    return branch?.rewrite;
  };

  test.each([
    [
      "where a side does more",
      "if (x.sum().item() > 0) { console.log(1); return x; }\n return x.neg();",
    ],
    ["where a side gives no tensor", "if (x.sum().item() > 0) return null;\n return x.neg();"],
    [
      "for the truth of a number, which is false for NaN",
      "if (x.sum().item()) return x.add(1);\n return x.neg();",
    ],
    [
      "for a fraction, which the tensor's dtype may round",
      "if (x.sum().item() > 0.1) return x.add(1);\n return x.neg();",
    ],
    [
      "where the sides assign different variables",
      "let a = x, b = x;\n if (x.sum().item() > 0) a = x.add(1); else b = x.neg();\n return a.add(b);",
    ],
    [
      "of a chain of ifs",
      "if (x.sum().item() > 5) return x.add(1);\n else if (x.sum().item() > 2) return x.mul(2);\n return x.neg();",
    ],
  ])("%s", async (_, body) => {
    expect(await rewriteOf(body)).toBeNull();
  });
});

describe("other breaks", () => {
  test("a number that is added becomes the tensor", async () => {
    const program = compiled("  return x.add(x.sum().item() as number).mul(2);");
    expect(await rewritten("GB0124", program)).toContain("return x.add(x.sum()).mul(2);");
  });

  test("where dtypes differ the flag is set instead", async () => {
    const program = compiled(
      "  const n = x.nan_to_num().gt(0).sum();\n  return x.add(n.item() as number).mul(2);",
    );
    expect(await rewritten("GB0124", program)).toContain(
      "torch._dynamo.config.capture_scalar_outputs = true;\n",
    );
  });

  test("a print is registered as reorderable, behind the imports", async () => {
    const program = compiled('  const y = x.add(1);\n  console.log("log!");\n  return y.sin();');
    expect(await rewritten("GB0059", program)).toMatch(
      /^torch\._dynamo\.config\.reorderable_logging_functions\.add\(console\.log\);\n\nexport const fn/,
    );
  });

  test("an operator with sizes out of data has its flag set", async () => {
    const program = compiled("  return torch.masked_select(x, x.gt(0)).sum();");
    expect(await rewritten("GB0036", program)).toContain(
      "torch._dynamo.config.capture_dynamic_output_shape_ops = true;\n",
    );
  });

  test("a graph_break is removed with its line", async () => {
    const program = compiled(
      '  const y = x.add(1);\n  torch._dynamo.graph_break({ msg: "why" });\n  return y.mul(2);',
    );
    expect(await rewritten("GB0025", program)).toBe(
      `${compiled("  const y = x.add(1);\n  return y.mul(2);")}\n`,
    );
  });
});

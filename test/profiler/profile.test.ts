import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const { profile, record_function } = torch.profiler;

function kernelsOf(own: torch.profiler.Profile): readonly torch.profiler.FunctionEvent[] {
  return own.events().filter(({ kind }) => kind !== "compilation");
}

test("a profile counts the bytes and operations of each kernel", () => {
  const x = torch.ones(1000);
  const own = profile(() => {
    x.add(1).mul(x);
    torch.ones(20, 30).matmul(torch.ones(30, 40));
    torch.ones(100, 10).sum(1);
  });
  const counted = kernelsOf(own)
    .filter(({ flops }) => flops > 0)
    .map(({ kind, bytes, flops, input_shapes }) => ({ kind, bytes, flops, input_shapes }));
  expect(counted).toEqual([
    { kind: "kernel", bytes: 8000, flops: 1000, input_shapes: [[1000]] },
    { kind: "kernel", bytes: 12_000, flops: 1000, input_shapes: [[1000]] },
    {
      kind: "template",
      bytes: 4 * (20 * 30 + 30 * 40 + 20 * 40),
      flops: 2 * 20 * 30 * 40,
      input_shapes: [[], [20], [40], [30]],
    },
    { kind: "kernel", bytes: 4400, flops: 1000, input_shapes: [[100], [10]] },
  ]);
});

test("every eager call is seen while a profile is on, and none before or after", () => {
  const x = torch.ones(8);
  const step = (): void => void x.add(x);
  for (let call = 0; call < 3; call++) step();
  const own = profile(() => {
    for (let call = 0; call < 5; call++) step();
  });
  for (let call = 0; call < 3; call++) step();
  expect(kernelsOf(own)).toHaveLength(5);
  const again = profile(step);
  expect(kernelsOf(again)).toHaveLength(1);
});

test("kernels of compiled functions name the line of the program", () => {
  const compiled = torch.compile((x: torch.Tensor) => x.sin().mul(2).matmul(x).relu());
  const x = torch.ones(16, 16);
  compiled(x);
  const own = profile(() => compiled(x));
  const lines = kernelsOf(own).map(({ stack }) => stack[0]);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(line).toMatch(/profile\.test\.ts:\d+: const compiled = torch\.compile/);
});

test("with_stack names the lines of eager calls", () => {
  const own = profile(() => torch.ones(3).exp(), { with_stack: true });
  for (const { stack } of own.events()) expect(stack[0]).toMatch(/profile\.test\.ts:\d+/);
});

test("parts of a program are events around those they contain", () => {
  const own = profile(() => record_function("part", () => torch.ones(300).exp()));
  const part = own.events().find(({ name }) => name === "part");
  const inside = own.events().filter(({ name }) => name !== "part");
  expect(part?.kind).toBe("user_annotation");
  expect(inside.length).toBeGreaterThan(0);
  for (const event of inside) {
    expect(event.start).toBeGreaterThanOrEqual(part?.start ?? Infinity);
    expect(event.cpu_time_total).toBeLessThanOrEqual(part?.cpu_time_total ?? 0);
  }
});

test("operators with code of their own are events too", () => {
  const x = torch.tensor([3, 1, 2]);
  const own = profile(() => torch.sort(x));
  expect(own.events()).toMatchObject([{ name: "sort", kind: "routine", bytes: 0, flops: 0 }]);
});

test("averages are one row for each name, line and, if asked for, shape", () => {
  const own = profile(() => {
    for (const length of [10, 20, 20]) torch.ones(length).exp();
  });
  const isExp = ({ kind, flops }: torch.profiler.EventAverage): boolean =>
    kind === "kernel" && flops > 0;
  const together = own.key_averages().filter(isExp);
  expect(together.map(({ count, flops, bytes }) => ({ count, flops, bytes }))).toEqual([
    { count: 3, flops: 50, bytes: 400 },
  ]);
  const apart = own.key_averages({ group_by_input_shape: true }).filter(isExp);
  expect(apart.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([1, 2]);
});

test("a table has a row for each average, in the order asked for", () => {
  const own = profile(() => {
    record_function("first", () => undefined);
    for (let call = 0; call < 2; call++) record_function("second", () => undefined);
  });
  const table = own.key_averages().table({ sort_by: "count", row_limit: 2 });
  const rows = table.split("\n").slice(3, 5);
  expect(rows.map((row) => row.trim().split(/\s+/)[0])).toEqual(["second", "first"]);
  expect(table).toMatch(/Name +Self CPU % +Self CPU +CPU total +CPU time avg +# of Calls/);
  expect(() => own.key_averages().table({ sort_by: "self_cpu_time" })).toThrow(
    'table() cannot sort by "self_cpu_time".',
  );
});

test("the Chrome trace has a complete event for each event", () => {
  const path = join(tmpdir(), `fullgraph-trace-${process.pid}.json`);
  const own = profile(() => torch.ones(500).exp());
  own.export_chrome_trace(path);
  const trace: unknown = JSON.parse(readFileSync(path, "utf8"));
  rmSync(path);
  const complete = own.events().map(({ name, kind }) => ({ ph: "X", name, cat: kind }));
  expect(trace).toMatchObject({ displayTimeUnit: "ms" });
  expect(trace).toHaveProperty("traceEvents.length", complete.length + 1);
  expect(Reflect.get(Object(trace), "traceEvents")).toEqual(
    expect.arrayContaining(complete.map((event) => expect.objectContaining(event) as unknown)),
  );
});

test("a profile ends with its block, its promise, or an error", async () => {
  {
    using own = profile();
    torch.ones(3).add(1);
    expect(kernelsOf(own).length).toBeGreaterThan(0);
  }
  const later = await profile(async () => {
    await Promise.resolve();
    torch.ones(3).add(1);
  });
  expect(kernelsOf(later).length).toBeGreaterThan(0);
  expect(() => profile(() => torch.ones(2).add(torch.ones(3)))).toThrow();
  expect(profile(() => undefined).events()).toEqual([]);
});

test("a second profile at the same time is an error", () => {
  profile(() => {
    expect(() => profile()).toThrow(
      "torch.profiler: a profile is on already, and kernels report to one at a time; stop it first",
    );
  });
});

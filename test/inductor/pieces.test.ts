import * as torch from "fullgraph";
import { afterEach, beforeEach, expect, test } from "vitest";
import { redirectLogs } from "../../src/base/logging.ts";
import { kernelMemory } from "../../src/runtime/kernel-memory.ts";

const { while_loop, scan, map, switch: switch_, associative_scan, print } = torch._higher_order_ops;
type Tensor = torch.Tensor;

let lines: string[] = [];
let restore = (): void => undefined;

beforeEach(() => {
  lines = [];
  torch._logging.set_logs({ perf_hints: true });
  restore = redirectLogs((text) => lines.push(text));
});

afterEach(() => {
  restore();
  torch._logging.set_logs({});
  torch._dynamo.config.reset();
  torch._dynamo.reset();
});

/** Runs both on each list of arguments; gives what the compiler says of how the graph runs. */
function compare(
  fn: (...args: never[]) => unknown,
  calls: readonly (readonly unknown[])[],
): readonly string[] {
  const compiled = torch.compile(fn, { fullgraph: true, backend: "inductor" });
  for (const args of [...calls, ...calls]) {
    torch.manual_seed(1);
    const expected = [Reflect.apply(fn, undefined, args) as unknown].flat(2) as Tensor[];
    torch.manual_seed(1);
    const actual = [Reflect.apply(compiled, undefined, args) as unknown].flat(2) as Tensor[];
    expect(actual.map(shown)).toEqual(expected.map(shown));
    actual.forEach((each, index) => torch.testing.assert_close(each, expected[index] ?? each));
  }
  return lines.join("").match(/^A graph.*$/gm) ?? [];
}

const shown = ({ dtype, shape }: Tensor): string => `${String(dtype)} of ${shape.join()}`;
const inThree = (name: string): readonly string[] => [
  `A graph runs in 3 parts, cut around ${name}.`,
];
const vary = (): Tensor[][] => [
  [torch.randn(4, 6)],
  [torch.randn(4, 6).abs()],
  [torch.ones(4, 6).neg()],
];

test("cond runs one of two compiled branches between compiled parts", () => {
  const hints = compare(
    (x: Tensor) =>
      torch
        .cond(
          x.sum().gt(0),
          (y) => [y.sin().mul(2), y],
          (y) => [y.cos(), y.add(1)],
          [x.add(1)],
        )
        .map((y) => y.add(x).mul(3)),
    vary(),
  );
  expect(hints).toEqual(inThree("torch.cond"));
});

test("a branch that gives its operand back, which is changed afterwards, changes that operand", () => {
  const hints = compare((x: Tensor) => {
    const y = x.mul(2);
    const z = torch.cond(
      x.sum().gt(0),
      (t) => t,
      (t) => t.mul(1),
      [y],
    );
    z.add_(1);
    return [y.mul(3), z];
  }, vary());
  expect(hints).toEqual(inThree("torch.cond"));
});

test("while_loop runs a compiled test and a compiled step", () => {
  const hints = compare(
    (x: Tensor) =>
      while_loop(
        (i, y) => i.lt(7).logical_and(y.sum().lt(1e6)),
        (i, y) => [i.add(1), y.mul(1.5).add(x)],
        [torch.tensor(0), x.add(1)],
      ).map((y) => y.mul(2)),
    vary(),
  );
  expect(hints).toEqual(inThree("torch._higher_order_ops.while_loop"));
});

test("a loop inside a branch is compiled as well", () => {
  const hints = compare(
    (x: Tensor) =>
      torch.cond(
        x.sum().gt(0),
        (y) =>
          while_loop(
            (z) => z.sum().lt(100),
            (z) => [z.mul(2).add(1)],
            [y.abs()],
          )[0],
        (y) => y.cos(),
        [x.add(1)],
      ),
    vary(),
  );
  expect(hints).toEqual([
    "A graph runs in 2 parts, cut around torch.cond.",
    "A graph runs in 2 parts, cut around torch._higher_order_ops.while_loop.",
  ]);
});

test("scan, map, associative_scan and switch run compiled steps", () => {
  const hints = compare((x: Tensor) => {
    const [carry, sums] = scan(
      (sum: Tensor, row: Tensor) => [sum.add(row), sum.mul(row)] as const,
      torch.zeros(6),
      x.mul(2),
    );
    const rows = map((row: Tensor) => row.sub(row.mean()), sums);
    const products = associative_scan((a: Tensor, b: Tensor) => a.mul(b), rows, 1);
    const index = carry.sum().gt(0).to(torch.int64);
    return switch_(index, [(t: Tensor) => t.sin(), (t: Tensor) => t.cos()], [products]).add(1);
  }, vary());
  expect(hints).toHaveLength(1);
  expect(hints[0]).toContain("A graph runs in 5 parts");
});

test("a custom operator stands between compiled parts, and what it changes is seen", () => {
  const scale = torch.library
    .custom_op(
      "pieces::scale_",
      { schema: "(Tensor x, float k) -> Tensor", mutates_args: ["x"] },
      (x: Tensor, k: number) => {
        x.mul_(k);
        return x.sum();
      },
    )
    .register_fake((x) => x.new_empty([]));
  const hints = compare((x: Tensor) => {
    const y = x.add(1);
    const view = y.select(0, 1);
    const before = view.mul(2);
    const sum = scale(y, 3);
    return [before, view.add(sum), y];
  }, vary());
  expect(hints).toEqual(inThree("torch.ops.pieces.scale_"));
});

test("the number of elements that a mask picks is a size like any other", () => {
  torch._dynamo.config.capture_dynamic_output_shape_ops = true;
  const hints = compare((x: Tensor) => {
    const rows = x.select(1, 0).gt(0).nonzero().flatten();
    return x.mul(2).index_select(0, rows).add(1).sum(0);
  }, vary());
  expect(hints).toEqual(inThree("nonzero"));
});

test("a size that comes out of a tensor starts another part", () => {
  torch._dynamo.config.capture_scalar_outputs = true;
  const hints = compare((x: Tensor) => {
    const count = x.gt(0).sum().item();
    return torch.zeros(count).add(x.sum()).mul(count);
  }, vary());
  expect(hints).toEqual(["A graph runs in 2 parts, cut before torch.zeros."]);
});

test("the in-graph print keeps its place between compiled parts", () => {
  const printed: unknown[] = [];
  const original = console.log;
  console.log = (text: unknown) => printed.push(text);
  const hints = compare(
    (x: Tensor) => {
      const y = x.add(1);
      print("sum {}", y.sum().gt(0));
      return y.mul(2);
    },
    [[torch.ones(2)]],
  );
  console.log = original;
  expect(hints).toEqual(inThree("torch._higher_order_ops.print"));
  expect(printed).toEqual(new Array(4).fill("sum tensor(True)"));
});

test("random numbers beside an opaque call are those of eager code", () => {
  const hints = compare(
    (x: Tensor) =>
      torch
        .cond(
          x.sum().gt(0),
          (y) => y.add(torch.rand(6)),
          (y) => y.sub(torch.randn(6)),
          [x.add(torch.rand(4, 6))],
        )
        .mul(torch.rand(6)),
    vary(),
  );
  expect(hints).toEqual(inThree("torch.cond"));
});

test("an error in a later part leaves what earlier ones computed, and names its own line", () => {
  const failing = torch.library
    .custom_op(
      "pieces::fails",
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: Tensor) => {
        if (x.sum().item() < 0) throw new RangeError("negative");
        return x.clone();
      },
    )
    .register_fake((x) => torch.empty_like(x));
  const log: string[] = [];
  const program = (x: Tensor): Tensor => {
    x.add_(1);
    const y = failing(x);
    log.push("done");
    x.add_(10);
    return y;
  };
  const compiled = torch.compile(program, { backend: "inductor" });
  for (const fn of [program, compiled]) {
    const x = torch.ones(2);
    fn(x);
    const negative = torch.ones(2).mul(-5);
    expect(() => fn(negative)).toThrow(new RangeError("negative"));
    expect([x.tolist(), negative.tolist()]).toEqual([
      [12, 12],
      [-4, -4],
    ]);
  }
  expect(log).toEqual(["done", "done"]);
});

test("memory between the parts of a graph is given back when the call is over", () => {
  const fn = torch.compile(
    (x: Tensor) => {
      const y = x.add(1);
      const z = torch.cond(
        x.sum().gt(0),
        (t) => t.mul(2),
        (t) => t,
        [y.t()],
      );
      return [y.sum(), z.narrow(0, 0, 1)];
    },
    { fullgraph: true, backend: "inductor" },
  );
  const inputs = [torch.ones(64, 64), torch.ones(64, 64).neg()];
  for (const x of inputs) fn(x);
  const usedBy = (x: Tensor): number => {
    const before = kernelMemory().counts().usedBytes;
    const [sum, row] = fn(x);
    const used = kernelMemory().counts().usedBytes - before;
    expect([sum?.item(), row?.sum().item()]).toEqual(x === inputs[0] ? [8192, 256] : [0, 0]);
    return used;
  };
  // A row is a view of what the branch gave: one matrix, and of the sum nothing.
  expect(inputs.map(usedBy)).toEqual([16384, 16384]);
});

import { afterEach, expect, test, vi } from "vitest";
import * as torch from "../../src/index.ts";
import { KernelRuntime } from "../../src/runtime/kernel-runtime.ts";

type Tensor = torch.Tensor;

afterEach(() => {
  vi.restoreAllMocks();
  torch._dynamo.reset();
});

const programs: readonly (readonly [string, (x: Tensor) => Tensor[]])[] = [
  ["sort", (x) => [...x.mul(2).sort({ descending: true })].map((each) => each.add(1))],
  ["sort along the first dimension", (x) => [x.add(1).sort(0).values.exp()]],
  ["argsort", (x) => [x.mul(-1).argsort(1).mul(2)]],
  ["topk", (x) => [x.sigmoid().topk(3).values.sum(-1), x.topk(2, 0).indices]],
  [
    "median and kthvalue",
    (x) => [x.mul(3).median(1).values.exp(), x.kthvalue(2, 1).indices.add(1)],
  ],
  ["a transposed tensor", (x) => [x.t().mul(1).t().sort(1).values, x.t().sort(1).indices]],
  ["results that are sorted again", (x) => [x.sort(1).values.sort(0).values.cumsum(0)]],
  ["an argument that is written afterwards", (x) => [x.sort(1).values, x.add_(1)]],
];

function inputs(): Tensor[] {
  torch.manual_seed(3);
  const special = torch.randn(9, 40);
  special.narrow(0, 0, 1).fill_(NaN);
  special.narrow(1, 3, 5).fill_(-0);
  return [torch.randn(9, 40), special, torch.randint(4, [12, 20]), torch.randn(300, 70)];
}

test.each(programs)("compiled as eager, in a run and step by step: %s", (_, fn) => {
  const compiled = torch.compile(fn, { fullgraph: true });
  for (const x of [...inputs(), ...inputs()]) {
    const expected = fn(x.clone());
    compiled(x.clone()).forEach((each, index) =>
      torch.testing.assert_close(each, expected[index] ?? each, { equal_nan: true }),
    );
  }
});

test("a sort between kernels does not end their run", () => {
  const fn = (x: Tensor): Tensor => x.mul(2).sort(-1).values.cumsum(0).add(1);
  const compiled = torch.compile(fn, { fullgraph: true });
  const x = torch.randn(30, 40);
  compiled(x);
  const runs = vi.spyOn(KernelRuntime.prototype, "runList");
  const launches = vi.spyOn(KernelRuntime.prototype, "launch");
  torch.testing.assert_close(compiled(x), fn(x.clone()));
  expect(runs).toHaveBeenCalledTimes(1);
  launches.mockClear();
  compiled(x);
  expect(launches).not.toHaveBeenCalled();
});

test("rows too long for the scratch space of a thread are sorted in memory of the program", () => {
  const fn = (x: Tensor): Tensor => x.mul(2).sort(-1).values.add(1);
  const compiled = torch.compile(fn, { fullgraph: true });
  const x = torch.randn(2, 70_000);
  for (let call = 0; call < 3; call++) torch.testing.assert_close(compiled(x), fn(x));
});

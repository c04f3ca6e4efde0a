import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const compiled = <Fn extends (...args: never[]) => unknown>(fn: Fn): Fn =>
  torch.compile(fn, { backend: "inductor" });

test("an output that is an input is that very tensor", () => {
  const x = torch.ones(2);
  const [same, sum] = compiled((t: torch.Tensor) => [t, t.add(1)])(x);
  expect(same).toBe(x);
  expect(sum?.tolist()).toEqual([2, 2]);
});

test("outputs that share memory in eager code share it compiled", () => {
  const fn = compiled((t: torch.Tensor) => {
    const y = t.add(1);
    return [y, y.view(2, 1), t.view(2, 1)] as const;
  });
  const x = torch.ones(2);
  const [y, column, view] = fn(x);
  y.fill_(7);
  x.fill_(5);
  expect([column.tolist(), view.tolist()]).toEqual([
    [[7], [7]],
    [[5], [5]],
  ]);
});

test("a compiled call writes to the caller's tensors in place", () => {
  const x = torch.zeros(4);
  compiled((t: torch.Tensor) => {
    t.narrow(0, 1, 2).add_(3);
    t.mul_(2);
  })(x);
  expect(x.tolist()).toEqual([0, 6, 6, 0]);
});

test("inputs that share memory are written in program order", () => {
  const fn = compiled((a: torch.Tensor, b: torch.Tensor) => {
    a.add_(1);
    return b.mul(2);
  });
  expect(fn(torch.ones(2), torch.ones(2)).tolist()).toEqual([2, 2]);
  const x = torch.ones(3);
  expect(fn(x.narrow(0, 0, 2), x.narrow(0, 1, 2)).tolist()).toEqual([4, 2]);
});

test("inputs over one ArrayBuffer share memory", () => {
  const { buffer } = new Float32Array(2);
  const over = (): torch.Tensor => torch.frombuffer(buffer, { dtype: torch.float32 });
  const fn = compiled((a: torch.Tensor, b: torch.Tensor) => {
    a.add_(1);
    return b.mul(2);
  });
  expect(fn(torch.zeros(2), torch.zeros(2)).tolist()).toEqual([0, 0]);
  expect(fn(over(), over()).tolist()).toEqual([2, 2]);
});

test("numbers that change are arguments of kernels", () => {
  const fn = torch.compile((t: torch.Tensor, k: number) => t.mul(k).add(k + 1), {
    backend: "inductor",
    dynamic: true,
  });
  expect([1.5, 2, -3].map((k) => fn(torch.ones(1), k).tolist())).toEqual([[4], [5], [-5]]);
});

test("an index that is out of range throws, with what came before it done", () => {
  const x = torch.zeros(2);
  const fn = compiled((t: torch.Tensor, index: torch.Tensor) => {
    t.add_(1);
    const row = t.index_select(0, index);
    t.add_(10);
    return row;
  });
  fn(torch.zeros(2), torch.tensor([0n]));
  expect(() => fn(x, torch.tensor([5n]))).toThrow(torch.IndexError);
  expect(x.tolist()).toEqual([1, 1]);
});

test("random numbers are those of eager code", () => {
  const program = (t: torch.Tensor): torch.Tensor => t.add(torch.rand(2)).mul(torch.randn(2));
  torch.manual_seed(3);
  const eager = program(torch.ones(2)).tolist();
  torch.manual_seed(3);
  expect(compiled(program)(torch.ones(2)).tolist()).toEqual(eager);
});

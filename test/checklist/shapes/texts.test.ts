import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";
import { rows } from "./rows.ts";

type Tensor = torch.Tensor;

interface Run {
  /** Graphs after each call. */
  readonly frames: readonly number[];
  readonly breaks: number;
}

const run = (
  fn: (...args: never[]) => unknown,
  calls: () => readonly (readonly unknown[])[],
  configure: () => void = () => {},
): Run => {
  const { framesAfter, breaks } = runDifferential(() => ({ fn, calls: calls() }), { configure });
  torch._dynamo.config.reset();
  return { frames: framesAfter, breaks: breaks.length };
};

const withNumbers = (numbers: readonly number[]) => () =>
  numbers.map((number) => [torch.arange(8).to(torch.float32), number]);

describe("slices with numbers that vary stay in one graph", () => {
  const slices: Readonly<Record<string, (x: Tensor, k: number) => unknown>> = {
    "`:${k}`": (x, k) => x.index(`:${k}`).sum(),
    "`-${k}:`": (x, k) => x.index(`-${k}:`).add(1),
    "`${k - 1}::2` beside other items": (x, k) => x.index(`${k - 1}::2`, null).add(k),
    'k + ":"': (x, k) => x.index(k + ":").mul(2),
    index_put_: (x, k) => x.clone().index_put_([`:${k}`], 5),
  };
  test.each(Object.entries(slices))("%s", (_, fn) => {
    expect(run(fn, withNumbers([3, 2, 4, 1, 5, 0]))).toEqual({
      frames: [1, 2, 2, 2, 2, 2],
      breaks: 0,
    });
  });

  test("with a size of the tensor", () => {
    const halves = (x: Tensor): Tensor => x.index(`:${Math.floor(x.size(0) / 2)}`).add(1);
    expect(run(halves, () => rows([4, 5, 9, 2]))).toEqual({ frames: [1, 2, 2, 2], breaks: 0 });
    const differences = (x: Tensor): Tensor => x.index(`:${x.size(0) - 1}`).sub(x.index("1:"));
    expect(run(differences, () => rows([4, 5, 9, 2]))).toEqual({ frames: [1, 2, 2, 2], breaks: 0 });
  });

  test("with a number out of a tensor", () => {
    const fn = (x: Tensor): Tensor => x.index(`:${x.sum().item()}`).mul(2);
    const calls = (): Tensor[][] => [[torch.ones(3)], [torch.tensor([1, 1, 0])]];
    const captured = run(
      fn,
      calls,
      () => void (torch._dynamo.config.capture_scalar_outputs = true),
    );
    expect(captured).toEqual({ frames: [1, 1], breaks: 0 });
  });

  test("the graph shows the slice as the program writes it", () => {
    const lines: string[] = [];
    const fn = (x: Tensor, k: number): Tensor => x.index(`1:${k}`);
    torch.compile(fn, {
      dynamic: true,
      backend: (module) => {
        lines.push(module.code);
        return module;
      },
    })(torch.ones(5), 3);
    expect(lines.join("\n")).toContain("`1:${s0}`");
  });
});

describe("other texts with numbers that vary are made for the number", () => {
  const weights: Readonly<Record<string, number>> = { w2: 2, w3: 3, w4: 4 };
  const byKey = new Map([["k3", 1], ["k4", 2]]); // prettier-ignore
  const texts: Readonly<Record<string, (x: Tensor, k: number) => unknown>> = {
    "a property key": (x, k) => x.mul(weights[`w${k}`] ?? 7),
    "`in`": (x, k) => (`w${k}` in weights ? x.add(1) : x.sub(1)),
    "a key of a Map": (x, k) => x.mul(byKey.get(`k${k}`) ?? 7),
    "a comparison": (x, k) => (`w${k}` === "w3" ? x.add(1) : x.sub(1)),
    // oxlint-disable-next-line eqeqeq -- the operator that is tested
    "loose equality": (x, k) => ((`${k}` as unknown) == 3 ? x.add(1) : x.sub(1)),
    "a method of strings": (x, k) => x.add(`${k},4`.split(",").length + k.toFixed(1).length),
    "its length": (x, k) => x.add(`w${k}`.length),
    "a conversion": (x, k) => x.add(Number(`${k}`) - Number.parseFloat(`${k}.5`)),
    "a computed name": (x, k) => ({ [`w${k}`]: x.add(1) }),
    "an option": (x, k) =>
      x.to((`float${k * 16}` as "float32") === "float32" ? torch.int32 : torch.float64),
  };
  test.each(Object.entries(texts))("%s", (_, fn) => {
    expect(run(fn, withNumbers([3, 2, 4, 2, 3]))).toEqual({ frames: [1, 2, 3, 3, 3], breaks: 0 });
  });
});

describe("tests of numbers that vary are guarded by their answer", () => {
  const tests: Readonly<Record<string, (x: Tensor, k: number) => unknown>> = {
    isInteger: (x, k) => (Number.isInteger(k / 2) ? x.add(k) : x.sub(k)),
    isFinite: (x, k) => (Number.isFinite(k) && isFinite(-k) ? x.add(1) : x.sub(1)),
    isNaN: (x, k) => (Number.isNaN(k) || isNaN(-k) ? x.add(1) : x.sub(1)),
  };
  const numbers: Readonly<Record<string, readonly number[]>> = {
    isInteger: [3, 2, 4, 5, 6, -0],
    isFinite: [3, 2, Infinity, 5, -Infinity, NaN],
    isNaN: [3, 2, NaN, 5, Infinity, NaN],
  };
  test.each(Object.entries(tests))("%s", (name, fn) => {
    const { frames, breaks } = run(fn, withNumbers(numbers[name] ?? []));
    expect([breaks, frames.at(-1)]).toEqual([0, 3]);
  });
});

describe("a number beside a tensor of varying size", () => {
  test("takes part in the check of a later size", () => {
    const fn = (x: Tensor, k: number): Tensor => x.narrow(0, 1, k).add(1);
    const calls = (): unknown[][] =>
      rows([8, 9, 10, 11]).map(([x], call) => [x, [3, 2, 4, 5][call]]);
    expect(run(fn, calls)).toEqual({ frames: [1, 2, 2, 2], breaks: 0 });
  });

  test("gives as many classes as it says", () => {
    const fn = (x: Tensor, k: number): Tensor => torch.nn.functional.one_hot(x.argmax(1), k);
    const calls = (): unknown[][] =>
      [[5, 4], [6, 5], [7, 6]].map(([n = 0, k]) => [torch.ones(n, 3), k]); // prettier-ignore
    expect(run(fn, calls)).toEqual({ frames: [1, 2, 2], breaks: 0 });
  });
});

import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { stateOf } from "../../src/core/tensor.ts";
import { inductor } from "../../src/inductor/inductor.ts";
import { kernelMemory } from "../../src/runtime/kernel-memory.ts";
import { fake, outcome } from "./outcome.ts";
import { randomGraph } from "./random-graph.ts";

type Tensor = torch.Tensor;

const int64 = { dtype: torch.int64 };

const large = (): Tensor => torch.randn(40, 30);
/** Several kernels with intermediates between them. */
const layered = (x: Tensor): Tensor => x.cumsum(1).sum(0).add(x).cumsum(0).mul(x).cumsum(1);

function inputsFor(seed: number): Tensor[] {
  torch.manual_seed(seed);
  return [
    torch.randn(31, 36),
    torch.randn(36),
    torch.randn(36, 31).t(),
    torch.randint(3, [31, 36]),
    torch.randn([]),
  ];
}

const rounded = (values: readonly (readonly (number | bigint)[])[]): unknown =>
  values.map((own) => own.map((value) => Number(Number(value).toPrecision(4))));

test("what one call returned stays as it is in later calls, for random graphs", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const inputs = inputsFor(seed);
    const module = randomGraph(inputs, seed, 10 + (seed % 30));
    const compiled = inductor(module, inputs.map(fake));
    const first = compiled(...inputsFor(seed)) as Tensor[]; // graphs return lists of tensors
    const before = first.map((tensor) => tensor.tolist());
    const others = inputsFor(seed + 1000);
    expect(rounded(outcome(compiled, others).values), `seed ${seed}`).toEqual(
      rounded(outcome(module, others).values),
    );
    expect(
      first.map((tensor) => tensor.tolist()),
      `seed ${seed}`,
    ).toEqual(before);
  }
}, 120_000);

test("the results of two calls never share memory", () => {
  const compiled = torch.compile(layered);
  const x = large();
  const results = [compiled(x), compiled(x), compiled(x)];
  const addresses = results.map((result) => stateOf(result).storage.address());
  expect(new Set(addresses).size).toBe(3);
});

test("a constant of the graph stays what it is, also where a copy of it is written to", () => {
  const withConstant = (x: Tensor): Tensor => {
    const ramp = torch.arange(30).mul(0.5).cumsum(0);
    return x
      .add(ramp)
      .cumsum(1)
      .add(ramp.clone().add_(x.sum(0)));
  };
  const compiled = torch.compile(withConstant);
  for (let call = 0; call < 3; call++) {
    const x = torch.randn(40, 30);
    expect(compiled(x).allclose(withConstant(x), { rtol: 1e-4, atol: 1e-3 })).toBe(true);
  }
});

test("an input that is changed in place is changed in every call, small and large", () => {
  for (const size of [3, 50]) {
    const compiled = torch.compile((x: Tensor) => x.add_(x.cumsum(0).sum(1)).mul(2));
    const x = torch.zeros(size, size).add_(1);
    const y = x.clone();
    for (let call = 0; call < 3; call++) {
      const expected = y.add_(y.cumsum(0).sum(1)).mul(2);
      expect(compiled(x).allclose(expected)).toBe(true);
      expect(x.allclose(y)).toBe(true);
    }
  }
});

test("one and two threads give the same bits", () => {
  const x = torch.randn(700, 300);
  const compiled = torch.compile(layered);
  const threads = torch.get_num_threads();
  try {
    torch.set_num_threads(1);
    const alone = compiled(x).toTypedArray();
    torch.set_num_threads(2);
    compiled(x);
    expect(compiled(x).toTypedArray()).toEqual(alone);
  } finally {
    torch.set_num_threads(threads);
  }
});

describe("an error inside a program", () => {
  const pick = torch.compile((x: Tensor, index: Tensor) => {
    x.add_(1);
    const y = layered(x);
    return y.index_select(0, index).cumsum(0).mul(2);
  });

  test("is the one of eager code, after the same effects, and the next call works", () => {
    const x = torch.zeros(40, 30);
    const bad = torch.tensor(
      Array.from({ length: 40 }, () => 50),
      int64,
    );
    const good = torch.tensor(
      Array.from({ length: 40 }, (_, row) => row),
      int64,
    );
    expect(() => pick(x, good)).not.toThrow();
    expect(() => pick(x, bad)).toThrow(/out of range/);
    expect(x.sum().item()).toBe(2 * 40 * 30);
    const expected = layered(torch.zeros(40, 30).add_(3)).index_select(0, good).cumsum(0).mul(2);
    expect(pick(x, good).allclose(expected)).toBe(true);
  });
});

test("a compiled function that is called in the middle of another keeps to memory of its own", () => {
  const inner = torch.compile(layered);
  const opaque = torch.library.custom_op(
    "execution::inner",
    { schema: "(Tensor x) -> Tensor", mutates_args: [] },
    (x: Tensor) => inner(x).clone(),
  );
  opaque.register_fake((x: Tensor) => torch.empty_like(x));
  const outer = torch.compile((x: Tensor) => {
    const y = layered(x);
    return layered(opaque(y)).add(y.cumsum(0));
  });
  const x = large().mul(0.01);
  const y = layered(x);
  const expected = layered(layered(y)).add(y.cumsum(0));
  for (let call = 0; call < 3; call++)
    expect(outer(x).allclose(expected, { rtol: 1e-4, atol: 1e-4 })).toBe(true);
});

test("a hundred thousand calls run in bounded memory", () => {
  const chain = torch.compile((x: Tensor) => x.mul(2).add(1).cumsum(0).sum(1));
  const x = torch.ones(20, 20);
  for (let call = 0; call < 1000; call++) chain(x);
  const before = kernelMemory().counts().usedBytes;
  for (let call = 0; call < 100_000; call++) chain(x);
  expect(kernelMemory().counts().usedBytes - before).toBeLessThan(2 ** 22);
}, 60_000);

describe("a number that is read between kernels", () => {
  const elements: readonly (readonly [string, (x: torch.Tensor) => torch.Tensor])[] = [
    ["float32", (x) => x.sum()],
    ["float64", (x) => x.to(torch.float64).amax()],
    ["an integer", (x) => x.nan_to_num(0, 0, 0).to(torch.int64).sum()],
    ["a boolean", (x) => x.gt(0).any()],
    ["an element of a larger tensor", (x) => x.mul(2).select(0, 3)],
    ["an input itself", (x) => x.select(0, 2)],
  ];
  const inputs = [
    torch.tensor([1, 2, 3.5, -0, 7]),
    torch.tensor([NaN, 0.1, -0, 5, 1]),
    torch.tensor([-Infinity, -1, 0, -0, -3]),
  ];

  test.each(elements)("is that of eager code: %s", (_, element) => {
    const fn = (x: torch.Tensor): unknown[] => {
      const read = element(x).item();
      const factor = Number(read);
      return [x.mul(factor).add(1), read, 1 / factor];
    };
    torch._dynamo.config.capture_scalar_outputs = true;
    const compiled = torch.compile(fn, { fullgraph: true });
    for (const x of [...inputs, ...inputs]) {
      const [tensor, ...numbers] = compiled(x);
      const [expected, ...expectedNumbers] = fn(x);
      expect(numbers).toEqual(expectedNumbers);
      torch.testing.assert_close(tensor as torch.Tensor, expected as torch.Tensor, {
        equal_nan: true,
      });
    }
    torch._dynamo.config.reset();
  });
});

/** Rows long enough for every loop of a kernel; NaN stands first, in the middle, last and everywhere. */
const rowsWithNaN = [[], [0], [20], [66], Array.from({ length: 67 }, (_, i) => i)];

test.each(["softmax", "log_softmax"] as const)("a NaN makes its own row of %s NaN", (name) => {
  const fn = (t: Tensor): Tensor => torch.nn.functional[name](t, 1);
  const rows = rowsWithNaN.map((places) =>
    Array.from({ length: 67 }, (_, i) => (places.includes(i) ? NaN : Math.sin(i) * 9)),
  );
  const input = torch.tensor(rows);
  for (const result of [fn(input), torch.compile(fn)(input)])
    expect(result.isnan().sum([1]).tolist()).toEqual([0, 67, 67, 67, 67]);
});

test("a small tensor that a step behind a failing one would write keeps its elements", () => {
  const { binary_cross_entropy } = torch.nn.functional;
  const fn = (x: torch.Tensor, total: torch.Tensor): torch.Tensor => {
    const loss = binary_cross_entropy(x, x);
    total.zero_();
    return loss;
  };
  const total = torch.full([], -4);
  const outside = torch.full([16, 24], -0.5);
  const message = "all elements of input should be between 0 and 1";
  expect(() => torch.compile(fn)(outside, total)).toThrow(message);
  expect(total.item()).toBe(-4);
});

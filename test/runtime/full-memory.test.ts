import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as torch from "../../src/index.ts";
import { redirectLogs, resetLogging } from "../../src/base/logging.ts";
import { stateOf } from "../../src/core/tensor.ts";

type Tensor = torch.Tensor;

let lines: string[] = [];
let restore = (): void => undefined;

beforeEach(() => {
  lines = [];
  resetLogging();
  restore = redirectLogs((text) => lines.push(text));
});

afterEach(() => {
  vi.restoreAllMocks();
  restore();
  torch._dynamo.reset();
});

const homeOf = (x: Tensor): string => stateOf(x).storage.home;

/** A memory that cannot grow any more, full of tensors. */
function fillMemory(): Tensor[] {
  vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
    throw new RangeError("no more memory");
  });
  const held: Tensor[] = [];
  for (const elements of [2 ** 20, 2 ** 14, 2 ** 8]) {
    for (;;) {
      const x = torch.empty(elements);
      if (homeOf(x) === "javascript") break;
      held.push(x);
    }
  }
  return held;
}

const programs: readonly (readonly [string, (x: Tensor, y: Tensor) => Tensor])[] = [
  ["pointwise operators", (x, y) => x.mul(2).add(y).sigmoid()],
  ["reductions and norms", (x, y) => x.softmax(-1).sub(y.mean(0)).cumsum(1)],
  ["products", (x, y) => x.matmul(y.t()).relu().matmul(y)],
  ["sorting", (x, y) => x.sort(-1).values.add(y.topk(1).values)],
  [
    "in-place operators and views",
    (x, y) =>
      x
        .clone()
        .narrow(1, 0, 20)
        .add_(y.narrow(1, 4, 20)),
  ],
];

/** In eighths: sums of products are exact, in whatever order they are added up. */
const eighths = (): Tensor => torch.randn(40, 60).mul(8).round().div(8);

test.each(programs)("without room in the memory results stay the same: %s", (_, fn) => {
  const [x, y] = [eighths(), eighths()];
  const compiled = torch.compile(fn, { fullgraph: true });
  const expected = fn(x, y);
  torch.testing.assert_close(compiled(x, y), expected);
  const held = fillMemory();
  for (const inputs of [[x, y] as const, [x.clone(), y.clone()] as const]) {
    torch.testing.assert_close(fn(...inputs), expected);
    torch.testing.assert_close(compiled(...inputs), expected);
    torch.testing.assert_close(torch.compile(fn)(...inputs), expected);
  }
  vi.restoreAllMocks();
  for (const each of held) each.dispose();
  const after = compiled(x, y);
  expect(homeOf(after)).toBe("memory");
  torch.testing.assert_close(after, expected);
});

test("that a tensor is kept outside of the memory is said once, and logged each time", () => {
  torch._logging.set_logs({ perf_hints: true });
  const held = fillMemory();
  torch.empty(1000);
  torch._logging.set_logs({});
  for (const each of held) each.dispose();
  const text = lines.join("");
  expect(
    text.match(/there is no room for a tensor of .* in the kernel memory, which/g),
  ).toHaveLength(1);
  expect(text).toContain("A tensor of 3.91 KiB is a JavaScript array: there is no room for it");
});

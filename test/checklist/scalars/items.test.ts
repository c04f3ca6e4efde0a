import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";

type Tensor = torch.Tensor;
afterEach(() => torch._dynamo.config.reset());

const calls = (): readonly [Tensor][] => [
  [torch.ones(3)],
  [torch.ones(3).neg()],
  [torch.tensor([1, 2, NaN])],
];
const capture = (): void => void (torch._dynamo.config.capture_scalar_outputs = true);

describe("F98: a number out of a tensor that is computed with", () => {
  const fn = (x: Tensor): Tensor => x.add(Number(x.sum().item()));

  test("is a break, behind which all values share a graph", () => {
    const run = runDifferential(() => ({ fn, calls: calls() }));
    expect(run.framesAfter).toEqual([2, 2, 2]);
    expect(run.breaks.map(({ reason }) => reason.id)).toEqual(["GB0124"]);
  });

  test("is part of one graph with capture_scalar_outputs", () => {
    const run = runDifferential(() => ({ fn, calls: calls() }), { configure: capture });
    expect(run.framesAfter).toEqual([1, 1, 1]);
  });

  test("and with fullgraph", () => {
    const run = runDifferential(() => ({ fn, calls: calls() }), { fullgraph: true });
    expect(run.framesAfter).toEqual([1, 1, 1]);
  });
});

describe("F99: a branch on a number out of a tensor", () => {
  const fn = (x: Tensor): Tensor => {
    const sum = Number(x.sum().item());
    return sum > 0 ? x.add(sum) : x.sub(sum);
  };

  test("resumes in either way, with captured scalars", () => {
    const run = runDifferential(() => ({ fn, calls: calls() }), { configure: capture });
    expect(run.framesAfter).toEqual([2, 3, 3]);
    expect(run.breaks.map(({ reason }) => reason.id)).toEqual(["GB0170"]);
  });

  test("F99↑: with fullgraph, where PyTorch gives up, is one graph", () => {
    const run = runDifferential(() => ({ fn, calls: calls() }), { fullgraph: true });
    expect(run.framesAfter).toEqual([1, 1, 1]);
  });
});

describe("F104: a loop up to a number out of a tensor", () => {
  const fn = (x: Tensor): Tensor => {
    const count = Number(x.gt(0).sum().item());
    let y = x;
    for (let i = 0; i < count; i++) y = y.mul(2).add(i);
    return y;
  };

  test("is a break with captured scalars", () => {
    const run = runDifferential(() => ({ fn, calls: calls() }), { configure: capture });
    expect(run.breaks.map(({ reason }) => reason.id)).toContain("GB0170");
  });

  test("F104↑: with fullgraph it is a while_loop in one graph", () => {
    const run = runDifferential(() => ({ fn, calls: calls() }), { fullgraph: true });
    expect(run.framesAfter).toEqual([1, 1, 1]);
  });

  test("as an index of a list it must be known", () => {
    const pick = (x: Tensor): Tensor => {
      const factors = [1, 2, 3, 4];
      return x.mul(factors[Number(x.gt(0).sum().item())] ?? 0);
    };
    const compiled = torch.compile(pick, { fullgraph: true });
    expect(() => compiled(torch.ones(3))).toThrow(torch._dynamo.exc.Unsupported);
    torch._dynamo.reset();
    runDifferential(() => ({ fn: pick, calls: calls() }));
  });
});

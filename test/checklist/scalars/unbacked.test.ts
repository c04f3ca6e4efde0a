import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";
import { type DifferentialResult, runDifferential } from "../../differential.ts";

afterEach(() => {
  torch._dynamo.config.capture_dynamic_output_shape_ops = false;
  torch._dynamo.config.capture_scalar_outputs = false;
});

const vectors = (): readonly (readonly [torch.Tensor])[] =>
  [
    [1, -1, 2],
    [-1, -1, -1],
    [1, 2, 3],
    [0, 0, 5],
    [1, -1, 2],
  ].map((data) => [torch.tensor(data)]);

function captured(
  fn: (x: torch.Tensor) => unknown,
  calls: () => readonly (readonly [torch.Tensor])[] = vectors,
): DifferentialResult {
  return runDifferential(() => ({ fn, calls: calls() }), {
    configure: () => {
      torch._dynamo.config.capture_dynamic_output_shape_ops = true;
      torch._dynamo.config.capture_scalar_outputs = true;
    },
  });
}

describe("F103: operators whose sizes depend on data stay in the graph", () => {
  test("masked_select and what is computed from it is one graph for every count, 0 included", () => {
    const run = captured((x) => torch.masked_select(x, x.gt(0)).mul(2).sum().add(x));
    expect(run.framesAfter).toEqual([1, 1, 1, 1, 1]);
    expect(run.breaks).toEqual([]);
  });

  test("nonzero keeps its known number of columns", () => {
    const run = captured((x) => {
      const places = torch.nonzero(x.gt(0));
      return places.mul(places.shape[1] ?? 0);
    });
    expect(run.framesAfter).toEqual([1, 1, 1, 1, 1]);
    expect(run.breaks).toEqual([]);
  });

  test("the size itself is a number of the graph", () => {
    const run = captured((x) => {
      const positive = torch.masked_select(x, x.gt(0));
      const count = positive.size(0);
      return [positive.sum().div(count + 1), torch.zeros(count, 2), count];
    });
    expect(run.framesAfter).toEqual([1, 1, 1, 1, 1]);
    expect(run.breaks).toEqual([]);
  });

  test("two selections by one mask fit together", () => {
    const run = captured((x) => {
      const mask = x.gt(0);
      return torch.masked_select(x, mask).mul(torch.masked_select(x.mul(3), mask));
    });
    expect(run.framesAfter).toEqual([1, 1, 1, 1, 1]);
  });

  test("unique gives its sizes by data, and its inverse by the input", () => {
    const run = captured((x) => {
      const [values = x, inverse = x] = torch.unique(x, { return_inverse: true });
      return [values.add(1), inverse.add(1), inverse.shape[0]];
    });
    expect(run.framesAfter).toEqual([1, 1, 1, 1, 1]);
  });

  test("a branch on such a size is a graph break", () => {
    const run = captured((x) => {
      const positive = torch.masked_select(x, x.gt(0));
      return positive.size(0) > 1 ? positive.add(1) : positive.sub(1);
    });
    expect(run.breaks.map((record) => record.reason.title)).toEqual(
      Array.from({ length: run.breaks.length }, () => "Data-dependent branching"),
    );
  });

  test("squeeze, whose rank depends on the size, is a graph break that says so", () => {
    const run = captured((x) => torch.masked_select(x, x.gt(0)).squeeze().add(1));
    expect(run.breaks[0]?.reason.id).toBe("GBJ011");
  });

  test("sizes that do not fit at run time throw as they do eagerly", () => {
    captured((x) => torch.masked_select(x, x.gt(0)).add(torch.ones(3)));
  });

  test("with the flag off it is a break whose hint names the flag", () => {
    const run = runDifferential(() => ({
      fn: (x: torch.Tensor) => torch.masked_select(x, x.gt(0)).sum(),
      calls: vectors(),
    }));
    expect(run.breaks[0]?.reason.id).toBe("GB0036");
    expect(run.breaks[0]?.reason.hints.join()).toContain("capture_dynamic_output_shape_ops");
  });

  test("a boolean mask as index", () => {
    const run = captured((x) => x.index(x.gt(0)).mul(2));
    expect(run.framesAfter).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("numbers out of tensors are sizes", () => {
  test("torch.ones(n), narrow and arithmetic on n are one graph", () => {
    const run = captured(
      (n) => {
        const count = Number(n.sum().item());
        return [torch.ones(count + 1).mul(2), torch.arange(10).narrow(0, 0, count), count * 2];
      },
      () => [[torch.tensor([1, 2])], [torch.tensor([0, 0])], [torch.tensor([4, 5])]],
    );
    expect(run.framesAfter).toEqual([1, 1, 1]);
    expect(run.breaks).toEqual([]);
  });

  test("a negative size throws as it does eagerly", () => {
    captured(
      (n) => torch.ones(Number(n.item())).add(1),
      () => [[torch.tensor(2)], [torch.tensor(-1)], [torch.tensor(0)]],
    );
  });
});

describe("F: tolist", () => {
  const twice = (x: torch.Tensor): unknown => {
    const rows = x.mul(2).tolist() as number[][];
    return rows.map((row) => x.mul(row[0] ?? 0).add(row[1] ?? 0));
  };
  const calls = (): readonly [torch.Tensor][] => [
    [
      torch.tensor([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      torch.tensor([
        [-1, 0],
        [0.5, 7],
      ]),
    ],
  ];

  test("of a tensor of fixed size gives numbers of the graph, in one graph for all values", () => {
    const run = runDifferential(() => ({ fn: twice, calls: calls() }), { fullgraph: true });
    expect(run.framesAfter).toEqual([1, 1]);
  });

  test("without captured scalars it is a break that names the flag", () => {
    const run = runDifferential(() => ({ fn: twice, calls: calls() }));
    expect(run.breaks.map(({ reason }) => reason.id)).toContain("GB0109");
    expect(run.breaks[0]?.reason.hints[0]).toContain("capture_scalar_outputs");
  });
});

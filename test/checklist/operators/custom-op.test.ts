import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";

/**
 * Group H of the behavioural checklist, as far as custom operators with a fake go. C115 (register_autograd), C117
 * (opcheck) and C119 (allow_in_graph, nonstrict_trace, assume_constant_result) belong to later work.
 */

const { config } = torch._dynamo;
type Tensor = torch.Tensor;

afterEach(() => {
  config.reset();
});

const ones = (): Tensor => torch.ones(3);

/** An operator that counts how often its implementation and its fake run. */
function countingOp(name: string) {
  const runs = { impl: 0, fake: 0 };
  const op = torch.library.custom_op(
    `checklist::${name}`,
    { schema: "(Tensor x, float k) -> Tensor", mutates_args: [] },
    (x: Tensor, k: number) => {
      runs.impl += 1;
      return x.mul(x.max().item()).add(k);
    },
  );
  op.register_fake((x: Tensor) => {
    runs.fake += 1;
    return torch.empty_like(x);
  });
  return { op, runs };
}

test("C111: an operator with a fake is one node", () => {
  const run = runDifferential(() => {
    const { op } = countingOp("one_node");
    return { fn: (x: Tensor) => op(x.add(1), 0.5).mul(2), calls: [[ones()], [ones()]] };
  });
  expect(run.framesAfter).toEqual([1, 1]);
  expect(run.ops).toBe(3);
  expect(run.breaks).toEqual([]);
});

test("C111: the implementation runs once a call, the fake only while capturing", () => {
  const { op, runs } = countingOp("runs");
  const fn = torch.compile((x: Tensor) => op(x.add(1), 0.5).mul(2), { backend: "eager" });
  fn(ones());
  expect(runs).toEqual({ impl: 1, fake: 1 });
  fn(ones());
  fn(ones());
  expect(runs).toEqual({ impl: 3, fake: 1 });
});

test("C111: a number for the operator may vary without another graph for each value", () => {
  const run = runDifferential(() => {
    const { op } = countingOp("scalar");
    return {
      fn: (x: Tensor, k: number) => op(x, k),
      calls: [0.5, 1.5, 2.5, 3].map((k) => [ones(), k]),
    };
  });
  expect(run.framesAfter).toEqual([1, 2, 2, 2]);
});

describe("C112: an operator without a fake", () => {
  const makeOp = (name: string) =>
    torch.library.custom_op(
      `checklist::${name}`,
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: Tensor) => x.clone(),
    );

  test("works in eager", () => {
    expect(String(makeOp("eager_only")(ones()))).toBe("tensor([1., 1., 1.])");
  });

  // It is a graph break (the operator runs natively) instead of a hard error, which leaves eager's meaning intact.
  test("is refused by fullgraph with a message that names register_fake", () => {
    const op = makeOp("no_fake");
    const fn = torch.compile((x: Tensor) => op(x.add(1)).mul(2), {
      backend: "eager",
      fullgraph: true,
    });
    expect(() => fn(ones())).toThrow(/There was no fake impl registered for checklist::no_fake/);
    expect(() => fn(ones())).toThrow(/register_fake/);
  });
});

test("C113: an argument that the operator says it changes is changed for the caller", () => {
  const run = runDifferential(() => {
    const addOne = torch.library.custom_op(
      "checklist::add_one_",
      { schema: "(Tensor x) -> ()", mutates_args: ["x"] },
      (x: Tensor): void => {
        x.add_(1);
      },
    );
    addOne.register_fake(() => {});
    const x = ones();
    const fn = (t: Tensor) => {
      addOne(t);
      return t.mul(2);
    };
    return { fn, calls: [[x], [x]], watch: x };
  });
  expect(run.framesAfter).toEqual([1, 1]);
  expect(run.ops).toBe(2);
  expect(run.results.map(String)).toEqual(["tensor([4., 4., 4.])", "tensor([6., 6., 6.])"]);
});

describe("C116: a declaration that is wrong", () => {
  test("a schema that misses a type names the parameter", () => {
    expect(() =>
      torch.library.custom_op(
        "checklist::untyped",
        { schema: "(x) -> Tensor", mutates_args: [] },
        (x: Tensor) => x,
      ),
    ).toThrow(/\bx\b/);
  });

  test("a type that is not supported names the parameter", () => {
    expect(() =>
      torch.library.custom_op(
        "checklist::unsupported",
        { schema: "(Banana x) -> Tensor", mutates_args: [] },
        (x: Tensor) => x,
      ),
    ).toThrow(/Banana/);
  });

  test("a name in mutates_args that no parameter has", () => {
    expect(() =>
      torch.library.custom_op(
        "checklist::mutates",
        { schema: "(Tensor x) -> Tensor", mutates_args: ["y"] },
        (x: Tensor) => x,
      ),
    ).toThrow('mutates_args names "y", but the parameters are x');
  });

  test("a name without a namespace", () => {
    expect(() =>
      torch.library.custom_op(
        "plain",
        { schema: "(Tensor x) -> Tensor", mutates_args: [] },
        (x: Tensor) => x,
      ),
    ).toThrow('expected a name of the form "namespace::name"');
  });
});

test("an argument of the wrong type is the same error eager and compiled", () => {
  const run = runDifferential(() => {
    const { op } = countingOp("wrong_type");
    const wrong = op as unknown as (x: unknown, k: unknown) => Tensor;
    return { fn: (x: Tensor) => wrong(x.add(1), "a"), calls: [[ones()]] };
  });
  expect(run.outcomes).toMatchObject([
    {
      kind: "error",
      error: {
        name: "TypeError",
        message: "wrong_type(): argument 'k' (position 2) must be float, not string",
      },
    },
  ]);
});

test("an error of the implementation is caught where the program catches it", () => {
  runDifferential(() => {
    const fails = torch.library.custom_op(
      "checklist::fails",
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: Tensor) => {
        if (Number(x.sum().item()) > 5) throw new RangeError("too large");
        return x.clone();
      },
    );
    fails.register_fake((x: Tensor) => torch.empty_like(x));
    const fn = (x: Tensor) => {
      try {
        return fails(x.add(1)).mul(2);
      } catch (error) {
        return error instanceof RangeError ? x.mul(7) : x;
      }
    };
    return { fn, calls: [[torch.zeros(3)], [ones()]] };
  });
});

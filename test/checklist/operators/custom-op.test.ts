import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";

/** Group H of the behavioural checklist, custom operators. H115 (register_autograd) waits for autograd. */

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

test("H111: an operator with a fake is one node", () => {
  const run = runDifferential(() => {
    const { op } = countingOp("one_node");
    return { fn: (x: Tensor) => op(x.add(1), 0.5).mul(2), calls: [[ones()], [ones()]] };
  });
  expect(run.framesAfter).toEqual([1, 1]);
  expect(run.ops).toBe(3);
  expect(run.breaks).toEqual([]);
});

test("H111: the implementation runs once a call, the fake only while capturing", () => {
  const { op, runs } = countingOp("runs");
  const fn = torch.compile((x: Tensor) => op(x.add(1), 0.5).mul(2), { backend: "eager" });
  fn(ones());
  expect(runs).toEqual({ impl: 1, fake: 1 });
  fn(ones());
  fn(ones());
  expect(runs).toEqual({ impl: 3, fake: 1 });
});

test("H111: a number for the operator may vary without another graph for each value", () => {
  const run = runDifferential(() => {
    const { op } = countingOp("scalar");
    return {
      fn: (x: Tensor, k: number) => op(x, k),
      calls: [0.5, 1.5, 2.5, 3].map((k) => [ones(), k]),
    };
  });
  expect(run.framesAfter).toEqual([1, 2, 2, 2]);
});

describe("H112: an operator without a fake", () => {
  const makeOp = (name: string) =>
    torch.library.custom_op(
      `checklist::${name}`,
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: Tensor) => x.clone(),
    );

  test("works in eager", () => {
    expect(String(makeOp("eager_only")(ones()))).toBe("tensor([1., 1., 1.])");
  });

  test.each([true, false])(
    "is refused with a message that names register_fake, fullgraph or not (%s)",
    (fullgraph) => {
      const op = makeOp("no_fake");
      const fn = torch.compile((x: Tensor) => op(x.add(1)).mul(2), {
        backend: "eager",
        fullgraph,
      });
      expect(() => fn(ones())).toThrow(torch._dynamo.exc.TorchRuntimeError);
      expect(() => fn(ones())).toThrow(
        /There was no fake impl registered for checklist::no_fake.*register_fake/s,
      );
      expect(() => fn(ones())).toThrow(/custom-op\.test\.ts/);
    },
  );
});

describe("a fake that does not tell the truth", () => {
  const lyingOp = (name: string, fake: (x: Tensor) => Tensor) =>
    torch.library
      .custom_op(
        `checklist::${name}`,
        { schema: "(Tensor x) -> Tensor", mutates_args: [] },
        (x: Tensor) => x.mul(2),
      )
      .register_fake(fake);

  test.each([
    ["size", (x: Tensor) => torch.empty([x.numel() + 1]), "size (4)"],
    ["dtype", (x: Tensor) => torch.empty(x.shape, { dtype: torch.int64 }), "int64"],
    ["rank", (x: Tensor) => torch.empty([x.numel(), 1]), "size (3, 1)"],
  ] as const)("about the %s is an error where the operator runs", (what, fake, said) => {
    const op = lyingOp(`lies_about_${what}`, fake);
    const fn = torch.compile((x: Tensor) => op(x).add(1), { backend: "eager" });
    expect(() => fn(ones())).toThrow(
      `checklist::lies_about_${what}: the function given to register_fake says that the result is a`,
    );
    expect(() => fn(ones())).toThrow(said);
    expect(() => fn(ones())).toThrow("but the implementation gave a float32 tensor of size (3)");
  });

  test("is not taken for one because sizes vary", () => {
    const op = lyingOp("tells_the_truth", (x) => torch.empty_like(x));
    const run = runDifferential(() => ({
      fn: (x: Tensor) => op(x).add(1),
      calls: [3, 4, 5].map((size) => [torch.ones(size)]),
    }));
    expect(run.framesAfter).toEqual([1, 2, 2]);
  });
});

describe("results", () => {
  const makeOp = (name: string, schema: string, impl: (x: Tensor) => unknown) =>
    torch.library.custom_op(`checklist::${name}`, { schema, mutates_args: [] }, impl);

  test("that are an argument are refused, with what to do", () => {
    const same = makeOp("same", "(Tensor x) -> Tensor", (x) => x);
    const view = makeOp("view", "(Tensor x) -> Tensor", (x) => x.view(-1));
    for (const op of [same, view])
      expect(() => op(ones())).toThrow(
        /must not be an input or share memory with one\. Return a clone\(\) instead/,
      );
  });

  test("that share memory with one another are refused", () => {
    const op = makeOp("twins", "(Tensor x) -> (Tensor, Tensor)", (x) => {
      const y = x.mul(2);
      return [y, y.view(-1)];
    });
    expect(() => op(ones())).toThrow("must not share memory with one another");
  });

  test("that are not what the schema says are refused", () => {
    const op = makeOp("number", "(Tensor x) -> Tensor", () => 3);
    expect(() => op(ones())).toThrow(
      "checklist::number: the implementation gave number, but the schema says -> Tensor",
    );
  });

  test("that are numbers come from the implementation, not from the fake", () => {
    const run = runDifferential(() => {
      const op = makeOp("largest", "(Tensor x) -> float", (x) => Number(x.max().item()));
      op.register_fake(() => 0);
      return {
        fn: (x: Tensor) => x.add(1).mul(op(x) as number),
        calls: [[torch.tensor([1, 5])], [torch.tensor([7, 2])]],
      };
    });
    expect(run.results.map(String)).toEqual(["tensor([10., 30.])", "tensor([56., 21.])"]);
  });
});

test("register_kernel replaces the implementation for tensors of a device", () => {
  const op = torch.library.custom_op(
    "checklist::kernel",
    { schema: "(Tensor x) -> Tensor", mutates_args: [] },
    (x: Tensor) => x.mul(2),
  );
  op.register_kernel("cpu", (x) => x.mul(3));
  expect(String(op(ones()))).toBe("tensor([3., 3., 3.])");
  expect(() => op.register_kernel("gpu", (x) => x)).toThrow('there is no device "gpu"');
});

test('mutates_args: "unknown" takes all tensors for changed', () => {
  const run = runDifferential(() => {
    const op = torch.library.custom_op(
      "checklist::unknown",
      { schema: "(Tensor x, float k) -> ()", mutates_args: "unknown" },
      (x: Tensor, k: number): void => {
        x.add_(k);
      },
    );
    op.register_fake(() => {});
    const x = ones();
    const fn = (t: Tensor) => {
      op(t, 2);
      return t.mul(2);
    };
    return { fn, calls: [[x]], watch: x };
  });
  expect(run.results.map(String)).toEqual(["tensor([6., 6., 6.])"]);
});

describe("get_ctx().new_dynamic_size()", () => {
  function positionsOp(name: string) {
    const runs = { impl: 0 };
    const op = torch.library.custom_op(
      `checklist::${name}`,
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: Tensor) => {
        runs.impl += 1;
        return x.nonzero().clone();
      },
    );
    op.register_fake((x) => {
      const count = torch.library.get_ctx().new_dynamic_size();
      return torch.empty([count, x.dim()], { dtype: torch.int64 });
    });
    return { op, runs };
  }
  const counts = [
    [1, 0, 2],
    [0, 0, 0],
    [1, 1, 1],
    [0, 3, 0],
  ].map((values) => [torch.tensor(values)]);

  test("breaks the graph unless sizes that depend on data are captured", () => {
    const run = runDifferential(() => {
      const { op } = positionsOp("positions_break");
      return { fn: (x: Tensor) => op(x.add(0)).mul(2), calls: counts };
    });
    expect(run.breaks).toMatchObject([{ reason: { id: "GB0036" } }]);
  });

  test("with capture_dynamic_output_shape_ops one graph serves all sizes", () => {
    const run = runDifferential(
      () => {
        const { op } = positionsOp("positions_capture");
        return {
          fn: (x: Tensor) => {
            const y = op(x.add(0));
            return [y.mul(2), torch.ones(y.shape[0] ?? 0)];
          },
          calls: counts,
        };
      },
      {
        configure: () => {
          config.reset();
          config.capture_dynamic_output_shape_ops = true;
        },
      },
    );
    expect(run.breaks).toEqual([]);
    expect(run.framesAfter).toEqual([1, 1, 1, 1]);
  });

  test("does not run the implementation while capturing", () => {
    config.capture_dynamic_output_shape_ops = true;
    const { op, runs } = positionsOp("positions_runs");
    const fn = torch.compile((x: Tensor) => op(x.add(0)), { backend: "eager" });
    fn(torch.tensor([1, 0, 2]));
    expect(runs.impl).toBe(1);
  });

  test("is there only inside a fake", () => {
    expect(() => torch.library.get_ctx()).toThrow(
      "can only be called in the function given to register_fake",
    );
  });
});

describe("H117: opcheck", () => {
  test("gives SUCCESS for each test of a good operator", () => {
    const { op } = countingOp("good");
    expect(torch.library.opcheck(op, [torch.randn(2, 3), 0.5])).toEqual({
      test_schema: "SUCCESS",
      test_faketensor: "SUCCESS",
      test_aot_dispatch_dynamic: "SUCCESS",
    });
  });

  function liar() {
    const op = torch.library.custom_op(
      "checklist::liar",
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: Tensor) => x.add_(1).clone(),
    );
    return op.register_fake((x) => torch.empty([x.numel(), 1]));
  }

  test("an operator that changes what it does not name, and whose fake is wrong, fails", () => {
    const x = ones();
    const results = torch.library.opcheck(liar(), [x], { raise_exception: false });
    expect(String(results.test_schema)).toContain(
      "checklist::liar changed its argument x, but mutates_args names none",
    );
    expect(String(results.test_faketensor)).toContain(
      "says that the result is a float32 tensor of size (3, 1)",
    );
    expect(results.test_aot_dispatch_dynamic).toBeInstanceOf(torch.library.OpCheckError);
    expect(String(x)).toBe("tensor([1., 1., 1.])");
  });

  test("throws the first failure unless it is told not to", () => {
    expect(() => torch.library.opcheck(liar(), [ones()])).toThrow(torch.library.OpCheckError);
  });

  test("a fake that is right for one size only fails over sizes", () => {
    const op = torch.library.custom_op(
      "checklist::one_size",
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: Tensor) => x.mul(2),
    );
    op.register_fake(() => torch.empty(3));
    const results = torch.library.opcheck(op, [ones()], { raise_exception: false });
    expect(results).toMatchObject({ test_schema: "SUCCESS", test_faketensor: "SUCCESS" });
    expect(String(results.test_aot_dispatch_dynamic)).toContain("checklist::one_size");
  });

  test("an operator without a fake fails test_faketensor", () => {
    const op = torch.library.custom_op(
      "checklist::fakeless",
      { schema: "(Tensor x) -> Tensor", mutates_args: [] },
      (x: Tensor) => x.clone(),
    );
    const { test_faketensor } = torch.library.opcheck(op, [ones()], {
      raise_exception: false,
      test_utils: ["test_faketensor"],
    });
    expect(String(test_faketensor)).toContain("no fake impl registered for checklist::fakeless");
  });

  test("what is not an operator is refused", () => {
    expect(() => torch.library.opcheck(() => 1, [])).toThrow("opcheck needs an operator");
  });
});

test("H113: an argument that the operator says it changes is changed for the caller", () => {
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

describe("H116: a declaration that is wrong", () => {
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

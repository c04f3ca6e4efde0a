import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";

/** Group D of the behavioural checklist: `torch.compiler.set_stance` in all its forms. */

const { testing, exc } = torch._dynamo;
type Tensor = torch.Tensor;

afterEach(() => {
  torch._dynamo.reset();
});

const ones = (n = 3): Tensor => torch.ones(n);

function counted() {
  const counter = new testing.CompileCounter();
  return { counter, fn: torch.compile((x: Tensor) => x.add(1), { backend: counter }) };
}

describe("the forms of set_stance", () => {
  test("disposing of what it gives sets the stance back", () => {
    const { counter, fn } = counted();
    {
      using _stance = torch.compiler.set_stance("force_eager");
      fn(ones());
    }
    expect(counter.frame_count).toBe(0);
    fn(ones());
    expect(counter.frame_count).toBe(1);
  });

  test("given a function it holds during its calls only", () => {
    const { counter, fn } = counted();
    const eagerly = torch.compiler.set_stance("force_eager")((x: Tensor) => fn(x));
    expect(String(eagerly(ones()))).toBe("tensor([2., 2., 2.])");
    expect(counter.frame_count).toBe(0);
    fn(ones());
    expect(counter.frame_count).toBe(1);
  });

  test("an error in the function sets the stance back", () => {
    const { counter, fn } = counted();
    const fails = torch.compiler.set_stance("force_eager")(() => {
      throw new RangeError("no");
    });
    expect(fails).toThrow(RangeError);
    fn(ones());
    expect(counter.frame_count).toBe(1);
  });

  test("the function keeps its receiver, as methods and decorators need it", () => {
    const { counter, fn } = counted();
    const model = {
      offset: 2,
      forward: torch.compiler.set_stance("force_eager")(function (
        this: { readonly offset: number },
        x: Tensor,
      ) {
        return fn(x).add(this.offset);
      }),
    };
    expect(String(model.forward(ones()))).toBe("tensor([4., 4., 4.])");
    expect(counter.frame_count).toBe(0);
  });
});

test("a stance that does not exist is refused at once, and changes nothing", () => {
  const { counter, fn } = counted();
  expect(() => torch.compiler.set_stance("force_eagre" as "force_eager")).toThrow(
    'invalid stance "force_eagre". Did you mean "force_eager"? Expected one of "default", "force_eager"',
  );
  fn(ones());
  expect(counter.frame_count).toBe(1);
});

test("setting the stance inside a compiled function is an error, also without fullgraph", () => {
  const fn = torch.compile(
    (x: Tensor) => {
      torch.compiler.set_stance("force_eager");
      return x.add(1);
    },
    { backend: "eager" },
  );
  expect(() => fn(ones())).toThrow(exc.UserError);
  expect(() => fn(ones())).toThrow("attempted to set_stance in a torch.compile region");
});

test("aot_eager_then_compile captures the first call without the backend, and learns what varies", () => {
  torch.compiler.set_stance("aot_eager_then_compile");
  const { counter, fn } = counted();
  const frames = [3, 4, 5].map((size) => {
    expect(String(fn(ones(size)))).toBe(String(torch.full([size], 2)));
    return counter.frame_count;
  });
  expect(frames).toEqual([0, 1, 1]);
  expect(torch._dynamo.utils.counters.stats.unique_graphs).toBe(2);
});

describe("skip_guard_eval_unsafe", () => {
  test("with one entry nothing is checked", () => {
    const { counter, fn } = counted();
    fn(ones());
    using _stance = torch.compiler.set_stance("default", { skip_guard_eval_unsafe: true });
    fn(ones(4)); // another size: the guards would refuse it
    expect(counter.frame_count).toBe(1);
  });

  test("with several entries what tells them apart is checked", () => {
    const counter = new testing.CompileCounter();
    const fn = torch.compile((x: Tensor, mode: string) => (mode === "a" ? x.add(1) : x.mul(5)), {
      backend: counter,
    });
    fn(ones(), "a");
    fn(ones(), "b");
    using _stance = torch.compiler.set_stance("default", { skip_guard_eval_unsafe: true });
    expect(String(fn(ones(), "a"))).toBe("tensor([2., 2., 2.])");
    expect(String(fn(ones(), "b"))).toBe("tensor([5., 5., 5.])");
    expect(counter.frame_count).toBe(2);
  });
});

describe("force_backend", () => {
  test("compiles with another backend, and keeps what that compiled apart", () => {
    const { counter, fn } = counted();
    const forced = new testing.CompileCounter();
    {
      using _stance = torch.compiler.set_stance("default", { force_backend: forced });
      fn(ones());
      fn(ones());
    }
    expect([counter.frame_count, forced.frame_count]).toEqual([0, 1]);
    fn(ones());
    expect([counter.frame_count, forced.frame_count]).toEqual([1, 1]);
  });

  test("goes with the default stance only", () => {
    expect(() =>
      torch.compiler.set_stance("eager_on_recompile", { force_backend: "eager" }),
    ).toThrow('force_backend goes with the stance "default" only');
  });

  test("names a backend that exists", () => {
    expect(() => torch.compiler.set_stance("default", { force_backend: "eagre" })).toThrow(
      exc.InvalidBackend,
    );
  });
});

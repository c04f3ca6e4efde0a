import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";

type Tensor = torch.Tensor;
afterEach(() => torch._dynamo.reset());

describe("H119: leaf_function", () => {
  test("runs the function itself at every call, data and prints included, within one graph", () => {
    const run = runDifferential(
      () => {
        const clipped = torch._dynamo.leaf_function((x: Tensor) => {
          if (Number(x.max().item()) > 2) console.log("clipped");
          return x.clamp(0, 2);
        });
        clipped.register_fake((x) => torch.empty_like(x));
        return {
          fn: (x: Tensor) => clipped(x.mul(2)).add(1),
          calls: [[torch.tensor([1, 5])], [torch.tensor([0, 0.5])], [torch.tensor([3, 3])]],
        };
      },
      { fullgraph: true },
    );
    expect(run.framesAfter).toEqual([1, 1, 1]);
    expect(run.output).toEqual(["log: clipped", "log: clipped"]);
  });

  test("a call whose result nobody uses still runs", () => {
    const run = runDifferential(
      () => {
        const seen: number[] = [];
        const note = torch._dynamo.leaf_function((x: Tensor) => {
          seen.push(Number(x.sum().item()));
        });
        note.register_fake(() => {});
        return {
          fn: (x: Tensor) => {
            note(x);
            const y = x.add(1);
            note(y);
            return y;
          },
          calls: [[torch.ones(2)], [torch.zeros(2)]],
          watch: seen,
        };
      },
      { fullgraph: true },
    );
    expect(run.frames).toBe(1);
  });

  test("several tensors come back, and numbers are those of the fake", () => {
    const parts = torch._dynamo.leaf_function((x: Tensor): [Tensor, Tensor, number] => [
      x.sum(),
      x.mul(2),
      7,
    ]);
    parts.register_fake((x) => [torch.empty([]), torch.empty_like(x), 3]);
    const fn = torch.compile(
      (x: Tensor) => {
        const [sum, twice, factor] = parts(x);
        return twice.add(sum).mul(factor);
      },
      { backend: "eager", fullgraph: true },
    );
    expect(fn(torch.ones(2)).tolist()).toEqual([12, 12]);
  });

  test("a fake that says something else than the function gives is an error when it shows", () => {
    const wrong = torch._dynamo.leaf_function((x: Tensor) => x.sum());
    wrong.register_fake((x) => torch.empty_like(x));
    const fn = torch.compile((x: Tensor) => wrong(x).add(1), { backend: "eager" });
    expect(() => fn(torch.ones(2))).toThrow(
      "the function given to register_fake says that the result is a float32 tensor of size (2) with strides (1), but the implementation gave a float32 tensor of size () with strides ()",
    );
  });

  test("a result that is an argument is refused, with what to do", () => {
    const same = torch._dynamo.leaf_function((x: Tensor) => x);
    same.register_fake((x) => torch.empty_like(x));
    const fn = torch.compile((x: Tensor) => same(x).add(1), { backend: "eager" });
    expect(() => fn(torch.ones(2))).toThrow("Return a clone() instead");
  });

  test("without a fake compiling is an error, and eager code needs none", () => {
    const leaf = torch._dynamo.leaf_function(function double(x: Tensor) {
      return x.mul(2);
    });
    expect(leaf(torch.ones(1)).item()).toBe(2);
    expect(() => torch.compile((x: Tensor) => leaf(x))(torch.ones(1))).toThrow(
      "There was no fake impl registered for the leaf function double",
    );
  });

  test("an error of the function is caught where the program catches it", () => {
    runDifferential(() => {
      const picky = torch._dynamo.leaf_function((x: Tensor) => {
        if (Number(x.sum().item()) < 0) throw new RangeError("negative");
        return x.neg();
      });
      picky.register_fake((x) => torch.empty_like(x));
      return {
        fn: (x: Tensor) => {
          try {
            return picky(x);
          } catch (error) {
            return String(error);
          }
        },
        calls: [[torch.ones(2)], [torch.ones(2).neg()]],
      };
    });
  });

  test("with sizes that vary the fake of each size counts", () => {
    const run = runDifferential(() => {
      const leaf = torch._dynamo.leaf_function((x: Tensor) => x.mul(2));
      leaf.register_fake((x) => torch.empty_like(x));
      return {
        fn: (x: Tensor) => leaf(x).sum(),
        calls: [2, 3, 4, 1].map((size) => [torch.ones(size)]),
      };
    });
    expect(run.framesAfter).toEqual([1, 2, 2, 2]);
  });
});

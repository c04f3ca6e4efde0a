import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { type DifferentialResult, type Program, runDifferential } from "../../differential.ts";

/**
 * Forty programs with branches on data, after AutoGraph's: each is compared with eager on inputs that take every way, and
 * is one graph in all. `branches.test.ts` has the simplest ones; `refused.test.ts` those that must stay graph breaks.
 */

type Tensor = torch.Tensor;

/** `x.item()` as a number, in the program's own words. */
const number = (x: Tensor): number => Number(x.item());

afterEach(() => {
  torch._dynamo.reset();
});

const inputs = (): Program["calls"] => [
  [torch.tensor([1, 2, 3.5])],
  [torch.tensor([-1, -2, -3.5])],
  [torch.tensor([9, -2, -3])],
  [torch.tensor([0, 0, 0])],
  [torch.tensor([-9, 2, 3])],
  [torch.tensor([NaN, 2, 3])],
  [torch.tensor([40, 50, 60])],
];

function run(
  fn: (...args: never[]) => unknown,
  calls: () => Program["calls"] = inputs,
): DifferentialResult {
  return runDifferential(() => ({ fn, calls: calls() }), { fullgraph: true });
}

function expectOneGraph(
  fn: (...args: never[]) => unknown,
  calls: () => Program["calls"] = inputs,
): void {
  const { frames, breaks } = run(fn, calls);
  expect(breaks).toEqual([]);
  expect(frames).toBe(1);
}

describe("early returns", () => {
  test("one after the other", () => {
    expectOneGraph((x: Tensor) => {
      if (number(x.sum()) > 100) return x.mul(2);
      if (number(x.max()) > 5) return x.add(1);
      if (number(x.min()) < -3) return x.sub(1);
      return x;
    });
  });

  test("out of an inlined function", () => {
    expectOneGraph((x: Tensor) => {
      const clip = (t: Tensor): Tensor => {
        if (number(t.sum()) > 0) return t.clamp(0, 1);
        return t.neg();
      };
      return clip(x).add(clip(x.neg()));
    });
  });

  test("in nested branches", () => {
    expectOneGraph((x: Tensor) => {
      let y = x;
      if (number(x.sum()) > 0) {
        if (number(x.max()) > 5) return x.mul(5);
        y = y.add(1);
      }
      return y.mul(2);
    });
  });

  test("of arrays and objects", () => {
    expectOneGraph((x: Tensor) => {
      if (number(x.sum()) > 0) return { y: x.add(1), rest: [x.mul(2), 3] };
      return { y: x.sub(1), rest: [x.mul(4), 5] };
    });
  });

  test("one tensor twice: results that are one object stay one object", () => {
    expectOneGraph((x: Tensor) => {
      let a = x;
      let b = x;
      if (number(x.sum()) > 0) a = b = x.add(1);
      return [a, b, x];
    });
  });

  test("of the argument itself", () => {
    expectOneGraph((x: Tensor) => (number(x.sum()) > 0 ? x : x.neg()));
  });
});

describe("conditions", () => {
  test("and", () => {
    expectOneGraph((x: Tensor) => {
      if (number(x.sum()) > 0 && number(x.max()) > 5) return x.add(1);
      return x.sub(1);
    });
  });

  test("or", () => {
    expectOneGraph((x: Tensor) => {
      if (number(x.sum()) > 0 || number(x.max()) > 2) return x.add(1);
      return x.sub(1);
    });
  });

  test("not, and both together", () => {
    expectOneGraph((x: Tensor) => {
      if (!(number(x.sum()) > 0) && (number(x.max()) > 2 || number(x.min()) < -3)) return x.add(1);
      return x.sub(1);
    });
  });

  test("the truth of a number: zero and NaN are false", () => {
    expectOneGraph((x: Tensor) => (number(x.sum()) ? x.add(1) : x.sub(1)));
  });

  test("a number and a comparison together", () => {
    expectOneGraph((x: Tensor) => {
      if (number(x.sum()) && number(x.max()) > 5) return x.add(1);
      return x.sub(1);
    });
  });

  test("a bool tensor", () => {
    expectOneGraph((x: Tensor) => (x.gt(0).all().item() ? x.sqrt() : x.abs()));
  });

  test("a condition that is kept: both a test and a result", () => {
    expectOneGraph((x: Tensor) => {
      const isLarge = number(x.sum()) > 10;
      const y = isLarge ? x.mul(2) : x;
      return [y, isLarge];
    });
  });

  test("the value of `||`", () => {
    expectOneGraph((x: Tensor) => x.mul(number(x.sum()) || 7));
  });

  test("the value of `&&` is returned as what it is", () => {
    expectOneGraph((x: Tensor) => [x.add(1), number(x.max()) > 2 && number(x.sum()) > 0]);
  });

  test("the same condition again is known", () => {
    expectOneGraph((x: Tensor) => {
      const positive = number(x.sum()) > 0;
      let label = x;
      if (positive) label = positive ? x.add(1) : x.add(1000);
      return label;
    });
  });

  test("nested ternaries", () => {
    expectOneGraph((x: Tensor) => {
      const s = number(x.sum());
      return x.mul(s > 10 ? 1 : s > 0 ? 2 : s < -5 ? 3 : 4);
    });
  });

  test("switch", () => {
    expectOneGraph((x: Tensor) => {
      switch (number(x.sum().sign())) {
        case 1:
          return x.add(1);
        case -1:
          return x.sub(1);
        default:
          return x.mul(0);
      }
    });
  });
});

describe("what sides give", () => {
  test("numbers that differ", () => {
    expectOneGraph((x: Tensor) => {
      let scale = 1.5;
      if (number(x.sum()) > 0) scale = -0;
      return [x.mul(scale), scale];
    });
  });

  test("not a number, infinity and fractions", () => {
    expectOneGraph((x: Tensor) => {
      const s = number(x.sum());
      const n = s > 10 ? NaN : s > 0 ? Infinity : 0.1;
      return [x, n, n > 3];
    });
  });

  test("booleans that differ", () => {
    expectOneGraph((x: Tensor) => {
      let isLarge = false;
      if (number(x.sum()) > 10) isLarge = true;
      const y = isLarge ? x.add(1) : x.sub(1);
      return [y, isLarge];
    });
  });

  test("several variables, one unchanged", () => {
    expectOneGraph((x: Tensor) => {
      let [a, b, c] = [x, x.mul(2), x.mul(3)];
      if (number(x.sum()) > 0) [a, b] = [b, a];
      else c = a.add(b);
      return [a, b, c];
    });
  });

  test("an object from before stays that object", () => {
    expectOneGraph((x: Tensor) => {
      const state = { scale: 2, label: "same" };
      const y = number(x.sum()) > 0 ? x.mul(state.scale) : x;
      return [y, state.label, state];
    });
  });

  test("a string that is the same in both", () => {
    expectOneGraph((x: Tensor) => {
      let y;
      let label;
      if (number(x.sum()) > 0) {
        y = x.add(1);
        label = "done";
      } else {
        y = x.sub(1);
        label = "done";
      }
      return [y, label];
    });
  });

  test("sizes that differ", () => {
    expectOneGraph((x: Tensor) => {
      let y = x;
      if (number(x.sum()) > 0) y = torch.cat([x, x]);
      return y.mul(2);
    });
  });

  test("objects made and changed in a side only", () => {
    expectOneGraph((x: Tensor) => {
      let y = x;
      if (number(x.sum()) > 0) {
        const parts = [];
        for (let i = 0; i < 3; i++) parts.push(x.mul(i));
        y = torch.stack(parts).sum(0);
      }
      return y;
    });
  });

  test("in-place operators on what the side made", () => {
    expectOneGraph((x: Tensor) => {
      let y = x;
      if (number(x.sum()) > 0) {
        const z = x.clone();
        z.add_(1).mul_(2);
        y = z;
      }
      return [y, x];
    });
  });

  test("an error that is thrown and caught in a side", () => {
    expectOneGraph((x: Tensor) => {
      let y = x;
      if (number(x.sum()) > 0) {
        try {
          throw new RangeError("inside");
        } catch {
          y = x.add(1);
        }
      }
      return y;
    });
  });
});

describe("loops", () => {
  test("two carried tensors", () => {
    expectOneGraph((x: Tensor) => {
      let a = x.abs();
      let b = x.abs().add(1);
      while (number(a.sum()) < 100 && number(b.sum()) < 1000) [a, b] = [b, a.add(b)];
      return [a, b];
    });
  });

  test("a counter", () => {
    expectOneGraph((x: Tensor) => {
      let steps = 0;
      let y = x.abs().nan_to_num().add(1);
      while (number(y.sum()) < 50) {
        y = y.mul(2);
        steps += 1;
      }
      return [y, steps];
    });
  });

  test("break", () => {
    expectOneGraph((x: Tensor) => {
      let y = x.abs().nan_to_num();
      while (number(y.sum()) < 100) {
        y = y.add(3);
        if (number(y.max()) > 12) break;
        y = y.mul(1.5);
      }
      return y;
    });
  });

  test("continue", () => {
    expectOneGraph((x: Tensor) => {
      let y = x.abs().nan_to_num();
      let steps = 0;
      while (number(y.sum()) < 100) {
        steps++;
        y = y.add(3);
        if (number(y.max()) > 12) continue;
        y = y.mul(1.5);
      }
      return [y, steps];
    });
  });

  test("do while", () => {
    expectOneGraph((x: Tensor) => {
      let y = x.nan_to_num();
      do {
        y = y.abs().add(1);
      } while (number(y.min()) < 5);
      return y;
    });
  });

  test("a loop with a test in the middle", () => {
    expectOneGraph((x: Tensor) => {
      let y = x.abs().nan_to_num();
      while (true) {
        y = y.add(1);
        if (number(y.sum()) > 30) break;
        y = y.mul(2);
      }
      return y;
    });
  });

  test("a bounded loop that data may end early", () => {
    expectOneGraph((x: Tensor) => {
      let y = x.abs().nan_to_num();
      for (let i = 0; i < 4; i++) {
        if (number(y.sum()) > 30) break;
        y = y.mul(2).add(i);
      }
      return y;
    });
  });

  test("a loop over an array that data may end early", () => {
    expectOneGraph((x: Tensor) => {
      let y = x;
      for (const scale of [1, 2, 3]) {
        if (number(y.sum()) > 30) break;
        y = y.mul(scale).add(1);
      }
      return y;
    });
  });

  test("a loop over an array with branches in it", () => {
    expectOneGraph((x: Tensor) => {
      let y = x;
      for (const scale of [1, 2, 3]) {
        if (number(y.sum()) > 10) continue;
        y = number(y.max()) > 2 ? y.mul(scale) : y.add(scale);
      }
      return y;
    });
  });

  test("a loop that returns early out of a walk over an array", () => {
    expectOneGraph((x: Tensor) => {
      for (const limit of [1, 5, 20]) if (number(x.sum()) < limit) return x.mul(limit);
      return x;
    });
  });

  test("a loop in a loop", () => {
    expectOneGraph((x: Tensor) => {
      let y = x.abs().nan_to_num().add(1);
      while (number(y.sum()) < 200) {
        let z = y;
        while (number(z.max()) > 2) z = z.div(2);
        y = y.add(z).mul(2);
      }
      return y;
    });
  });

  test("a loop in a branch, and a branch in a loop", () => {
    expectOneGraph((x: Tensor) => {
      let y = x.nan_to_num();
      if (number(x.sum()) > 0)
        while (number(y.sum()) < 50) y = y.abs().add(number(y.max()) > 5 ? 5 : 1);
      return y;
    });
  });

  test("Newton's method in an inlined function", () => {
    expectOneGraph((x: Tensor) => {
      const root = (a: Tensor): Tensor => {
        let guess = a;
        while (number(guess.mul(guess).sub(a).abs().max()) > 1e-3)
          guess = guess.add(a.div(guess)).div(2);
        return guess;
      };
      return root(x.abs().nan_to_num().add(1));
    });
  });
});

import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { type Program, runDifferential } from "../../differential.ts";
import { testWithWrites } from "../../capabilities.ts";

/**
 * Branches that must not become operators: with `auto_cond` they stay graph breaks that name the statement in the way, and
 * the program does what it does in eager; with `fullgraph` they are errors.
 */

type Tensor = torch.Tensor;
const number = (x: Tensor): number => Number(x.item());

afterEach(() => {
  torch._dynamo.reset();
  torch._dynamo.config.auto_cond = false;
});

const calls = (): Program["calls"] => [
  [torch.tensor([1, 2, 3.5])],
  [torch.tensor([-1, -2, -3.5])],
  [torch.tensor([9, -2, -3])],
];

/** The explanation of the break at the branch, and the statement it names. */
function refusal(
  program: () => Omit<Program, "calls"> & { fn: (...args: never[]) => unknown },
): string {
  const whole = (): Program => ({ ...program(), calls: calls() });
  const { breaks } = runDifferential(whole, {
    configure: () => {
      torch._dynamo.config.auto_cond = true;
    },
  });
  torch._dynamo.config.auto_cond = false;
  const branch = breaks.find(({ reason }) => reason.key === "dataDependentBranch");
  expect(branch).toBeDefined();
  const compiled = torch.compile(program().fn, { fullgraph: true });
  expect(() => compiled(torch.ones(3) as never)).toThrow(torch._dynamo.exc.Unsupported);
  const lines = branch?.reason.explanation.split("\n") ?? [];
  return lines
    .slice(1)
    .map((line) => line.replace(/^\S+\.ts:\d+ {2}/, ""))
    .join("\n");
}

describe("effects in a side", () => {
  test("printing", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          if (number(x.sum()) > 0) {
            console.log("positive");
          }
          return x.add(1);
        },
      })),
    ).toContain('`console.log("positive");`');
  });

  test("writing a property of an object from outside", () => {
    expect(
      refusal(() => {
        const seen = { count: 0 };
        return {
          watch: seen,
          fn: (x: Tensor) => {
            if (number(x.sum()) > 0) {
              seen.count += 1;
            }
            return x.add(1);
          },
        };
      }),
    ).toBe(
      "`seen.count += 1;`\nHOP: Unsafe side effect: A function given to the torch.cond of this branch has an effect outside itself: it changes the property count. In the graph it would happen at the wrong time, or never.",
    );
  });

  testWithWrites("writing an outer variable", () => {
    expect(
      refusal(() => {
        let count = 0;
        return {
          fn: (x: Tensor) => {
            if (number(x.sum()) > 0) {
              count += 1;
            }
            return x.add(count);
          },
        };
      }),
    ).toContain("`count += 1;`");
  });

  test("writing a variable that a function holds", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          let scale = 1;
          const scaled = (): Tensor => x.mul(scale);
          if (number(x.sum()) > 0) {
            scale = 2;
          }
          return scaled();
        },
      })),
    ).toContain("`scale = 2;`");
  });

  test("changing an array, a Map and an object from before the branch", () => {
    for (const change of [
      (state: State, x: Tensor) => void state.list.push(x),
      (state: State, x: Tensor) => void state.map.set("x", x),
      (state: State, x: Tensor) => void (state.own = x),
      (state: State) => void delete state.own,
      (state: State) => void Object.freeze(state),
    ]) {
      expect(
        refusal(() => ({
          fn: (x: Tensor) => {
            const state: State = { list: [x], map: new Map([["y", x]]), own: x };
            if (number(x.sum()) > 0) change(state, x.add(1));
            return [state, Object.isFrozen(state), x.mul(2)];
          },
        })),
      ).not.toBe("");
    }
  });

  test("stepping an iterator from before the branch", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          const steps = [1, 2, 3][Symbol.iterator]();
          if (number(x.sum()) > 0) {
            steps.next();
          }
          return x.mul(Number(steps.next().value));
        },
      })),
    ).toContain("`steps.next();`");
  });

  test("changing a tensor from before the branch", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          if (number(x.sum()) > 0) {
            x.add_(1);
          }
          return x.mul(2);
        },
      })),
    ).toContain("`x.add_(1);`");
  });

  test("changing a tensor that may be one from before the branch", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          if (number(x.sum()) > 0) {
            const y = number(x.max()) > 5 ? x : x.neg();
            y.add_(1);
          }
          return x.mul(2);
        },
      })),
    ).toContain("`y.add_(1);`");
  });

  test("throwing an error", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          if (number(x.sum()) < 0) {
            throw new RangeError("negative");
          }
          return x.sqrt();
        },
      })),
    ).toBe('`throw new RangeError("negative");`\nIt throws an error, which a graph cannot do.');
  });
});

interface State {
  readonly list: Tensor[];
  readonly map: Map<string, Tensor>;
  own?: Tensor;
}

describe("sides that do not go together", () => {
  test("dtypes that differ", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          let y = x;
          if (number(x.sum()) > 0) y = x.to(torch.float64);
          return y;
        },
      })),
    ).toContain("`y` differs after this branch: it is");
  });

  test("ranks that differ", () => {
    expect(
      refusal(() => ({ fn: (x: Tensor) => (number(x.sum()) > 0 ? x : x.unsqueeze(0)) })),
    ).toContain("in one way");
  });

  test("layouts in memory that differ", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          const y = torch.stack([x, x, x]);
          return number(x.sum()) > 0 ? y : y.t();
        },
      })),
    ).toContain("with another layout in memory (strides)");
  });

  test("strings that differ and are returned", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => [x.add(1), number(x.sum()) > 0 ? "up" : "down"],
      })),
    ).toContain('it is `"up"` in one way, and `"down"` in the other');
  });

  test("a tensor or nothing", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          if (number(x.sum()) > 0) return x.add(1);
          return null;
        },
      })),
    ).toContain("it is a Tensor in one way, and `null` in the other");
  });

  test("one of two objects", () => {
    expect(
      refusal(() => {
        const [a, b] = [{ k: 1 }, { k: 2 }];
        return { watch: [a, b], fn: (x: Tensor) => [x.add(1), number(x.sum()) > 0 ? a : b] };
      }),
    ).toContain("in one way");
  });

  test("a number or a boolean", () => {
    expect(
      refusal(() => ({ fn: (x: Tensor) => [x.add(1), number(x.sum()) > 0 ? 1 : true] })),
    ).toContain("it is a number in one way, and a boolean in the other");
  });
});

describe("loops", () => {
  test("a carried tensor that grows", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          let y = x.abs();
          while (number(y.sum()) < 40) y = torch.cat([y, y]);
          return y;
        },
      })),
    ).toContain("`y` becomes f32[6] in a step of this loop, and is f32[3] before it");
  });

  test("an effect in the body", () => {
    expect(
      refusal(() => {
        const seen: number[] = [];
        return {
          watch: seen,
          fn: (x: Tensor) => {
            let y = x.abs();
            while (number(y.sum()) < 40) {
              seen.push(1);
              y = y.mul(2);
            }
            return y;
          },
        };
      }),
    ).toContain("`seen.push(1);`");
  });

  test("a return out of the body", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          let y = x.abs();
          while (number(y.sum()) < 40) {
            if (number(y.max()) > 10) return y.neg();
            y = y.mul(2);
          }
          return y;
        },
      })),
    ).toContain("It leaves a loop or the function in one way, and goes on in the other.");
  });

  test("a list that grows", () => {
    expect(
      refusal(() => ({
        fn: (x: Tensor) => {
          let y = x.abs();
          const all = [];
          while (number(y.sum()) < 40) {
            y = y.mul(2);
            all.push(y);
          }
          return all;
        },
      })),
    ).toContain("`all.push(y);`");
  });
});

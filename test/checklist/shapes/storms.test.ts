import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";
import { testWithWrites } from "../../capabilities.ts";

let moduleStep = 0;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test("200 lengths compile at most 3 times", () => {
  const run = runDifferential(() => ({
    fn: (x: torch.Tensor) => x.mul(2).softmax(0).view(x.size(0), 1),
    calls: upTo(200).map((length) => [torch.ones(length)]),
  }));
  expect(run.frames).toBeLessThanOrEqual(3);
});

test("50 batch sizes of a small network compile at most 3 times", () => {
  const run = runDifferential(() => {
    const [first, second] = [torch.ones(6, 4), torch.ones(4, 2)];
    return {
      fn: (x: torch.Tensor) => {
        const [batch = 0] = x.shape;
        const hidden = x.reshape(batch, 6).matmul(first).relu();
        return hidden.matmul(second).log_softmax(1).sum().div(batch);
      },
      calls: upTo(50).map((batch) => [torch.ones(batch, 2, 3)]),
    };
  });
  expect(run.frames).toBeLessThanOrEqual(3);
});

test("a counter that changes in every call compiles at most 3 times", () => {
  const run = runDifferential(() => {
    const state = { step: 0 };
    return {
      fn: (x: torch.Tensor) => {
        state.step += 1;
        return x.mul(1 - 0.9 ** state.step);
      },
      calls: upTo(50).map(() => [torch.ones(3)]),
      watch: state,
    };
  });
  expect(run.frames).toBeLessThanOrEqual(3);
});

describe("what is not a parameter generalises as parameters do", () => {
  testWithWrites("a variable of the module", () => {
    const run = runDifferential(() => {
      moduleStep = 0;
      return {
        fn: (x: torch.Tensor) => {
          moduleStep += 1;
          return x.mul(moduleStep);
        },
        calls: upTo(50).map(() => [torch.ones(3)]),
      };
    });
    expect(run.frames).toBe(2);
  });

  test("a property of globalThis", () => {
    const run = runDifferential(() => {
      Reflect.set(globalThis, "stormStep", 0);
      return {
        fn: (x: torch.Tensor) => {
          // @ts-expect-error: set above
          const step = (globalThis.stormStep += 1) as number;
          return x.mul(step);
        },
        calls: upTo(20).map(() => [torch.ones(3)]),
      };
    });
    expect(run.frames).toBeLessThanOrEqual(3);
  });

  test("a number in a closure that other code changes", () => {
    const run = runDifferential(() => {
      let scale = 0;
      const grow = torch.compiler.disable(() => {
        scale += 0.5;
      });
      const inner = (x: torch.Tensor) => x.mul(scale);
      return {
        fn: (x: torch.Tensor) => {
          grow();
          return inner(x).add(1);
        },
        calls: upTo(20).map(() => [torch.ones(3)]),
      };
    });
    expect(run.frames).toBeLessThanOrEqual(3);
  });

  test("an attribute of an instance, read through a getter", () => {
    class Schedule {
      #step = 0;
      factor = 0;
      get rate(): number {
        return 1 / this.factor;
      }
      advance(): void {
        this.#step += 1;
        this.factor = this.#step;
      }
    }
    const run = runDifferential(() => {
      const schedule = new Schedule();
      return {
        fn: (x: torch.Tensor) => {
          schedule.factor += 1;
          return x.mul(schedule.rate);
        },
        calls: upTo(20).map(() => [torch.ones(3)]),
      };
    });
    expect(run.frames).toBeLessThanOrEqual(3);
  });
});

describe("texts", () => {
  test("of which only the length is used compile twice, whatever their lengths", () => {
    const run = runDifferential(() => ({
      fn: (x: torch.Tensor, text: string) => x.mul(text.length).add(text.length),
      calls: upTo(20).map((length) => [torch.ones(3), "x".repeat(length)]),
    }));
    expect(run.frames).toBe(2);
  });

  test("of one length share an entry", () => {
    const run = runDifferential(() => ({
      fn: (x: torch.Tensor, text: string) => x.mul(text.length),
      calls: ["ab", "cd", "ef"].map((text) => [torch.ones(3), text]),
    }));
    expect(run.frames).toBe(1);
  });

  test("that decide something as well are compiled one by one", () => {
    const run = runDifferential(() => ({
      fn: (x: torch.Tensor, text: string) => (text.length > 2 && text === "abc" ? x : x.mul(2)),
      calls: ["abc", "abd", "ab", "a"].map((text) => [torch.ones(3), text]),
    }));
    expect(run.results.map(String)).toEqual(
      [1, 2, 2, 2].map((n) => `tensor([${n}., ${n}., ${n}.])`),
    );
  });
});

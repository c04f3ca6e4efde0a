/** Every difference that running test262 through `compile` has found, in small. */
import { beforeEach, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

// Without tensors the engine would run these programs by itself.
const configure = (): void => {
  torch._dynamo.config.debug_force_residual_code = true;
};

beforeEach(() => () => torch._dynamo.config.reset());

/** Runs plain and compiled, and gives what the program returned. */
function resultOf(fn: () => unknown): unknown {
  const { results } = runDifferential(() => ({ fn, calls: [[]] }), { configure });
  return results[0];
}

test("a class made by the function writes the function's variables through its setters", () => {
  expect(
    resultOf(() => {
      let stored = "nothing";
      const C = class {
        get 0(): string {
          return "got";
        }
        set 0(value: string) {
          stored = value;
        }
      };
      const read = C.prototype[0];
      C.prototype[0] = "set";
      return [read, stored];
    }),
  ).toEqual(["got", "set"]);
});

test("a method of a class made by the function counts in the function's variable", () => {
  expect(
    resultOf(() => {
      let calls = 0;
      class C {
        #count(): void {
          calls += 1;
        }
        static of(it: C): number {
          it.#count();
          return calls;
        }
      }
      const first = C.of(new C());
      return [first, C.of(new C()), calls];
    }),
  ).toEqual([1, 2, 2]);
});

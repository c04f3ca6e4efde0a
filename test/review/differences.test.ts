import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { runDifferential, type DifferentialOptions } from "../differential.ts";

/** Programs found by reading the interpreter against ECMA-262 that once meant something else compiled. */

type Tensor = torch.Tensor;
const ones = (): Tensor => torch.ones(2);

const check = (
  fn: (...args: never[]) => unknown,
  calls: () => readonly (readonly unknown[])[],
  options: DifferentialOptions = {},
) => runDifferential(() => ({ fn, calls: calls() }), options);

test("concat takes an arguments object as one element", () => {
  check(
    function (x: Tensor) {
      const list: unknown[] = [];
      return [x.add(1), list.concat(arguments).length];
    },
    () => [[ones(), 2, 3]],
  );
});

test("an error made in a region has a stack of its own", () => {
  check(
    (x: Tensor) => {
      const error = new Error("m");
      const isThere = ["stack" in error, Object.hasOwn(error, "stack")];
      return [x.add(1), typeof error.stack, isThere];
    },
    () => [[ones()]],
  );
  check(
    (x: Tensor) => {
      const error = new Error("m");
      error.stack = "elsewhere";
      return [x.add(1), Object.keys(error), error.stack];
    },
    () => [[ones()]],
  );
});

test("instanceof an arrow function throws", () => {
  check(
    (x: Tensor, f: Function) => {
      try {
        return [x.add(1), {} instanceof f];
      } catch (error) {
        return [x.add(2), String(error)];
      }
    },
    () => [[ones(), () => 1]],
  );
});

test("the callee of an arguments object is refused in strict code", () => {
  const key = "callee";
  check(
    function (x: Tensor) {
      try {
        return [x.add(1), arguments[key]];
      } catch (error) {
        return [x.add(2), error instanceof TypeError];
      }
    },
    () => [[ones()]],
  );
});

test("an infinite number is not an integer for an integer tensor", () => {
  const add = (x: Tensor, s: number) => {
    const sum = x.add(s);
    return [sum, sum.dtype === torch.int64];
  };
  const calls = (numbers: readonly number[]) => () => numbers.map((s) => [torch.arange(3), s]);
  check(add, calls([1, 2, 1.5, Infinity, NaN, -0]));
  check(add, calls([1, 2, 1.5, Infinity, NaN, -0]), { dynamic: true });
  check(add, calls([Infinity, 2, 3]), { dynamic: true });
});

test("a varying exponent that integers do not allow is caught where the program catches", () => {
  const { frames } = check(
    (x: Tensor, s: number) => {
      try {
        return x.pow(s);
      } catch (error) {
        return String(error);
      }
    },
    () => [1, 2, -1, -2].map((s) => [torch.arange(3), s]),
    { dynamic: true },
  );
  expect(frames).toBeGreaterThan(0);
});

test("a varying number that says how long a tensor is becomes part of the graph", () => {
  check(
    (x: Tensor, n: number) => {
      const range = torch.arange(n);
      return [range, range.shape[0], x.repeat_interleave(n), x.add(n)];
    },
    () => [3, 4, 5].map((n) => [ones(), n]),
    { dynamic: true },
  );
});

test("a varying text may be empty", () => {
  check(
    (x: Tensor, names: readonly string[]) => {
      const y = x.add(1);
      const name = names.toString();
      const label = "" + name;
      return label ? [y.add(2)] : [y, name ? 1 : 2];
    },
    () => [["a"], ["b"], ["a"], []].map((names) => [ones(), names]),
  );
});

test("a text that is shown and kept is written before its tensor changes", () => {
  check(
    (x: Tensor) => {
      const text = `${x}`;
      console.log(text);
      x.add_(1);
      return [text, x];
    },
    () => [[ones()]],
    {
      configure: () => torch._dynamo.config.reorderable_logging_functions.add(console.log),
    },
  );
});

test("only array indices come first among keys", () => {
  check(
    (x: Tensor) => {
      const record: Record<string, number> = { b: 1 };
      for (const key of ["4294967296", "7", "4294967294", "3"]) record[key] = 2;
      return [x.add(1), Object.keys(record)];
    },
    () => [[ones()]],
  );
});

test("writing to a tensor that overlaps another is caught where the program catches", () => {
  const { frames } = check(
    (a: Tensor, b: Tensor) => {
      try {
        return a.add_(b);
      } catch (error) {
        return String(error);
      }
    },
    () => {
      const long = torch.arange(3);
      return [
        [torch.arange(2), torch.arange(2)],
        [long.narrow(0, 0, 2), long.narrow(0, 1, 2)],
      ];
    },
  );
  expect(frames).toBe(0);
});

test("concat asks an array whether it is spread", () => {
  check(
    (x: Tensor, list: number[]) => [x.add(1), [0].concat(list).length, list.concat(3).length],
    () => [
      [ones(), [1, 2]],
      [ones(), Object.assign([1, 2], { [Symbol.isConcatSpreadable]: false })],
    ],
  );
});

test("a list whose length is fixed refuses to grow where the program catches", () => {
  check(
    (x: Tensor, list: number[]) => {
      try {
        list.push(1);
      } catch (error) {
        return [x.add(2), error instanceof TypeError];
      }
      return [x.add(1), list];
    },
    () => [
      [ones(), [1]],
      [ones(), Object.defineProperty([1], "length", { writable: false })],
    ],
  );
});

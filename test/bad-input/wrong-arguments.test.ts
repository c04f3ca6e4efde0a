import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

/** Operators used wrongly: PyTorch's class and message, the same in eager and compiled code. */

type Tensor = torch.Tensor;

interface WrongUse {
  readonly fn: (...args: never[]) => unknown;
  readonly args: () => readonly unknown[];
  readonly name: string;
  readonly message: string;
}

const { ones } = torch;
const any = (value: unknown): never => value as never;

const wrongUses: Readonly<Record<string, WrongUse>> = {
  "shapes that do not broadcast": {
    fn: (x: Tensor, y: Tensor) => x.add(y),
    args: () => [ones(3), ones(4)],
    name: "RuntimeError",
    message:
      "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0",
  },
  "matrices that do not fit": {
    fn: (x: Tensor, y: Tensor) => x.mm(y),
    args: () => [ones(2, 3), ones(2, 3)],
    name: "RuntimeError",
    message: "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)",
  },
  "matrices of different dtype": {
    fn: (x: Tensor, y: Tensor) => x.mm(y),
    args: () => [ones(2, 2), ones(2, 2, { dtype: torch.float64 })],
    name: "RuntimeError",
    message: "expected m1 and m2 to have the same dtype, but got: float != double",
  },
  "a view of the wrong size": {
    fn: (x: Tensor) => x.view(4),
    args: () => [ones(3)],
    name: "RuntimeError",
    message: "shape '[4]' is invalid for input of size 3",
  },
  "a dimension out of range": {
    fn: (x: Tensor) => x.sum(2),
    args: () => [ones(3)],
    name: "IndexError",
    message: "Dimension out of range (expected to be in range of [-1, 0], but got 2)",
  },
  "a fraction stored into integers": {
    fn: (x: Tensor) => x.add_(0.5),
    args: () => [ones(3, { dtype: torch.int64 })],
    name: "RuntimeError",
    message: "result type Float can't be cast to the desired output type Long",
  },
  "a mean of integers": {
    fn: (x: Tensor) => x.mean(),
    args: () => [ones(3, { dtype: torch.int64 })],
    name: "RuntimeError",
    message:
      "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long",
  },
  "too many arguments": {
    fn: (x: Tensor) => torch.sin(x, ...([x] as unknown as [])),
    args: () => [ones(3)],
    name: "TypeError",
    message: "sin() takes 1 positional argument but 2 were given",
  },
  "an argument of the wrong type": {
    fn: (x: Tensor) => torch.sin(any("x")).add(x),
    args: () => [ones(3)],
    name: "TypeError",
    message: "sin(): argument 'input' (position 1) must be Tensor, not string",
  },
  "no argument": {
    fn: () => torch.sin(...([] as unknown as [Tensor])),
    args: () => [],
    name: "TypeError",
    message: 'sin() missing 1 required positional arguments: "input"',
  },
  "a method that does not exist": {
    fn: (x: Tensor) => (x as unknown as { sinn(): Tensor }).sinn(),
    args: () => [ones(3)],
    name: "TypeError",
    message: "x.sinn is not a function",
  },
  "an item of several elements": {
    fn: (x: Tensor) => x.add(1).item(),
    args: () => [ones(3)],
    name: "RuntimeError",
    message: "a Tensor with 3 elements cannot be converted to Scalar",
  },
};

/** Known only from the data, so that it fails while the graph runs. */
const indexOutOfRange: WrongUse = {
  fn: (x: Tensor, index: Tensor) => x.add(1).index_select(0, index),
  args: () => [ones(3), torch.tensor([5n])],
  name: "IndexError",
  message: "index out of range in self",
};
const allWrongUses = Object.entries({ ...wrongUses, "an index out of range": indexOutOfRange });

describe("wrong uses", () => {
  test.each(allWrongUses)("%s", (_title, { fn, args, name, message }) => {
    const run = runDifferential(() => ({ fn, calls: [args(), args()] }));
    const failure = { kind: "error", error: { name, message } };
    expect(run.outcomes).toMatchObject([failure, failure]);
  });

  test.each(Object.entries(wrongUses))(
    "%s: what came before has happened, what comes after has not",
    (_title, { fn, args }) => {
      runDifferential(() => {
        const log: unknown[] = [];
        const program = (...given: never[]) => {
          log.push("before", torch.zeros(2).add(1));
          const result = fn(...given);
          log.push("after");
          return result;
        };
        return { fn: program, calls: [args(), args()], watch: log };
      });
    },
  );

  test.each(allWrongUses)("%s: the program can catch it and go on", (_title, { fn, args }) => {
    const run = runDifferential(() => {
      const program = (...given: never[]) => {
        let caught = "nothing";
        try {
          fn(...given);
        } catch (error) {
          caught = error instanceof Error ? `${error.name}: ${error.message}` : "no error";
        }
        return [torch.zeros(2).add(caught.length), caught];
      };
      return { fn: program, calls: [args(), args()] };
    });
    expect(run.outcomes).toMatchObject([{ kind: "value" }, { kind: "value" }]);
  });

  test("an index out of range: what came before has happened, what comes after has not", () => {
    runDifferential(() => {
      const log: unknown[] = [];
      const program = (x: Tensor, index: Tensor) => {
        log.push("before", x);
        const result = x.index_select(0, index);
        log.push("after");
        return result;
      };
      return { fn: program, calls: [indexOutOfRange.args(), indexOutOfRange.args()], watch: log };
    });
  });

  test("an index out of range: results stored before it are kept", () => {
    runDifferential(() => {
      const log: unknown[] = [];
      const program = (x: Tensor, index: Tensor) => {
        log.push(x.add(1));
        return x.index_select(0, index);
      };
      return { fn: program, calls: [indexOutOfRange.args()], watch: log };
    });
  });
});

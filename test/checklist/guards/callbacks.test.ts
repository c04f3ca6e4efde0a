import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";

const apply = (x: torch.Tensor, f: (y: torch.Tensor) => torch.Tensor): torch.Tensor => f(x.add(1));
const x = (): torch.Tensor => torch.ones(3);

test("a callback written in the call compiles once", () => {
  const run = runDifferential(() => ({
    fn: apply,
    calls: Array.from({ length: 12 }, () => [x(), (y: torch.Tensor) => y.mul(2)]),
  }));
  expect(run.frames).toBe(1);
});

test("callbacks of one text that close over different values stay apart", () => {
  const by = (k: number) => (y: torch.Tensor) => y.mul(k);
  runDifferential(() => ({
    fn: apply,
    calls: [
      [x(), by(2)],
      [x(), by(3)],
      [x(), by(2)],
    ],
  }));
});

test("callbacks of one text that close over a variable that changes stay apart", () => {
  const counting = (): ((y: torch.Tensor) => torch.Tensor) => {
    let n = 0;
    return (y) => y.mul((n += 1));
  };
  runDifferential(() => {
    const [first, second] = [counting(), counting()];
    return {
      fn: apply,
      calls: [
        [x(), first],
        [x(), second],
        [x(), first],
      ],
    };
  });
});

test("a callback of another text is another callback", () => {
  const run = runDifferential(() => ({
    fn: apply,
    calls: [
      [x(), (y: torch.Tensor) => y.mul(2)],
      [x(), (y: torch.Tensor) => y.mul(3)],
    ],
  }));
  expect(run.frames).toBe(2);
});

test("which of two equal callbacks it is still matters to the program", () => {
  const make = () => (y: torch.Tensor) => y;
  runDifferential(() => {
    const [a, b] = [make(), make()];
    return {
      fn: (t: torch.Tensor, f: unknown, g: unknown) => [t.add(1), f === g, f],
      calls: [
        [x(), a, a],
        [x(), a, b],
        [x(), b, a],
      ],
    };
  });
});

import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { type Program, runDifferential } from "../../differential.ts";

/** Branches on data that become `torch.cond` by themselves: results are those of eager on inputs that take every way. */

type Tensor = torch.Tensor;
const item = (x: Tensor): number => Number(x.item());

afterEach(() => {
  torch._dynamo.reset();
});

const up = (): Tensor => torch.tensor([1, 2, 3.5]);
const down = (): Tensor => torch.tensor([-1, -2, -3.5]);
const mixed = (): Tensor => torch.tensor([9, -2, -3]);

/** One graph in all, however the calls go. */
function expectOneGraph(
  fn: (...args: never[]) => unknown,
  calls: () => Program["calls"] = () => [[up()], [down()], [mixed()], [up()]],
): void {
  const run = runDifferential(() => ({ fn, calls: calls() }), { fullgraph: true });
  expect(run.breaks).toEqual([]);
  expect(run.frames).toBe(1);
}

describe("if and else", () => {
  test("both return: the data-dependent example of the page, unchanged, is one graph for both signs", () => {
    expectOneGraph((x: Tensor) => {
      const y = x.sum();
      if (y.gt(0).item()) {
        return x.add(y.item());
      }
      return x.sub(y.item());
    });
  });

  test("a tensor compared by an operator of the language", () => {
    expectOneGraph((x: Tensor) => {
      const y = x.sum();
      if (Number(y) > 0) return x.add(y.item());
      return x.sub(y.item());
    });
  });

  test("both assign one variable", () => {
    expectOneGraph((x: Tensor) => {
      let y;
      if (x.sum().item() > 0) y = x.add(1);
      else y = x.mul(2);
      return y.neg();
    });
  });

  test("one assigns a variable", () => {
    expectOneGraph((x: Tensor) => {
      let y = x;
      if (x.sum().item() > 0) y = x.add(1);
      return y;
    });
  });

  test("ternary", () => {
    expectOneGraph((x: Tensor) => (x.sum().item() > 0 ? x.add(1) : x.sub(1)).mul(3));
  });

  test("nested", () => {
    expectOneGraph((x: Tensor) => {
      let y = x.mul(2);
      if (x.sum().item() > 0) {
        if (x.min().item() < 0) y = y.add(100);
        else y = y.add(10);
      } else if (x.max().item() > 0) y = y.sub(1);
      return y;
    });
  });
});

describe("while", () => {
  test("one tensor", () => {
    expectOneGraph((x: Tensor) => {
      while (x.sum().item() < 20) x = x.abs().add(1);
      return x;
    });
  });
});

void item;

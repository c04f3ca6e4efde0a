import { describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { caseSummary } from "./case-summary.ts";
import { explainCall } from "./explain-call.ts";

/**
 * Group A of the behavioural checklist: breaks where the program looks at the data of a tensor. A JavaScript condition
 * never looks into a tensor, so the programs say `.item()` where the Python ones leave it to `bool()`.
 */

describe("A1: a branch on a sum, then the sum as a number", () => {
  function fn(x: torch.Tensor) {
    const y = x.sum();
    if (y.gt(0).item()) {
      return x.add(y.item());
    }
    return x.sub(y.item());
  }

  test("A1: the branch breaks at the `if`, the number at its `return`; two graphs of three operators", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3, 3)]] }));
    expect(caseSummary(result)).toEqual({
      frames: 2,
      ops: 3,
      breaks: [
        "GB0170 Data-dependent branching at `if (y.gt(0).item()) {`",
        "GB0124 Unsupported Tensor.item() call with capture_scalar_outputs=False at `return x.add(y.item());`",
      ],
    });
    expect(result.results).toMatchObject([{ shape: [3, 3] }]);
  });

  test("A1: data that takes the other way costs one graph more", () => {
    const result = runDifferential(() => ({
      fn,
      calls: [[torch.ones(3, 3)], [torch.full([3, 3], -1)]],
    }));
    expect(result.framesAfter).toEqual([2, 3]);
    expect(result.opsAfter).toEqual([3, 4]);
  });
});

describe("A2: both ways of a branch meet again", () => {
  function fn(x: torch.Tensor) {
    const y = x.add(1);
    let z: torch.Tensor;
    if (y.sum().gt(0).item()) {
      z = y.mul(2);
    } else {
      z = y.mul(3);
    }
    return z.add(1);
  }

  test("A2: the way taken is compiled together with what follows", () => {
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toEqual({
      frames: 2,
      ops: 5,
      breaks: ["GB0170 Data-dependent branching at `if (y.sum().gt(0).item()) {`"],
    });
  });

  test("A2: two resume functions are made, one is compiled", () => {
    const { graphs, resumes } = explainCall(fn, [torch.ones(3)]);
    expect(graphs).toEqual([
      ["add", "sum", "gt"],
      ["mul", "add"],
    ]);
    expect(resumes).toHaveLength(2);
  });
});

test("A13: a conditional expression gives the very argument it chose", () => {
  const fn = (x: torch.Tensor) => (x.sum().gt(0).item() ? x : x.neg());
  const result = runDifferential(() => {
    const x = torch.ones(3);
    return { fn, calls: [[x]], watch: x };
  });
  expect(caseSummary(result)).toMatchObject({ frames: 1, ops: 2 });
  expect(explainCall(fn, [torch.ones(3)]).graphs).toEqual([["sum", "gt"]]);
});

test("A14: each operand of `&&` that looks at data ends a graph", () => {
  const fn = (x: torch.Tensor) => x.sum().gt(0).item() && x.max().gt(0).item();
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(result.results).toEqual([true]);
  expect(caseSummary(result)).toMatchObject({ frames: 2, ops: 4 });
});

test("A15: the negation of a number from a tensor needs no second graph", () => {
  const fn = (x: torch.Tensor) => !x.sum().item();
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)], [torch.zeros(3)]] }));
  expect(result.results).toEqual([false, true]);
  expect(caseSummary(result)).toMatchObject({ frames: 1, ops: 1 });
});

test("A16: `Boolean` of a number from a tensor needs no second graph", () => {
  const fn = (x: torch.Tensor) => Boolean(x.sum().item());
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)], [torch.zeros(3)]] }));
  expect(result.results).toEqual([true, false]);
  expect(caseSummary(result)).toMatchObject({ frames: 1, ops: 1 });
});

test("A17: sorting tensors by their data gives the right order and the same tensors", () => {
  const fn = (tensors: torch.Tensor[]) =>
    tensors.sort((left, right) => Number(left.sub(right).item()));
  const result = runDifferential(() => {
    const tensors = [3, 1, 2].map((value) => torch.full([], value));
    return { fn, calls: [[tensors]], watch: [...tensors] };
  });
  expect(result.results).toMatchObject([{ length: 3 }]);
  expect(result.frames).toBe(0);
  expect(result.breaks.map(({ reason }) => reason.id)).toEqual(["GB0207"]);
});

test("A19: a template string prints a tensor argument without a graph", () => {
  const fn = (x: torch.Tensor) => `x is ${x}`;
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(result.results).toEqual(["x is tensor([1., 1., 1.])"]);
  expect(result.frames).toBe(0);
});

test("A19: a template string prints a computed tensor after one graph", () => {
  const fn = (x: torch.Tensor) => `x is ${x.add(1)}`;
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(result.results).toEqual(["x is tensor([2., 2., 2.])"]);
  expect(result.frames).toBe(1);
});

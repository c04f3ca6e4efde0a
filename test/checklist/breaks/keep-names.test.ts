import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { caseSummary } from "./case-summary.ts";

/** What tsx and esbuild put around functions whose name comes from where they stand. */
const keepName = <Fn extends () => unknown>(target: Fn, value: string): Fn =>
  Object.defineProperty(target, "name", { value, configurable: true });

test("the helper of tsx and esbuild that keeps names is no break", () => {
  const fn = (x: torch.Tensor) => {
    const f = keepName(() => x.mul(2), "f");
    return f().add(1);
  };
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(caseSummary(result)).toEqual({ frames: 1, ops: 2, breaks: [] });
});

test("a function that was given a name keeps it where it becomes real", () => {
  const fn = (x: torch.Tensor) => {
    const f = keepName(() => x.mul(2), "given");
    const before = f.name;
    torch._dynamo.graph_break();
    return [f().add(1), f, before, f.name, Object.getOwnPropertyDescriptor(f, "name")];
  };
  const { results } = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(results[0]).toMatchObject([{ shape: [3] }, expect.any(Function), "given", "given", {}]);
});

test("a function that has another name of its own is renamed for real", () => {
  const fn = (x: torch.Tensor) => {
    const f = keepName(function own() {
      return x.mul(2);
    }, "other");
    return [f().add(1), f.name];
  };
  const { results } = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(results[0]).toMatchObject([{ shape: [3] }, "other"]);
});

import { expect, test } from "vitest";
import { redirectLogs } from "../../src/base/logging.ts";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

/** What is defined here stays for good: no other test can run in this file behind the last one. */

const define = (object: object, key: PropertyKey, value: unknown): void =>
  void Object.defineProperty(object, key, { value });

const fn = (x: torch.Tensor, list: number[]): torch.Tensor => {
  let sum = x;
  for (const element of list) sum = sum.add(element);
  return sum.mul(list.map((element) => element + 1).length);
};
const program = () => ({ fn, calls: [[torch.ones(2), [1, 2]]] });

test("a method added to arrays and strings for good leaves functions compiled, and is captured", () => {
  define(Array.prototype, "second", function second(this: unknown[]) {
    return this[1];
  });
  define(String.prototype, "shout", () => "!");
  expect(runDifferential(program).frames).toBe(1);
  const calling = (x: torch.Tensor, list: number[] & { second?: () => number }): torch.Tensor =>
    x.add(list.second?.() ?? 0);
  const { frames } = runDifferential(() => ({ fn: calling, calls: [[torch.ones(2), [1, 2]]] }));
  expect(frames).toBe(1);
});

test("a change of what the compiler needs makes functions run as plain JavaScript, with a warning", () => {
  const printed: string[] = [];
  redirectLogs((text) => printed.push(text));
  define(Object.prototype, "shout", () => "!");
  expect(runDifferential(program).frames).toBe(0);
  expect(printed.join("")).toContain("The property shout of a built-in was changed for good");
});

import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

test("the number of threads is what was set", () => {
  torch.set_num_threads(3);
  expect(torch.get_num_threads()).toBe(3);
});

test("a number of threads that cannot be is an error", () => {
  expect(() => torch.set_num_threads(0)).toThrow(
    "set_num_threads expects a positive integer, but got 0",
  );
});

import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

/** What is defined here stays for good: no other test can run in this file. */

test("an element that Array.prototype is given for good inside of a frame is named where the frame cannot go on", () => {
  const patching = (x: torch.Tensor): torch.Tensor => {
    const y = x.add(1);
    Object.defineProperty(Array.prototype, "1", {
      // As if it were not there, for all else that runs in this process.
      set(this: unknown[], value: unknown) {
        Object.defineProperty(this, "1", { value, writable: true, enumerable: true, configurable: true }); // prettier-ignore
      },
    });
    return y.mul(2);
  };
  torch._dynamo.config.debug_break_every = 1;
  expect(() => torch.compile(patching)(torch.ones(2))).toThrow(
    "a function cannot go on after a graph break: meanwhile Array.prototype was given an element 1 for good. Define it with configurable: true, or before the compiled function is called.",
  );
});

import { afterEach, describe, expect, test } from "vitest";
import type { Backend, Launch } from "../../src/loops/backend.ts";
import { currentBackend, resetKernels, setBackend } from "../../src/loops/run-computation.ts";
import { torch } from "../api/torch.ts";

const javascript = currentBackend();
afterEach(() => {
  setBackend(javascript);
});

/** A backend that notes every launch and lets the JavaScript one run it. */
function recordingBackend(launches: Launch[]): Backend {
  return {
    name: "recording",
    run: (launch) => {
      launches.push(launch);
      javascript.run(launch);
    },
    runTemplate: (launch) => javascript.runTemplate(launch),
    reset: () => undefined,
  };
}

describe("kernels", () => {
  test("another backend takes the place of the JavaScript one without a change to any record", () => {
    const launches: Launch[] = [];
    setBackend(recordingBackend(launches));
    expect(torch.ones(2, 3).add(1).sum().item()).toBe(12);
    expect(launches.map(({ kernel }) => kernel.name)).toEqual([
      "pointwise_copyBody",
      "pointwise_addition",
      "fold_sum",
    ]);
  });

  test("are shared by all shapes and layouts, and by all values of numbers", () => {
    const launches: Launch[] = [];
    setBackend(recordingBackend(launches));
    torch.zeros(2, 3).mul(2);
    torch.zeros(5).mul(3.5);
    torch.zeros(3, 2).t().mul(-1);
    expect(new Set(launches.map(({ kernel }) => kernel)).size).toBe(1);
  });

  test("give the same results after compiled code was dropped", () => {
    const before = torch.arange(6).view(2, 3).cumsum(1).tolist();
    resetKernels();
    expect(torch.arange(6).view(2, 3).cumsum(1).tolist()).toEqual(before);
  });
});

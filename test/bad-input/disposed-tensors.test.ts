import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

function disposed(): torch.Tensor {
  const tensor = torch.ones(2);
  tensor.dispose();
  return tensor;
}

const double = torch.compile((x: torch.Tensor) => x.mul(2));

test("A disposed input fails with eager's message, before and after a live one", () => {
  runDifferential(() => ({
    fn: (x: torch.Tensor) => x.add(1),
    calls: [[disposed()], [torch.ones(2)], [disposed()]],
  }));
  expect(() => double(disposed())).toThrow(/^this tensor of shape \[2\] was disposed/);
});

test("A disposed input fails where the program uses it, not in a guard: the program can log and catch", () => {
  runDifferential(() => {
    const log: string[] = [];
    return {
      fn: (x: torch.Tensor) => {
        log.push("called");
        try {
          return x.add(1);
        } catch (error) {
          return `${log.length} ${String(error)}`;
        }
      },
      calls: [[torch.ones(2)], [disposed()], [torch.ones(2)]],
    };
  });
});

test("A disposed input that this call does not use is no error", () => {
  runDifferential(() => ({
    fn: (x: torch.Tensor, y: torch.Tensor, both: boolean) => (both ? x.mul(y) : x),
    calls: [
      [torch.ones(2), torch.ones(2), true],
      [torch.ones(2), disposed(), false],
    ],
  }));
});

test("A tensor disposed in the compiled function is disposed for the rest of it", () => {
  runDifferential(() => ({
    fn: (x: torch.Tensor) => {
      const y = x.add(1);
      y.dispose();
      return y.mul(2);
    },
    calls: [[torch.ones(2)], [torch.ones(2)]],
  }));
});

import { describe, test } from "vitest";
import * as torch from "../../src/index.ts";
import { testOfTextCode } from "../capabilities.ts";
import { type Program, runDifferential } from "../differential.ts";
import { scepticalPrograms } from "./sceptical-programs.ts";

/** As the program stands, and broken at every instruction, at every third and at every fourth. */
describe.each([0, 1, 3, 4])("with a break every %i instructions", (breakEvery) => {
  testOfTextCode.each(Object.entries(scepticalPrograms))(
    "%s means the same compiled",
    (_, text) => {
      const make = new Function("torch", "log", "x", text);
      const x = (): torch.Tensor => torch.ones(3);
      runDifferential(() => make(torch, console.log, x) as Program, {
        configure: () => {
          torch._dynamo.config.reset();
          torch._dynamo.config.debug_break_every = breakEvery;
        },
      });
      torch._dynamo.config.reset();
    },
  );
});

test("a built-in that the program patches between calls is the patched one", () => {
  const original = Array.prototype.map;
  const patched = function (): unknown[] {
    return ["patched"];
  };
  runDifferential(
    () => ({
      fn: (x: torch.Tensor, a: number[]) => [x.add(1), a.map((v) => v + 1)],
      calls: [1, 2, 3].map(() => [torch.ones(3), [1, 2]]),
      before: (call) =>
        Object.defineProperty(Array.prototype, "map", { value: call === 1 ? patched : original }),
    }),
    { backend: "eager" },
  );
});

test("a method that one tensor object is given after the capture is the one that runs", () => {
  runDifferential(() => {
    const t = torch.ones(3);
    return {
      fn: (y: torch.Tensor) => t.add(1).mul(y),
      calls: [[torch.ones(3)], [torch.ones(3)], [torch.ones(3)]],
      before: (call) => {
        if (call === 1) Object.assign(t, { add: () => torch.zeros(3) });
        if (call === 2) Reflect.deleteProperty(t, "add");
      },
    };
  });
});

test("a method that all tensors are given after the capture is the one that runs", () => {
  const original = Object.getOwnPropertyDescriptor(torch.Tensor.prototype, "relu");
  const patched = { ...original, value: (): torch.Tensor => torch.zeros(3) };
  try {
    runDifferential(() => ({
      fn: (y: torch.Tensor) => y.relu().add(1),
      calls: [[torch.ones(3)], [torch.ones(3)], [torch.ones(3)]],
      before: (call) =>
        Object.defineProperty(
          torch.Tensor.prototype,
          "relu",
          call === 1 ? patched : { ...original },
        ),
    }));
  } finally {
    Object.defineProperty(torch.Tensor.prototype, "relu", { ...original });
  }
});

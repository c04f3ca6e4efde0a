import { expect, test } from "vitest";
import { redirectLogs, resetLogging, set_logs } from "../../src/base/logging.ts";
import * as torch from "../../src/index.ts";

const double = (x: torch.Tensor): torch.Tensor => x.mul(2);

test("graphs are compiled by inductor unless something else is asked for", () => {
  const counter = torch._dynamo.list_backends();
  expect(counter).toContain("inductor");
  let text = "";
  set_logs({ fusion: true });
  const restore = redirectLogs((record) => (text += record));
  try {
    torch.compile((x: torch.Tensor) => double(x).add(1))(torch.ones(2));
  } finally {
    restore();
    resetLogging();
  }
  expect(text).toBe("FUSION\nfused_mul_add: mul, add\n");
});

test("every mode of PyTorch is known, and no other", () => {
  const modes = ["default", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs"];
  for (const mode of modes)
    expect(torch.compile(double, { mode })(torch.ones(1)).tolist()).toEqual([2]);
  expect(() => torch.compile(double, { mode: "fastest" })).toThrow(
    "Unrecognized mode=fastest, should be one of: default, reduce-overhead, max-autotune, max-autotune-no-cudagraphs",
  );
});

test("options are flags of torch._inductor.config for one function", () => {
  const fn = torch.compile(double, { options: { max_fusion_size: 1 } });
  expect(fn(torch.ones(1)).tolist()).toEqual([2]);
  const misspelt: object = { max_fusion: 1 };
  expect(() => torch.compile(double, { options: misspelt })).toThrow(
    "Unexpected optimization option max_fusion, known options are ['fx_graph_cache', 'max_autotune', 'max_fusion_size']",
  );
  expect(() => torch.compile(double, { mode: "default", options: {} })).toThrow(
    "Either mode or options can be specified, but both can't be specified at the same time.",
  );
});

test("a kernel that went wrong is shown with the lines it came from", () => {
  let text = "";
  set_logs({ output_code: true });
  const restore = redirectLogs((record) => (text += record));
  try {
    torch.compile((x: torch.Tensor) => x.mul(2).add(1))(torch.ones(2));
  } finally {
    restore();
    resetLogging();
  }
  expect(text).toContain("compile-options.test.ts:");
  expect(text).toContain("fused_mul_add [2]");
});

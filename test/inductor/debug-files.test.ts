import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import * as torch from "../../src/index.ts";

const root = mkdtempSync(join(tmpdir(), "fullgraph-debug-"));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

test("TORCH_COMPILE_DEBUG=1 writes every stage of a graph", () => {
  vi.stubEnv("TORCH_COMPILE_DEBUG", "1");
  vi.stubEnv("TORCH_COMPILE_DEBUG_DIR", root);
  torch.compile((x: torch.Tensor) => x.mul(2).add(1))(torch.ones(2));
  const [run = ""] = readdirSync(root);
  const model = join(root, run, "torchinductor", "model__0");
  expect(readdirSync(model).sort()).toEqual([
    "fusion.txt",
    "fx_graph_readable.txt",
    "ir_post_fusion.txt",
    "ir_pre_fusion.txt",
    "kernels.wat",
    "output_code.txt",
  ]);
  expect(readFileSync(join(model, "fusion.txt"), "utf8")).toBe("fused_mul_add: mul, add\n");
  expect(readFileSync(join(model, "kernels.wat"), "utf8")).toContain("(func $fused_mul_add");
});

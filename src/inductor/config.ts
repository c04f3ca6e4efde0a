import { defineConfig } from "../base/config.ts";

/** The flags of the kernel compiler, with PyTorch's names where PyTorch has them. */
export const config = defineConfig("torch._inductor.config", {
  max_fusion_size: {
    kind: "int",
    default: 4096,
    doc: "How many values one fused kernel may compute. Differs: PyTorch counts operators and stops at 64.",
  },
});

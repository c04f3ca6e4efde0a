import { defineConfig } from "../base/config.ts";

/** The flags of the kernel compiler, with PyTorch's names where PyTorch has them. */
export const config = defineConfig("torch._inductor.config", {
  fx_graph_cache: {
    kind: "boolean",
    default: false,
    env: "TORCHINDUCTOR_FX_GRAPH_CACHE",
    doc: "Keep generated kernels in files for later processes, in TORCHINDUCTOR_CACHE_DIR or torchinductor_<user> among the temporary files. Differs: off by default, and graphs are captured and scheduled each time.",
  },
  max_autotune: {
    kind: "boolean",
    default: false,
    env: "TORCHINDUCTOR_MAX_AUTOTUNE",
    doc: "Times tiles, blocks and threads for each product on this machine before it runs first, and keeps the best for the process.",
  },
  max_fusion_size: {
    kind: "int",
    default: 4096,
    doc: "How many values one fused kernel may compute. Differs: PyTorch counts operators and stops at 64.",
  },
});

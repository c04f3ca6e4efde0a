import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    register: "src/transform/register.ts",
    "loader-thread": "src/transform/loader-thread.ts",
  },
  format: "esm",
  target: "node20",
  platform: "neutral",
  deps: { neverBundle: ["node:module"] },
  dts: true,
  // Tensor is Disposable: a project that lists older libraries needs the declaration of that.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  clean: true,
  // "sideEffects": false speaks about the bundle as a whole: modules that install something on import stay in it.
  treeshake: { moduleSideEffects: [{ test: /[/\\]src[/\\]/, sideEffects: true }] },
});

import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { index: "src/index.ts" },
  format: "esm",
  target: "node20",
  platform: "neutral",
  dts: true,
  clean: true,
  // "sideEffects": false speaks about the bundle as a whole: modules that install something on import stay in it.
  treeshake: { moduleSideEffects: [{ test: /[/\\]src[/\\]/, sideEffects: true }] },
});

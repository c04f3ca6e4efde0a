import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // The package's own name means its sources, as in tsconfig.json.
  resolve: { alias: { fullgraph: fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    maxWorkers: "100%",
    coverage: { include: ["src/**"], reporter: ["text-summary", "html"] },
  },
});

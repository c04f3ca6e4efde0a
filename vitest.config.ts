import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { transformPlugin } from "./test/transform-plugin.ts";

// FULLGRAPH_TIER=T, P or R runs the suite with one way at outer variables: `npm run test:tiers`.
const isTransformed = process.env["FULLGRAPH_TIER"] === "T";

export default defineConfig({
  plugins: isTransformed ? [transformPlugin()] : [],
  // The package's own name means its sources, as in tsconfig.json.
  resolve: { alias: { fullgraph: fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    maxWorkers: "100%",
    coverage: { include: ["src/**"], reporter: ["text-summary", "html"] },
  },
});

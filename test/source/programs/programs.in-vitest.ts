import { test } from "vitest";

test("variables", async () => {
  await import("./everything.ts");
});

test("positions", async () => {
  await import("./positions.ts");
});

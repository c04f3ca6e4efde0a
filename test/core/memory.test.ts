import { expect, test } from "vitest";
import { torch } from "../api/torch.ts";

test("a loop that never disposes runs in bounded memory", () => {
  const before = process.memoryUsage().rss;
  let x = torch.ones(1000, 250);
  // 2 GB in all, 1 MB at a time.
  for (let step = 0; step < 2000; step++) x = x.add(1);
  expect(x.select(0, 0).select(0, 0).item()).toBe(2001);
  expect(process.memoryUsage().rss - before).toBeLessThan(700e6);
});

import { afterEach, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

afterEach(() => torch.memory.record_memory_history(false));

test("statistics count what tensors hold, and the peak since it was reset", () => {
  const before = torch.memory.stats();
  const x = torch.zeros(1000, 1000);
  x.dispose();
  const after = torch.memory.stats();
  expect(after.liveBytes).toBe(before.liveBytes);
  expect(after.peakBytes).toBeGreaterThanOrEqual(before.liveBytes + 4_000_000);
  expect(after.allocations).toBe(before.allocations + 1);
  torch.memory.reset_peak_memory_stats();
  expect(torch.memory.stats().peakBytes).toBe(after.liveBytes);
});

test("a snapshot lists the live tensors, views too, with the line that made them", () => {
  torch.memory.record_memory_history(true);
  const x = torch.zeros(777, 3);
  const view = x.select(1, 0);
  const snapshot = torch.memory.snapshot().filter((tensor) => tensor.shape[0] === 777);
  expect(snapshot).toMatchObject([
    { shape: [777, 3], dtype: "float32", bytes: 9324, home: "memory", isView: false },
    { shape: [777], dtype: "float32", bytes: 3108, home: "memory", isView: true },
  ]);
  expect(snapshot[0]?.storage).toBe(snapshot[1]?.storage);
  expect(snapshot[0]?.line).toMatch(/memory-namespace\.test\.ts:20/);
  expect(view.shape).toEqual([777]);
});

test("a snapshot lists no tensor that is garbage or disposed", () => {
  const make = (): void => void torch.zeros(778, 3);
  for (let round = 0; round < 10; round++) make();
  torch.zeros(778, 3).dispose();
  const left = torch.memory.snapshot().filter((tensor) => tensor.shape[0] === 778);
  expect(left.length).toBeLessThanOrEqual(1); // the engine may still see the one that was made last
});

test("small tensors are JavaScript arrays and counted apart", () => {
  const before = torch.memory.stats();
  torch.ones(10);
  const after = torch.memory.stats();
  expect(after.smallAllocations).toBeGreaterThan(before.smallAllocations);
  expect(after.allocations).toBe(before.allocations);
});

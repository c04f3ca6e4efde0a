import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

test("what finds no room in the kernel memory runs as JavaScript, and memory that is given back is used again", () => {
  const fillers: torch.Tensor[] = [];
  const room = (): number => {
    const { limitBytes, liveBytes } = torch.memory.stats();
    return limitBytes - liveBytes;
  };
  const x = torch.ones(1500, 1000);
  while (room() > 2 ** 28) fillers.push(torch.empty(2 ** 26));
  fillers.push(torch.empty(Math.floor(room() / 4) - 2 ** 20)); // 4 MiB stay
  const crowded = x.add(1).sum().item();
  for (const filler of fillers) filler.dispose();
  expect(crowded).toBe(3e6);
  expect(x.add(1).sum().item()).toBe(3e6);
  expect(room()).toBeGreaterThan(2 ** 31);
}, 60_000);

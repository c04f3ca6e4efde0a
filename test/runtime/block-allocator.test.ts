import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BlockAllocator } from "../../src/runtime/block-allocator.ts";

const start = 65536;
const end = 64 * 65536;

const size = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 300, max: 9000 }),
  fc.integer({ min: 9000, max: 400_000 }),
);
/** Allocate a size, or free one of the blocks that are there. */
const step = fc.oneof(
  fc.record({ kind: fc.constant("allocate" as const), size }),
  fc.record({ kind: fc.constant("free" as const), which: fc.nat() }),
);

interface Block {
  readonly address: number;
  readonly size: number;
}

function overlaps(a: Block, b: Block): boolean {
  return a.address < b.address + Math.max(b.size, 1) && b.address < a.address + Math.max(a.size, 1);
}

function newAllocator(): BlockAllocator {
  const allocator = new BlockAllocator(start);
  allocator.extend(end);
  return allocator;
}

describe("blocks", () => {
  test("are aligned, inside the space, apart from each other, and all come back", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const allocator = newAllocator();
        const blocks: Block[] = [];
        for (const action of steps) {
          if (action.kind === "free") {
            const [block] = blocks.splice(action.which % Math.max(blocks.length, 1), 1);
            if (block !== undefined) {
              expect(allocator.free(block.address)).toBe(allocator.roundUp(block.size));
            }
            continue;
          }
          const address = allocator.allocate(action.size);
          if (address === null) continue;
          const block = { address, size: action.size };
          expect(address % 64).toBe(0);
          expect(address).toBeGreaterThanOrEqual(start);
          expect(address + action.size).toBeLessThanOrEqual(end);
          expect(blocks.some((other) => overlaps(block, other))).toBe(false);
          blocks.push(block);
        }
        for (const block of blocks) allocator.free(block.address);
        allocator.trim();
        expect([...allocator.ranges()]).toEqual([
          { address: start, bytes: end - start, isFree: true },
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test("freed neighbours join, so that a block of the whole space fits again", () => {
    const allocator = newAllocator();
    const addresses = [100_000, 200_000, 300_000, 400_000].map(
      (bytes) => allocator.allocate(bytes) ?? 0,
    );
    for (const index of [2, 0, 3, 1]) allocator.free(addresses[index] ?? 0);
    expect(allocator.allocate(end - start)).toBe(start);
  });

  test("a block that fits only one free range exactly gets it", () => {
    const allocator = newAllocator();
    const whole = allocator.allocate(end - start) ?? 0;
    expect(allocator.allocate(10_000)).toBe(null);
    allocator.free(whole);
    expect(allocator.allocate(end - start - 64)).toBe(start);
  });

  test("a space that was extended joins with the free range before it", () => {
    const allocator = new BlockAllocator(start);
    allocator.extend(2 * 65536);
    expect(allocator.allocate(100_000)).toBe(null);
    allocator.extend(4 * 65536);
    expect(allocator.allocate(100_000)).toBe(start);
  });

  test("the last byte of 4 GiB can be given out", () => {
    const allocator = new BlockAllocator(start);
    allocator.extend(2 ** 32);
    expect(allocator.allocate(2 ** 32 - start)).toBe(start);
    expect(allocator.free(start)).toBe(2 ** 32 - start);
  });
});

import { describe, expect, test } from "vitest";
import { OutOfMemoryError } from "../../src/base/errors.ts";
import { KernelMemory } from "../../src/runtime/kernel-memory.ts";

const megabyte = 2 ** 20;

describe.each([{ shared: true }, { shared: false }])(
  "kernel memory (shared: $shared)",
  (options) => {
    test("keeps what was written when it grows", () => {
      const memory = new KernelMemory(options);
      const block = memory.own(1000, false);
      memory.u8[block.address] = 42;
      const before = memory.buffer.byteLength;
      memory.own(100 * megabyte, false);
      expect(memory.buffer.byteLength).toBeGreaterThan(before);
      expect(memory.u8[block.address]).toBe(42);
    });

    test("says by its generation whether views made earlier are still valid", () => {
      const memory = new KernelMemory(options);
      const view = new Uint8Array(memory.buffer);
      const { generation } = memory;
      memory.own(100 * megabyte, false);
      expect(memory.generation === generation).toBe(view.length > 0);
    });

    test("a zeroed block is zero where another block was before", () => {
      const memory = new KernelMemory(options);
      const dirty = memory.own(20_000, false);
      memory.u8.fill(255, dirty.address, dirty.address + 20_000);
      dirty.free();
      const clean = memory.own(30_000, true);
      expect(clean.address).toBe(dirty.address);
      expect(
        memory.u8.subarray(clean.address, clean.address + 30_000).every((byte) => byte === 0),
      ).toBe(true);
    });

    test("says what was asked for and what is in use when there is no more, and stays usable", () => {
      const memory = new KernelMemory({ ...options, maximumPages: 1024 });
      const block = memory.own(10 * megabyte, false);
      expect(() => memory.own(60 * megabyte, false)).toThrow(OutOfMemoryError);
      expect(() => memory.own(2 ** 40, false)).toThrow(
        "out of kernel memory: tried to allocate 1.00 TiB. Of 64.00 MiB in all, 10.00 MiB are in use by 1 blocks (at most 10.00 MiB were).",
      );
      block.free();
      expect(() => memory.own(60 * megabyte, false)).not.toThrow();
    });

    test("frees a block once only", () => {
      const memory = new KernelMemory(options);
      const block = memory.own(5000, false);
      block.free();
      block.free();
      expect(memory.counts()).toMatchObject({ usedBytes: 0, blocks: 0, allocations: 1 });
    });

    test("finds the blocks whose owners are gone in the middle of a job", () => {
      const memory = new KernelMemory(options);
      const kept = Array.from({ length: 100 }, () => memory.own(5000, false)).filter(
        (_, index) => index % 10 === 0,
      );
      expect(memory.collect()).toBe(true);
      // The engine may still see the block that was made last.
      expect(memory.counts().blocks).toBeLessThanOrEqual(kept.length + 1);
      expect(memory.counts().blocks).toBeGreaterThanOrEqual(kept.length);
    });

    test("an endless loop of allocations stays below its limit", () => {
      const memory = new KernelMemory(options);
      for (let index = 0; index < 400; index++) memory.own(10 * megabyte, false);
      expect(memory.counts().peakBytes).toBeLessThanOrEqual(600 * megabyte);
      expect(memory.counts().collections).toBeGreaterThan(0);
    });
  },
);

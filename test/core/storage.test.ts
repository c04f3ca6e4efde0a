import { describe, expect, test } from "vitest";
import { float32, int64 } from "../../src/core/dtype.ts";
import { Storage } from "../../src/core/storage.ts";
import { OutOfMemoryError } from "../../src/base/errors.ts";
import { kernelMemory } from "../../src/runtime/kernel-memory.ts";

function floatsAt(address: number, length: number): number[] {
  return [...new Float32Array(kernelMemory().buffer, address, length)];
}

describe("a storage", () => {
  test("below 1 KiB is a JavaScript array, from there on a block of the kernel memory", () => {
    expect(Storage.allocate(float32, 255).home).toBe("javascript");
    expect(Storage.allocate(float32, 256).home).toBe("memory");
  });

  test("that is small moves into the memory when its address is asked for, and stays there", () => {
    const storage = Storage.adopt(float32, new Float32Array([1, 2, 3]));
    const address = storage.address();
    expect(floatsAt(address, 3)).toEqual([1, 2, 3]);
    storage.array[1] = 7;
    expect(floatsAt(storage.address(), 3)).toEqual([1, 7, 3]);
    expect(storage.address()).toBe(address);
    expect(storage.home).toBe("memory");
  });

  test("that the user shares stays in the user's array; a kernel gets a copy and gives it back", () => {
    const array = new Float32Array([1, 2, 3]);
    const storage = Storage.share(float32, array);
    const address = storage.address();
    new Float32Array(kernelMemory().buffer, address, 3)[0] = 9;
    expect(array[0]).toBe(1);
    storage.endStage(true);
    expect(array).toEqual(new Float32Array([9, 2, 3]));
    array[2] = 5;
    expect(floatsAt(storage.address(), 3)).toEqual([9, 2, 5]);
    storage.endStage(false);
    expect(storage.array).toBe(array);
  });

  test("keeps its elements when the memory grows", () => {
    const storage = Storage.allocate(float32, 1000);
    storage.array[999] = 4;
    Storage.allocate(float32, 40e6).release();
    expect(storage.array[999]).toBe(4);
  });

  test("of no elements is fine in either home", () => {
    const storage = Storage.allocate(int64, 0);
    expect(storage.array.length).toBe(0);
    expect(storage.address() % 64).toBe(0);
    expect(storage.array.length).toBe(0);
  });

  test("that is larger than any memory fails with a clear error and leaves the rest usable", () => {
    expect(() => Storage.allocate(float32, 2 ** 45)).toThrow(OutOfMemoryError);
    expect(() => Storage.allocate(float32, 2 ** 45)).toThrow("tried to allocate 128.00 TiB");
    expect(Storage.allocate(float32, 1000).array[0]).toBe(0);
  });

  test("gives its block back when the last tensor lets go", () => {
    const before = kernelMemory().counts().blocks;
    const storage = Storage.allocate(float32, 1000);
    storage.retain();
    storage.retain();
    storage.release();
    expect(kernelMemory().counts().blocks).toBe(before + 1);
    storage.release();
    expect(kernelMemory().counts().blocks).toBe(before);
    expect(() => storage.array).toThrow("this storage was released");
  });
});

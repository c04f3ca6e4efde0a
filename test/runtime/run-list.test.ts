import { afterEach, expect, test } from "vitest";
import { KernelMemory } from "../../src/runtime/kernel-memory.ts";
import type { KernelFailure } from "../../src/runtime/kernel-failure.ts";
import { KernelRuntime } from "../../src/runtime/kernel-runtime.ts";
import { runItemBytes, type RunItem, writeRunList } from "../../src/runtime/run-list.ts";
import { at } from "../../src/core/shape.ts";
import { kernelModule } from "./test-kernels.ts";

const runtimes: KernelRuntime[] = [];
afterEach(() => {
  for (const runtime of runtimes.splice(0)) runtime.pool?.terminate();
});

interface Machine {
  readonly i32: Int32Array;
  /** The address of word 0, and of every other one 4 bytes further. */
  readonly words: number;
  /** A kernel that adds the number of its units to a word; more than 100 there is a failure. */
  readonly add: (word: number, units: number) => RunItem;
  run(items: readonly RunItem[]): KernelFailure | null;
}

function machine(shared: boolean): Machine {
  const runtime = new KernelRuntime(new KernelMemory({ shared, maximumPages: 4096 }), {
    threads: 1,
  });
  runtimes.push(runtime);
  const { memory } = runtime;
  const module = kernelModule(shared, ({ f, array, begin, end }, { fail }) => {
    f.get(array);
    f.get(array);
    f.load("i32.load");
    f.get(end);
    f.get(begin);
    f.emit("i32.sub");
    f.emit("i32.add");
    f.store("i32.store");
    f.get(array);
    f.load("i32.load");
    f.i32Const(100);
    f.emit("i32.gt_s");
    f.if(() => {
      f.i32Const(7);
      f.i32Const(1);
      f.i64Const(2n);
      f.i64Const(3n);
      f.call(fail);
    });
  });
  const kernel = at(runtime.install(module, ["kernel"]), 0);
  const block = memory.own(4096, true);
  const words = block.address;
  let args = words + 2048;
  return {
    i32: memory.i32,
    words,
    add: (word, units) => {
      args += 16;
      memory.i32[args >>> 2] = words + 4 * word;
      const shared = { chunkUnits: units, mayFail: true, number: word };
      return { kind: "kernel", index: kernel.index, args, units, ...shared };
    },
    run: (items) => {
      const begin = words + 1024;
      writeRunList(memory.i32, begin, items);
      const end = begin + items.length * runItemBytes;
      return runtime.runList({ begin, end, forks: false, owner: block }, words + 512);
    },
  };
}

test("kernels run in order, and nothing after one that found its data wrong", () => {
  const { i32, words, add, run } = machine(false);
  expect(run([add(0, 3), add(1, 4), add(0, 5)])).toBe(null);
  const failure = run([add(0, 1), add(1, 200), add(0, 50)]);
  expect(failure).toEqual({ kind: 7, id: 1, index: 2n, size: 3n });
  expect([...i32.subarray(words >>> 2, (words >>> 2) + 2)]).toEqual([9, 204]);
  // The number of the kernel that failed.
  expect(i32[(words + 512) >>> 2]).toBe(1);
});

test("a counted loop repeats what stands between", () => {
  const { i32, words, add, run } = machine(true);
  const counter = words + 40;
  i32[counter >>> 2] = 7;
  run([add(0, 1), add(1, 2), { kind: "repeat", address: counter, target: 0 }, add(2, 5)]);
  expect([...i32.subarray(words >>> 2, (words >>> 2) + 3)]).toEqual([7, 14, 5]);
});

test("a jump goes back, and a byte that is 0 out of the loop", () => {
  const { i32, words, add, run } = machine(false);
  const flag = words + 4;
  // Word 1 counts up from -3: its byte is 0 after three steps.
  i32[flag >>> 2] = -3;
  run([
    { kind: "unless", address: flag, target: 4 },
    add(1, 1),
    add(0, 10),
    { kind: "jump", target: 0 },
    add(2, 1),
  ]);
  expect([...i32.subarray(words >>> 2, (words >>> 2) + 3)]).toEqual([30, 0, 1]);
});

test("copies move their pointers on, zeroing does not", () => {
  const { i32, words, run } = machine(true);
  const word = words >>> 2;
  const pointer = (place: number, target: number): number => {
    i32[word + place] = words + 4 * target;
    return words + 4 * place;
  };
  i32.set([5, 6, 7, 8], word);
  i32[word + 50] = 2;
  run([
    {
      kind: "copy",
      to: pointer(60, 20),
      from: pointer(61, 1),
      bytes: 4,
      toStep: 8,
      fromStep: 4,
    },
    { kind: "zero", pointer: pointer(62, 0), bytes: 4 },
    { kind: "repeat", address: words + 200, target: 0 },
  ]);
  expect([...i32.subarray(word, word + 4)]).toEqual([0, 6, 7, 8]);
  expect([...i32.subarray(word + 20, word + 24)]).toEqual([6, 0, 7, 0]);
});

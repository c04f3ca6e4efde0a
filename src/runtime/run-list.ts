/**
 * Lists of what to do in WebAssembly: kernels, and what moves memory or decides between them. One function reads them all,
 * so that a new list needs no new module, and a loop of kernels runs without JavaScript.
 */
import type { FunctionBuilder, FunctionReference, Local } from "../wasm/function-builder.ts";
import type { FunctionType } from "../wasm/value-type.ts";
import { failure } from "./memory-layout.ts";

/** One entry of a list. Addresses of words that hold addresses are called pointers. */
export type RunItem =
  | {
      readonly kind: "kernel";
      /** Its place in the function table. */
      readonly index: number;
      /** Where its arguments are. */
      readonly args: number;
      readonly units: number;
      readonly chunkUnits: number;
      /** Whether it may find its data wrong: nothing runs after it then. */
      readonly mayFail: boolean;
      /** What is left at `progress` when it begins, if it may fail or be shared among threads. */
      readonly number: number;
    }
  | { readonly kind: "zero"; readonly pointer: number; readonly bytes: number }
  /** Copies, and moves both pointers on by so many bytes. */
  | {
      readonly kind: "copy";
      readonly to: number;
      readonly from: number;
      readonly bytes: number;
      readonly toStep: number;
      readonly fromStep: number;
    }
  | { readonly kind: "jump"; readonly target: number }
  /** Goes to the item `target` if the byte at the address is 0. */
  | { readonly kind: "unless"; readonly address: number; readonly target: number }
  /** Counts the word at the address down, and goes to the item `target` until it is 0. */
  | { readonly kind: "repeat"; readonly address: number; readonly target: number };

/** Where the list begins and ends, and the word for the number of the kernel that it got to. */
export const runListType: FunctionType = { params: ["i32", "i32", "i32"], results: [] };

export const runItemBytes = 32;

const kinds = ["kernel", "zero", "copy", "jump", "unless", "repeat"] as const;

/** Writes the items at `start`, where they take `runItemBytes` each. */
export function writeRunList(i32: Int32Array, start: number, items: readonly RunItem[]): void {
  items.forEach((item, position) => {
    const word = (start + position * runItemBytes) >>> 2;
    i32.set([kinds.indexOf(item.kind), ...fieldsOf(item, start)], word);
  });
}

function fieldsOf(item: RunItem, start: number): readonly number[] {
  const addressOf = (target: number): number => start + target * runItemBytes;
  switch (item.kind) {
    case "kernel": {
      const { index, args, units, chunkUnits, mayFail, number } = item;
      return [index, args, units, chunkUnits, Number(mayFail), number];
    }
    case "zero":
      return [item.pointer, item.bytes];
    case "copy":
      return [item.to, item.from, item.bytes, item.toStep, item.fromStep];
    case "jump":
      return [addressOf(item.target)];
    case "unless":
    case "repeat":
      return [item.address, addressOf(item.target)];
  }
}

/** The function that reads lists: its body, for a builder of `runListType`. */
export function emitRunList(
  f: FunctionBuilder,
  fork: FunctionReference,
  kernelType: FunctionType,
): void {
  const at = f.parameter(0, "at");
  const end = f.parameter(1, "end");
  const progress = f.parameter(2, "progress");
  const field = (number: number): void => {
    f.get(at);
    f.load("i32.load", { offset: 4 * number });
  };
  const next = (): void => f.increment(at, runItemBytes);
  const jump = (number: number): void => {
    field(number);
    f.set(at);
  };
  f.loop((again) => {
    f.get(at);
    f.get(end);
    f.emit("i32.ge_u");
    f.if(() => f.emit("return"));
    f.block((repeat) => {
      f.block((unless) => {
        f.block((always) => {
          f.block((copy) => {
            f.block((zero) => {
              f.block((kernel) => {
                field(0);
                f.brTable([kernel, zero, copy, always, unless], repeat);
              });
              emitKernel(f, field, progress, fork, kernelType);
              next();
              f.br(again);
            });
            loadAt(f, () => field(1));
            f.i32Const(0);
            field(2);
            f.memoryFill();
            next();
            f.br(again);
          });
          emitCopy(f, field);
          next();
          f.br(again);
        });
        jump(1);
        f.br(again);
      });
      field(1);
      f.load("i32.load8_u");
      f.if(next, () => jump(2));
      f.br(again);
    });
    const left = f.local("i32", "left");
    field(1);
    loadAt(f, () => field(1));
    f.i32Const(1);
    f.emit("i32.sub");
    f.tee(left);
    f.store("i32.store");
    f.get(left);
    f.if(() => jump(2), next);
    f.br(again);
  });
}

function loadAt(f: FunctionBuilder, address: () => void): void {
  address();
  f.load("i32.load");
}

type Field = (number: number) => void;

function emitKernel(
  f: FunctionBuilder,
  field: Field,
  progress: Local,
  fork: FunctionReference,
  kernelType: FunctionType,
): void {
  field(3);
  field(4);
  f.emit("i32.gt_s");
  f.if(
    () => {
      f.get(progress);
      field(6);
      f.store("i32.store");
      for (const number of [1, 2, 3, 4]) field(number);
      f.call(fork);
    },
    () => {
      field(5);
      f.if(() => {
        f.get(progress);
        field(6);
        f.store("i32.store");
      });
      field(2);
      f.i32Const(0);
      field(3);
      field(1);
      f.callIndirect(kernelType);
    },
  );
  field(5);
  f.if(() => {
    f.i32Const(0);
    f.load("i32.load", { offset: failure.kind });
    f.if(() => f.emit("return"));
  });
}

function emitCopy(f: FunctionBuilder, field: Field): void {
  loadAt(f, () => field(1));
  loadAt(f, () => field(2));
  field(3);
  f.memoryCopy();
  for (const [pointer, step] of [
    [1, 4],
    [2, 5],
  ] as const) {
    field(pointer);
    loadAt(f, () => field(pointer));
    field(step);
    f.emit("i32.add");
    f.store("i32.store");
  }
}

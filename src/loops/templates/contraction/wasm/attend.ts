/** Two products with a kernel over rows between them, a block of rows at a time: what is between never exists as a whole. */
import { kernelType } from "../../../../runtime/thread-module.ts";
import type { FunctionReference, Local } from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import { finishWords, operandBytes } from "./finish-block.ts";
import { productWords } from "./product-words.ts";
import { forBelow, loadWord, setLimitedSum, setScaledSum } from "./structured-loops.ts";

/** The words of the argument block of `attend`. */
export const attendWords = {
  /** Where the arguments of the two products are. */
  first: 0,
  second: 1,
  /** The kernel between them: its place in the function table, and its arguments but for the rows of a block. */
  index: 2,
  template: 3,
  bytes: 4,
  /** Among those: where the number of rows is, and the operands, which all are the rows. */
  size: 5,
  operands: 6,
  count: 7,
  rows: 8,
  /** Of a row between the products. */
  rowBytes: 9,
  blockRows: 10,
  rowBlocks: 11,
  /** In the scratch space: where copies of arguments have room, and where the rows are. */
  room: 12,
  scores: 13,
} as const;

export type AttendWord = keyof typeof attendWords;

/** What is copied to the room, in bytes from its start: arguments in which addresses differ from thread to thread. */
const copies = { first: 0, second: 128, finish: 256, epilogue: 320, kernel: 1024 } as const;
export const roomBytes = 2048;
/** Arguments that the kernel between the products may have. */
export const mostKernelBytes = roomBytes - copies.kernel;

const productBytes = Object.keys(productWords).length * 4;
const finishBytes = Object.keys(finishWords).length * 4;

/**
 * `attend(args, begin, end)`: units are those of both products, which have the same blocks of rows. A row is addressed as
 * if all rows followed each other, so that the products need to know nothing of blocks.
 */
export function defineAttend(
  module: ModuleBuilder,
  {
    multiply,
    scratch,
  }: { readonly multiply: FunctionReference; readonly scratch: FunctionReference },
): void {
  const f = module.function("attend", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const word = (name: AttendWord): Local => loadWord(f, args, attendWords[name], name);
  const [first, second, template] = [word("first"), word("second"), word("template")];
  const [room, scores, rows, blockRows] = [
    word("room"),
    word("scores"),
    word("rows"),
    word("blockRows"),
  ];
  const finish = loadWord(f, first, productWords.finish, "finish");
  const [row, start, place, placesEnd] = ["row", "start", "place", "placesEnd"].map((name) =>
    f.local("i32", name),
  ) as [Local, Local, Local, Local]; // four names, four locals
  for (const target of [room, scores]) {
    f.call(scratch);
    f.get(target);
    f.emit("i32.add");
    f.set(target);
  }
  const pushRoom = (offset: number): void => {
    f.get(room);
    f.i32Const(offset);
    f.emit("i32.add");
  };
  const copy = (offset: number, from: Local, bytes: () => void): void => {
    pushRoom(offset);
    f.get(from);
    bytes();
    f.memoryCopy();
  };
  /** Stores at the start of a copy and an offset that is among the arguments. */
  const storeAt = (offset: number, name: AttendWord, value: Local): void => {
    pushRoom(offset);
    f.get(word(name));
    f.emit("i32.add");
    f.get(value);
    f.store("i32.store");
  };
  copy(copies.first, first, () => f.i32Const(productBytes));
  copy(copies.second, second, () => f.i32Const(productBytes));
  copy(copies.kernel, template, () => f.get(word("bytes")));
  f.get(finish);
  f.if(() => {
    const epilogue = loadWord(f, finish, finishWords.template, "epilogue");
    copy(copies.finish, finish, () => f.i32Const(finishBytes));
    copy(copies.epilogue, epilogue, () => f.get(loadWord(f, finish, finishWords.bytes)));
    f.get(room);
    pushRoom(copies.epilogue);
    f.store("i32.store", { offset: copies.finish + finishWords.template * 4 });
    f.get(room);
    pushRoom(copies.finish);
    f.store("i32.store", { offset: copies.first + productWords.finish * 4 });
  });
  // Every operand of the kernel is the rows.
  pushRoom(copies.kernel);
  f.get(word("operands"));
  f.emit("i32.add");
  f.set(place);
  setScaledSum(f, placesEnd, place, word("count"), operandBytes);
  forBelow(f, place, placesEnd, operandBytes, () => {
    f.get(place);
    f.get(scores);
    f.store("i32.store");
  });
  const runProduct = (offset: number): void => {
    pushRoom(offset);
    f.get(unit);
    f.get(unit);
    f.i32Const(1);
    f.emit("i32.add");
    f.call(multiply);
  };
  forBelow(f, unit, end, 1, () => {
    f.get(unit);
    f.get(word("rowBlocks"));
    f.emit("i32.rem_u");
    f.get(blockRows);
    f.emit("i32.mul");
    f.set(row);
    // Where row 0 would be.
    f.get(scores);
    f.get(row);
    f.get(word("rowBytes"));
    f.emit("i32.mul");
    f.emit("i32.sub");
    f.set(start);
    f.get(room);
    f.get(start);
    f.store("i32.store", { offset: copies.first + productWords.outBase * 4 });
    f.get(room);
    f.get(start);
    f.store("i32.store", { offset: copies.second + productWords.leftBase * 4 });
    f.get(finish);
    f.if(() => {
      pushRoom(copies.epilogue);
      f.get(loadWord(f, finish, finishWords.operands));
      f.emit("i32.add");
      f.set(place);
      for (const operand of [0, 1, 2]) {
        f.get(place);
        f.get(start);
        f.store("i32.store", { offset: operand * operandBytes });
      }
    });
    runProduct(copies.first);
    setLimitedSum(f, place, row, blockRows, rows);
    f.get(place);
    f.get(row);
    f.emit("i32.sub");
    f.set(row);
    storeAt(copies.kernel, "size", row);
    pushRoom(copies.kernel);
    f.i32Const(0);
    f.get(row);
    f.get(word("index"));
    f.callIndirect(kernelType);
    runProduct(copies.second);
  });
}

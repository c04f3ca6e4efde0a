/** Runs the epilogue of a product over a block of its output. */
import { kernelType } from "../../../../runtime/thread-module.ts";
import type { FunctionBuilder, Local } from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import { forBelow, loadWord, setLimitedSum } from "./structured-loops.ts";

/** The words that say how. */
export const finishWords = {
  /** The kernel's place in the function table, and its arguments but for sizes and addresses of a block: where, and how many bytes. */
  index: 0,
  template: 1,
  bytes: 2,
  /** Among the arguments: where the two sizes are, and the operands: an address and two steps each. */
  sizes: 3,
  operands: 4,
  count: 5,
  /** 0 or 4: the place of the rows among the two axes, in bytes. */
  rowAxis: 6,
  /** Distances of all operands: of each product, and of each stretch of rows and of columns at equal steps. */
  batch: 7,
  rows: 8,
  rowLength: 9,
  columns: 10,
  columnLength: 11,
  /** The kernel's units have two to the power of this elements of the last axis. */
  unitShift: 12,
  /** Panels of columns that are worth a call. */
  panels: 13,
} as const;

export type FinishWord = keyof typeof finishWords;

/** Of the arguments for an operand: its address, and its steps along two axes. */
export const operandBytes = 12;

/**
 * `finishBlock(words, product, firstRow, endRow, firstColumn, endColumn, room)`: the kernel's arguments are written to
 * `room`, which is the thread's own.
 */
export function defineFinishBlock(module: ModuleBuilder): FunctionBuilder {
  const f = module.function("finishBlock", {
    params: Array.from({ length: 7 }, () => "i32" as const),
    results: [],
  });
  const words = f.parameter(0, "words");
  const product = f.parameter(1, "product");
  const row = f.parameter(2, "row");
  const endRow = f.parameter(3, "endRow");
  const firstColumn = f.parameter(4, "firstColumn");
  const endColumn = f.parameter(5, "endColumn");
  const room = f.parameter(6, "room");
  const word = (name: FinishWord): Local => loadWord(f, words, finishWords[name], name);
  const [template, count, rowAxis, sizes] = [
    word("template"),
    word("count"),
    word("rowAxis"),
    word("sizes"),
  ];
  const rows: Axis = axis(f, "row", row, endRow, word("rowLength"), word("rows"));
  const column = f.local("i32", "column");
  const columns: Axis = axis(f, "column", column, endColumn, word("columnLength"), word("columns"));
  const [from, to, end, batch] = ["from", "to", "end", "batch"].map((name) =>
    f.local("i32", name),
  ) as [Local, Local, Local, Local]; // four names, four locals
  f.get(room);
  f.get(template);
  f.get(word("bytes"));
  f.memoryCopy();
  forBelow(f, row, endRow, rows.points, () => {
    beginStretch(f, rows);
    storeSize(f, room, sizes, () => f.get(rowAxis), rows.points);
    f.get(firstColumn);
    f.set(column);
    forBelow(f, column, endColumn, columns.points, () => {
      beginStretch(f, columns);
      storeSize(f, room, sizes, () => otherAxis(f, rowAxis), columns.points);
      for (const own of [rows, columns]) {
        setEntry(f, own.entry, own.table, own.stretch, count);
      }
      setEntry(f, batch, word("batch"), product, count);
      for (const [target, start] of [
        [from, template],
        [to, room],
      ] as const) {
        f.get(start);
        f.get(word("operands"));
        f.emit("i32.add");
        f.set(target);
      }
      f.get(to);
      f.get(count);
      f.i32Const(operandBytes);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.set(end);
      forBelow(f, to, end, operandBytes, () => {
        f.get(to);
        f.get(from);
        f.load("i32.load");
        for (const entry of [batch, rows.entry, columns.entry]) {
          f.get(entry);
          f.load("i32.load");
          f.emit("i32.add");
          f.increment(entry, 4);
        }
        addSteps(f, rows.within, to, () => f.get(rowAxis));
        addSteps(f, columns.within, to, () => otherAxis(f, rowAxis));
        f.store("i32.store");
        f.increment(from, operandBytes);
      });
      callKernel(f, room, sizes, { index: word("index"), unitShift: word("unitShift") });
    });
  });
  return f;
}

/** Rows or columns, a stretch at a time along which every operand moves at equal steps. */
interface Axis {
  readonly position: Local;
  readonly end: Local;
  /** Points of a whole stretch. */
  readonly length: Local;
  readonly table: Local;
  /** The number of the present stretch, the place in it, and the points from there that belong to the block. */
  readonly stretch: Local;
  readonly within: Local;
  readonly points: Local;
  readonly entry: Local;
}

function axis(
  f: FunctionBuilder,
  name: string,
  position: Local,
  end: Local,
  length: Local,
  table: Local,
): Axis {
  const local = (part: string): Local => f.local("i32", `${name}_${part}`);
  return {
    position,
    end,
    length,
    table,
    stretch: local("stretch"),
    within: local("within"),
    points: local("points"),
    entry: local("entry"),
  };
}

function beginStretch(
  f: FunctionBuilder,
  { position, end, length, stretch, within, points }: Axis,
): void {
  f.get(position);
  f.get(length);
  f.emit("i32.div_u");
  f.set(stretch);
  f.get(position);
  f.get(length);
  f.emit("i32.rem_u");
  f.set(within);
  // points = min(length - within, end - position)
  f.get(length);
  f.get(within);
  f.emit("i32.sub");
  f.set(points);
  setLimitedSum(f, points, position, points, end);
  f.get(points);
  f.get(position);
  f.emit("i32.sub");
  f.set(points);
}

function otherAxis(f: FunctionBuilder, rowAxis: Local): void {
  f.i32Const(4);
  f.get(rowAxis);
  f.emit("i32.sub");
}

function storeSize(
  f: FunctionBuilder,
  room: Local,
  sizes: Local,
  place: () => void,
  points: Local,
): void {
  f.get(room);
  f.get(sizes);
  f.emit("i32.add");
  place();
  f.emit("i32.add");
  f.get(points);
  f.store("i32.store");
}

/** `entry = table + index * count` words. */
function setEntry(
  f: FunctionBuilder,
  entry: Local,
  table: Local,
  index: Local,
  count: Local,
): void {
  f.get(index);
  f.get(count);
  f.emit("i32.mul");
  f.i32Const(2);
  f.emit("i32.shl");
  f.get(table);
  f.emit("i32.add");
  f.set(entry);
}

/** Adds `within` steps of the operand at `to` to what is on the stack. */
function addSteps(f: FunctionBuilder, within: Local, to: Local, place: () => void): void {
  f.get(to);
  place();
  f.emit("i32.add");
  f.load("i32.load", { offset: 4 });
  f.get(within);
  f.emit("i32.mul");
  f.emit("i32.add");
}

/** All units of the kernel: the first size, and the second in pieces. */
function callKernel(
  f: FunctionBuilder,
  room: Local,
  sizes: Local,
  { index, unitShift }: { readonly index: Local; readonly unitShift: Local },
): void {
  const size = f.local("i32", "size");
  f.get(room);
  f.i32Const(0);
  f.get(room);
  f.get(sizes);
  f.emit("i32.add");
  f.tee(size);
  f.load("i32.load");
  f.get(size);
  f.load("i32.load", { offset: 4 });
  f.i32Const(1);
  f.emit("i32.sub");
  f.get(unitShift);
  f.emit("i32.shr_u");
  f.i32Const(1);
  f.emit("i32.add");
  f.emit("i32.mul");
  f.get(index);
  f.callIndirect(kernelType);
}

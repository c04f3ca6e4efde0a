/**
 * Products with a few rows: every element of the right factor is used once for each, so it is read where it lies, in the
 * order in which it lies, and the speed of memory decides. All rows use what was read before the next part is.
 */
import { at } from "../../../../core/shape.ts";
import { kernelType } from "../../../../runtime/thread-module.ts";
import type {
  FunctionBuilder,
  FunctionReference,
  Local,
} from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import type { Element } from "./element.ts";
import { multiplyAdd } from "./micro-kernel.ts";
import { forBelow, loadWord, setLimitedSum, setScaledSum } from "./structured-loops.ts";

/** The words of the argument block. Steps are in bytes. */
export const vectorWords = {
  /** For each product: addresses of the row, the right factor and the output. */
  batchTable: 0,
  columns: 1,
  inner: 2,
  /** Columns of one unit, and units of one product. */
  chunkColumns: 3,
  chunks: 4,
  leftStep: 5,
  rightColumnStep: 6,
  rightInnerStep: 7,
  outStep: 8,
  rows: 9,
  leftRowStep: 10,
  outRowStep: 11,
} as const;
export const vectorWordCount = 12;

/** Where a unit works. */
interface Unit {
  readonly f: FunctionBuilder;
  readonly element: Element;
  readonly relaxed: boolean;
  readonly word: (name: keyof typeof vectorWords) => Local;
  readonly left: Local;
  readonly right: Local;
  readonly out: Local;
  readonly column: Local;
  readonly endColumn: Local;
}

/** A kernel whose units are chunks of columns, counted through all products. */
function defineUnits(
  module: ModuleBuilder,
  name: string,
  options: { readonly element: Element; readonly relaxed: boolean },
  begin: (f: FunctionBuilder) => (unit: Unit) => void,
): void {
  const f = module.function(name, kernelType, { export: true });
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const words = new Map<string, Local>();
  for (const [own, place] of Object.entries(vectorWords))
    words.set(own, loadWord(f, args, place, own));
  const word = (own: keyof typeof vectorWords): Local => {
    const local = words.get(own);
    if (local === undefined) throw new RangeError(`no word ${own}`);
    return local;
  };
  const local = (own: string): Local => f.local("i32", own);
  const [left, right, out] = [local("left"), local("right"), local("out")];
  const [column, endColumn, entry] = [local("column"), local("endColumn"), local("entry")];
  const body = begin(f);
  forBelow(f, unit, end, 1, () => {
    f.get(unit);
    f.get(word("chunks"));
    f.emit("i32.div_u");
    f.set(entry);
    setScaledSum(f, entry, word("batchTable"), entry, 12);
    [left, right, out].forEach((target, index) => {
      f.get(entry);
      f.load("i32.load", { offset: index * 4 });
      f.set(target);
    });
    f.get(unit);
    f.get(word("chunks"));
    f.emit("i32.rem_u");
    f.get(word("chunkColumns"));
    f.emit("i32.mul");
    f.set(column);
    setLimitedSum(f, endColumn, column, word("chunkColumns"), word("columns"));
    body({ f, ...options, word, left, right, out, column, endColumn });
  });
}

/** Columns that are computed at the same time where inner steps lie side by side. */
const columnsAtATime = 4;

/** `dots`: inner steps of both factors lie side by side. */
export function defineDots(module: ModuleBuilder, element: Element, relaxed: boolean): void {
  defineUnits(module, "dots", { element, relaxed }, (f) => {
    const columns = Array.from({ length: columnsAtATime }, () => ({
      from: f.local("i32"),
      sums: [f.local("v128"), f.local("v128")] as const,
      total: f.local(element.scalar),
    }));
    const scratch: DotLocals = {
      columns,
      vectors: [f.local("v128"), f.local("v128")],
      x: f.local("v128"),
      place: f.local("i32"),
      end: f.local("i32"),
      last: f.local("i32"),
    };
    const firstColumn = f.local("i32", "firstColumn");
    const row = f.local("i32", "row");
    return (unit) => {
      const { column, left, out, word } = unit;
      f.get(column);
      f.set(firstColumn);
      f.i32Const(0);
      f.set(row);
      // The columns of a unit stay in the cache from one row to the next.
      forBelow(f, row, word("rows"), 1, () => {
        f.get(firstColumn);
        f.set(column);
        forBelow(f, column, unit.endColumn, columnsAtATime, () => emitDots(unit, scratch));
        advance(f, left, word("leftRowStep"));
        advance(f, out, word("outRowStep"));
      });
    };
  });
}

interface DotLocals {
  readonly columns: readonly {
    readonly from: Local;
    readonly sums: readonly [Local, Local];
    readonly total: Local;
  }[];
  readonly vectors: readonly [Local, Local];
  readonly x: Local;
  readonly place: Local;
  readonly end: Local;
  readonly last: Local;
}

function emitDots(unit: Unit, locals: DotLocals): void {
  const { f, element, relaxed, word, left, right, out, column, endColumn } = unit;
  const { columns, vectors, x, place, end, last } = locals;
  const step = 32;
  f.get(endColumn);
  f.i32Const(1);
  f.emit("i32.sub");
  f.set(last);
  columns.forEach(({ from, sums }, index) => {
    // Past the edge the last column is computed again, and not stored.
    f.get(column);
    f.i32Const(index);
    f.emit("i32.add");
    f.tee(from);
    f.get(last);
    f.get(from);
    f.get(last);
    f.emit("i32.lt_s");
    f.emit("select");
    f.get(word("rightColumnStep"));
    f.emit("i32.mul");
    f.get(right);
    f.emit("i32.add");
    f.set(from);
    for (const sum of sums) setZero(f, sum);
  });
  f.get(left);
  f.set(place);
  f.get(left);
  f.get(word("inner"));
  f.i32Const(-step / element.bytes);
  f.emit("i32.and");
  f.i32Const(element.bytes);
  f.emit("i32.mul");
  f.emit("i32.add");
  f.set(end);
  forBelow(f, place, end, step, () => {
    vectors.forEach((vector, half) => {
      f.get(place);
      f.load("v128.load", { offset: half * 16, align: element.bytes });
      f.set(vector);
    });
    for (const { from, sums } of columns) {
      sums.forEach((sum, half) => {
        f.get(from);
        f.load("v128.load", { offset: half * 16, align: element.bytes });
        f.set(x);
        multiplyAdd(f, element, relaxed, x, at(vectors, half), sum);
      });
      f.increment(from, step);
    }
  });
  for (const { sums, total } of columns) {
    f.get(sums[0]);
    f.get(sums[1]);
    f.emit(element.add);
    f.set(x);
    for (let lane = 0; lane < element.lanes; lane++) {
      f.get(x);
      f.lane(element.extractLane, lane);
      if (lane > 0) f.emit(element.scalarAdd);
    }
    f.set(total);
  }
  setScaledSum(f, end, left, word("inner"), element.bytes);
  forBelow(f, place, end, element.bytes, () => {
    for (const { from, total } of columns) {
      f.get(total);
      f.get(place);
      f.load(element.load);
      f.get(from);
      f.load(element.load);
      f.emit(element.scalarMul);
      f.emit(element.scalarAdd);
      f.set(total);
      f.increment(from, element.bytes);
    }
  });
  columns.forEach(({ total }, index) => {
    f.get(column);
    f.i32Const(index);
    f.emit("i32.add");
    f.tee(place);
    f.get(endColumn);
    f.emit("i32.lt_s");
    f.if(() => {
      f.get(out);
      f.get(place);
      f.get(word("outStep"));
      f.emit("i32.mul");
      f.emit("i32.add");
      f.get(total);
      f.store(element.store);
    });
  });
}

function setZero(f: FunctionBuilder, vector: Local): void {
  f.i32Const(0);
  f.emit("i32x4.splat");
  f.set(vector);
}

/** Inner steps that are taken at the same time where columns lie side by side. */
const stepsAtATime = 4;

/** Columns of a unit of `rowSums`: a few KiB of sums for each row, and a few pages of each row of the right factor. */
export const rowSumColumns = 512;

/** `rowSums`: columns of the right factor lie side by side. The sums of a unit are kept in the thread's scratch space. */
export function defineRowSums(
  module: ModuleBuilder,
  element: Element,
  options: { readonly relaxed: boolean; readonly scratch: FunctionReference },
): void {
  defineUnits(module, "rowSums", { element, relaxed: options.relaxed }, (f) => {
    const locals: RowLocals = {
      space: f.local("i32", "space"),
      bytes: f.local("i32", "bytes"),
      sums: f.local("i32", "sums"),
      product: f.local("i32", "product"),
      firstFactor: f.local("i32"),
      nextFactor: f.local("i32"),
      firstRow: f.local("i32"),
      step: f.local("i32", "step"),
      wholeSteps: f.local("i32"),
      factor: f.local("i32"),
      row: f.local("i32"),
      place: f.local("i32"),
      vectorEnd: f.local("i32"),
      wholeEnd: f.local("i32"),
      factors: Array.from({ length: stepsAtATime }, () => f.local("v128")),
      rows: Array.from({ length: stepsAtATime }, () => f.local("i32")),
      sum: f.local("v128"),
      x: f.local("v128"),
    };
    f.call(options.scratch);
    f.set(locals.space);
    return (unit) => emitRowSums(unit, locals);
  });
}

interface RowLocals {
  readonly space: Local;
  /** Of one row. */
  readonly bytes: Local;
  /** Where the sums of the row are that is at work, and which row of the left factor it is. */
  readonly sums: Local;
  readonly product: Local;
  readonly firstFactor: Local;
  readonly nextFactor: Local;
  readonly firstRow: Local;
  readonly step: Local;
  readonly wholeSteps: Local;
  readonly factor: Local;
  readonly row: Local;
  readonly place: Local;
  readonly vectorEnd: Local;
  readonly wholeEnd: Local;
  readonly factors: readonly Local[];
  readonly rows: readonly Local[];
  readonly sum: Local;
  readonly x: Local;
}

function emitRowSums(unit: Unit, locals: RowLocals): void {
  const { f, element, word, left, right, out, column, endColumn } = unit;
  const { space, bytes, sums, step, wholeSteps, row, place, nextFactor } = locals;
  f.get(endColumn);
  f.get(column);
  f.emit("i32.sub");
  f.i32Const(element.bytes);
  f.emit("i32.mul");
  f.set(bytes);
  f.get(space);
  f.i32Const(0);
  f.get(word("rows"));
  f.i32Const(rowSumColumns * element.bytes);
  f.emit("i32.mul");
  f.memoryFill();
  f.get(left);
  f.set(nextFactor);
  setScaledSum(f, row, right, column, element.bytes);
  f.i32Const(0);
  f.set(step);
  f.get(word("inner"));
  f.i32Const(-stepsAtATime);
  f.emit("i32.and");
  f.set(wholeSteps);
  forBelow(f, step, wholeSteps, stepsAtATime, () => addToAll(unit, locals, stepsAtATime));
  forBelow(f, step, word("inner"), 1, () => addToAll(unit, locals, 1));
  f.get(out);
  f.get(column);
  f.get(word("outStep"));
  f.emit("i32.mul");
  f.emit("i32.add");
  f.set(out);
  forEachProduct(unit, locals, () => {
    const [target, end] = [nextFactor, locals.wholeEnd];
    f.get(out);
    f.set(target);
    f.get(sums);
    f.set(place);
    f.get(sums);
    f.get(bytes);
    f.emit("i32.add");
    f.set(end);
    forBelow(f, place, end, element.bytes, () => {
      f.get(target);
      f.get(place);
      f.load(element.load);
      f.store(element.store);
      advance(f, target, word("outStep"));
    });
    advance(f, out, word("outRowStep"));
  });
}

/** Runs `body` for each row of the left factor, with `sums` where its sums are. */
function forEachProduct(
  { f, element, word }: Unit,
  { space, sums, product }: RowLocals,
  body: () => void,
): void {
  f.get(space);
  f.set(sums);
  f.i32Const(0);
  f.set(product);
  forBelow(f, product, word("rows"), 1, () => {
    body();
    f.increment(sums, rowSumColumns * element.bytes);
  });
}

/** Adds the next `count` rows of the right factor to the sums of all rows of the left one. */
function addToAll(unit: Unit, locals: RowLocals, count: number): void {
  const { f, word } = unit;
  const { factor, firstFactor, nextFactor, row, firstRow } = locals;
  f.get(row);
  f.set(firstRow);
  f.get(nextFactor);
  f.tee(firstFactor);
  f.set(factor);
  for (let step = 0; step < count; step++) advance(f, nextFactor, word("leftStep"));
  forEachProduct(unit, locals, () => {
    f.get(firstRow);
    f.set(row);
    addRows(unit, locals, count);
    advance(f, firstFactor, word("leftRowStep"));
    f.get(firstFactor);
    f.set(factor);
  });
}

/** Adds the next `count` rows of the right factor, each times its factor, to the sums. */
function addRows({ f, element, relaxed, word }: Unit, locals: RowLocals, count: number): void {
  const { sums, bytes, factor, row, place, vectorEnd, sum, x } = locals;
  const factors = locals.factors.slice(0, count);
  const rows = locals.rows.slice(0, count);
  factors.forEach((own, index) => {
    f.get(factor);
    f.load(element.loadSplat);
    f.set(own);
    advance(f, factor, word("leftStep"));
    f.get(row);
    f.set(at(rows, index));
    advance(f, row, word("rightInnerStep"));
  });
  f.get(sums);
  f.get(bytes);
  f.i32Const(-16);
  f.emit("i32.and");
  f.emit("i32.add");
  f.set(vectorEnd);
  f.get(sums);
  f.set(place);
  forBelow(f, place, vectorEnd, 16, () => {
    f.get(place);
    f.load("v128.load");
    f.set(sum);
    factors.forEach((own, index) => {
      f.get(at(rows, index));
      f.load("v128.load", { align: element.bytes });
      f.set(x);
      f.increment(at(rows, index), 16);
      multiplyAdd(f, element, relaxed, x, own, sum);
    });
    f.get(place);
    f.get(sum);
    f.store("v128.store");
  });
  const end = locals.wholeEnd;
  f.get(sums);
  f.get(bytes);
  f.emit("i32.add");
  f.set(end);
  forBelow(f, place, end, element.bytes, () => {
    f.get(place);
    f.get(place);
    f.load(element.load);
    factors.forEach((own, index) => {
      f.get(own);
      f.lane(element.extractLane, 0);
      f.get(at(rows, index));
      f.load(element.load);
      f.emit(element.scalarMul);
      f.emit(element.scalarAdd);
      f.increment(at(rows, index), element.bytes);
    });
    f.store(element.store);
  });
}

function advance(f: FunctionBuilder, local: Local, by: Local): void {
  f.get(local);
  f.get(by);
  f.emit("i32.add");
  f.set(local);
}

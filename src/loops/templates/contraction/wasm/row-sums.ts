import { at } from "../../../../core/shape.ts";
import type {
  FunctionBuilder,
  FunctionReference,
  Local,
} from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import type { Element } from "./element.ts";
import { multiplyAdd } from "./micro-kernel.ts";
import { forBelow, setScaledSum } from "./structured-loops.ts";
import { advance, defineUnits, streams, type Unit } from "./vector-units.ts";

/** Bytes of the sums of a unit for each row: they stay in the first-level cache, and rows are read in long pieces. */
export const rowSumBytes = 2 ** 14;

/** Vectors that are computed in a turn of the loop. */
const vectorsAtATime = 2;

interface RowLocals {
  /** The sums of a unit, in the thread's scratch space. */
  readonly space: Local;
  /** Of the sums of one row. */
  readonly bytes: Local;
  /** Of the inner steps of a unit, each quarter is a stream; how far the factors of the next one are. */
  readonly quarter: Local;
  readonly rightQuarter: Local;
  readonly leftQuarter: Local;
  readonly step: Local;
  /** Where the sums of the row are that is at work, and which row of the left factor it is. */
  readonly sums: Local;
  readonly row: Local;
  readonly firstFactor: Local;
  readonly factor: Local;
  readonly next: Local;
  readonly place: Local;
  readonly end: Local;
  readonly target: Local;
  readonly targetStep: Local;
  readonly targetRowStep: Local;
  readonly factors: readonly Local[];
  readonly rows: readonly Local[];
  readonly totals: readonly Local[];
  readonly x: Local;
}

/**
 * `rowSums`: for a few rows, where columns of the right factor lie side by side. Where the inner dimension is cut into
 * parts, the sums of each are kept apart, and `sumParts` adds them.
 */
export function defineRowSums(
  module: ModuleBuilder,
  element: Element,
  options: { readonly relaxed: boolean; readonly scratch: FunctionReference },
): void {
  defineUnits(module, "rowSums", { element, relaxed: options.relaxed }, (f) => {
    const i32 = (name: string): Local => f.local("i32", name);
    const locals: RowLocals = {
      space: i32("space"),
      bytes: i32("bytes"),
      quarter: i32("quarter"),
      rightQuarter: i32("rightQuarter"),
      leftQuarter: i32("leftQuarter"),
      step: i32("step"),
      sums: i32("sums"),
      row: i32("row"),
      firstFactor: i32("firstFactor"),
      factor: i32("factor"),
      next: i32("next"),
      place: i32("place"),
      end: i32("last"),
      target: i32("target"),
      targetStep: i32("targetStep"),
      targetRowStep: i32("targetRowStep"),
      factors: Array.from({ length: streams }, () => f.local("v128")),
      rows: Array.from({ length: streams }, () => f.local("i32")),
      totals: Array.from({ length: vectorsAtATime }, () => f.local("v128")),
      x: f.local("v128"),
    };
    f.call(options.scratch);
    f.set(locals.space);
    return (unit) => emitRowSums(unit, locals);
  });
}

function emitRowSums(unit: Unit, locals: RowLocals): void {
  const { f, element, word, left, right, steps, column, endColumn } = unit;
  const { space, bytes, step, quarter, next } = locals;
  f.get(endColumn);
  f.get(column);
  f.emit("i32.sub");
  f.i32Const(element.bytes);
  f.emit("i32.mul");
  f.set(bytes);
  f.get(space);
  f.i32Const(0);
  f.get(word("rows"));
  f.i32Const(rowSumBytes);
  f.emit("i32.mul");
  f.memoryFill();
  f.get(steps);
  f.i32Const(streams);
  f.emit("i32.div_u");
  f.set(quarter);
  for (const [target, own] of [
    [locals.rightQuarter, "rightInnerStep"],
    [locals.leftQuarter, "leftStep"],
  ] as const) {
    f.get(quarter);
    f.get(word(own));
    f.emit("i32.mul");
    f.set(target);
  }
  setScaledSum(f, next, right, column, element.bytes);
  f.get(left);
  f.set(locals.firstFactor);
  const addAndGoOn = (count: number): void => {
    addToAll(unit, locals, count);
    advance(f, next, word("rightInnerStep"));
    advance(f, locals.firstFactor, word("leftStep"));
  };
  f.i32Const(0);
  f.set(step);
  forBelow(f, step, quarter, 1, () => addAndGoOn(streams));
  // What is left behind the last quarter.
  for (const [own, by] of [
    [next, locals.rightQuarter],
    [locals.firstFactor, locals.leftQuarter],
  ] as const) {
    f.get(own);
    f.get(by);
    f.i32Const(streams - 1);
    f.emit("i32.mul");
    f.emit("i32.add");
    f.set(own);
  }
  f.get(quarter);
  f.i32Const(streams);
  f.emit("i32.mul");
  f.set(step);
  forBelow(f, step, steps, 1, () => addAndGoOn(1));
  storeSums(unit, locals);
}

/** Runs `body` for each row of the left factor, with `sums` where its sums are. */
function forEachRow({ f, word }: Unit, { space, sums, row }: RowLocals, body: () => void): void {
  f.get(space);
  f.set(sums);
  f.i32Const(0);
  f.set(row);
  forBelow(f, row, word("rows"), 1, () => {
    body();
    f.increment(sums, rowSumBytes);
  });
}

/** Adds the next rows of the right factor, one of each of `count` streams, to the sums of all rows of the left one. */
function addToAll(unit: Unit, locals: RowLocals, count: number): void {
  const { f, element, word } = unit;
  const { factor, firstFactor, next, place, sums, bytes, end } = locals;
  const factors = locals.factors.slice(0, count);
  const rows = locals.rows.slice(0, count);
  f.get(firstFactor);
  f.set(factor);
  forEachRow(unit, locals, () => {
    f.get(factor);
    f.set(place);
    factors.forEach((own, index) => {
      f.get(place);
      f.load(element.loadSplat);
      f.set(own);
      if (index + 1 < count) advance(f, place, locals.leftQuarter);
    });
    rows.forEach((own, index) => {
      f.get(index === 0 ? next : at(rows, index - 1));
      if (index > 0) {
        f.get(locals.rightQuarter);
        f.emit("i32.add");
      }
      f.set(own);
    });
    f.get(sums);
    f.set(place);
    for (const vectors of [vectorsAtATime, 1]) {
      f.get(sums);
      f.get(bytes);
      f.i32Const(-16 * vectors);
      f.emit("i32.and");
      f.emit("i32.add");
      f.set(end);
      addVectors(unit, locals, { factors, rows, vectors });
    }
    f.get(sums);
    f.get(bytes);
    f.emit("i32.add");
    f.set(end);
    addElements(f, element, locals, { factors, rows });
    advance(f, factor, word("leftRowStep"));
  });
}

interface Rows {
  readonly factors: readonly Local[];
  readonly rows: readonly Local[];
}

function addVectors(
  { f, element, relaxed }: Unit,
  { place, end, totals, x }: RowLocals,
  { factors, rows, vectors }: Rows & { readonly vectors: number },
): void {
  const own = totals.slice(0, vectors);
  forBelow(f, place, end, 16 * vectors, () => {
    own.forEach((total, vector) => {
      f.get(place);
      f.load("v128.load", { offset: 16 * vector });
      f.set(total);
    });
    factors.forEach((factor, index) => {
      own.forEach((total, vector) => {
        f.get(at(rows, index));
        f.load("v128.load", { offset: 16 * vector, align: element.bytes });
        f.set(x);
        multiplyAdd(f, element, relaxed, x, factor, total);
      });
      f.increment(at(rows, index), 16 * vectors);
    });
    own.forEach((total, vector) => {
      f.get(place);
      f.get(total);
      f.store("v128.store", { offset: 16 * vector });
    });
  });
}

function addElements(
  f: FunctionBuilder,
  element: Element,
  { place, end }: RowLocals,
  { factors, rows }: Rows,
): void {
  forBelow(f, place, end, element.bytes, () => {
    f.get(place);
    f.get(place);
    f.load(element.load);
    factors.forEach((factor, index) => {
      f.get(factor);
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

/** Writes sums to the output, or to where those of parts are kept. */
function storeSums(unit: Unit, locals: RowLocals): void {
  const { f, element, word, out, product, part, column } = unit;
  const { target, targetStep, targetRowStep, sums, bytes, place, end, next } = locals;
  f.get(word("parts"));
  f.i32Const(1);
  f.emit("i32.eq");
  f.if(
    () => {
      f.get(word("outStep"));
      f.set(targetStep);
      f.get(word("outRowStep"));
      f.set(targetRowStep);
      f.get(out);
      f.get(column);
      f.get(targetStep);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.set(target);
    },
    () => {
      f.i32Const(element.bytes);
      f.set(targetStep);
      f.get(word("parts"));
      f.get(word("columns"));
      f.emit("i32.mul");
      f.i32Const(element.bytes);
      f.emit("i32.mul");
      f.set(targetRowStep);
      // spare + product * rows * targetRowStep + (part * columns + column) * bytes
      f.get(word("spare"));
      f.get(product);
      f.get(word("rows"));
      f.emit("i32.mul");
      f.get(targetRowStep);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.get(part);
      f.get(word("columns"));
      f.emit("i32.mul");
      f.get(column);
      f.emit("i32.add");
      f.i32Const(element.bytes);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.set(target);
    },
  );
  forEachRow(unit, locals, () => {
    f.get(targetStep);
    f.i32Const(element.bytes);
    f.emit("i32.eq");
    f.if(
      () => {
        f.get(target);
        f.get(sums);
        f.get(bytes);
        f.memoryCopy();
      },
      () => {
        f.get(target);
        f.set(next);
        f.get(sums);
        f.set(place);
        f.get(sums);
        f.get(bytes);
        f.emit("i32.add");
        f.set(end);
        forBelow(f, place, end, element.bytes, () => {
          f.get(next);
          f.get(place);
          f.load(element.load);
          f.store(element.store);
          advance(f, next, targetStep);
        });
      },
    );
    advance(f, target, targetRowStep);
  });
}

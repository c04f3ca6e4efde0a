import { at } from "../../../../core/shape.ts";
import type { Local } from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import type { Element } from "./element.ts";
import { multiplyAdd } from "./micro-kernel.ts";
import { forBelow, setScaledSum } from "./structured-loops.ts";
import { advance, defineUnits, setZero, streams, type Unit } from "./vector-units.ts";

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
  /** Of the columns of a unit, each quarter is a stream. */
  readonly quarter: Local;
  readonly endOfQuarter: Local;
  readonly row: Local;
  readonly left: Local;
  readonly out: Local;
}

/** `dots`: for a few rows, where inner steps of both factors lie side by side. */
export function defineDots(module: ModuleBuilder, element: Element, relaxed: boolean): void {
  defineUnits(module, "dots", { element, relaxed }, (f) => {
    const i32 = (name: string): Local => f.local("i32", name);
    const locals: DotLocals = {
      columns: Array.from({ length: streams }, () => ({
        from: f.local("i32"),
        sums: [f.local("v128"), f.local("v128")] as const,
        total: f.local(element.scalar),
      })),
      vectors: [f.local("v128"), f.local("v128")],
      x: f.local("v128"),
      place: i32("place"),
      end: i32("last"),
      quarter: i32("quarter"),
      endOfQuarter: i32("endOfQuarter"),
      row: i32("row"),
      left: i32("rowOfLeft"),
      out: i32("rowOfOut"),
    };
    return (unit) => emitUnit(unit, locals);
  });
}

function emitUnit(unit: Unit, locals: DotLocals): void {
  const { f, column, endColumn, word } = unit;
  const { quarter, endOfQuarter, row, left, out } = locals;
  // quarter = ceil(columns / streams)
  f.get(endColumn);
  f.get(column);
  f.emit("i32.sub");
  f.i32Const(streams - 1);
  f.emit("i32.add");
  f.i32Const(streams);
  f.emit("i32.div_u");
  f.tee(quarter);
  f.get(column);
  f.emit("i32.add");
  f.set(endOfQuarter);
  forBelow(f, column, endOfQuarter, 1, () => {
    f.get(unit.left);
    f.set(left);
    f.get(unit.out);
    f.set(out);
    f.i32Const(0);
    f.set(row);
    // The columns stay in the cache from one row to the next.
    forBelow(f, row, word("rows"), 1, () => {
      emitDots(unit, locals);
      advance(f, left, word("leftRowStep"));
      advance(f, out, word("outRowStep"));
    });
  });
}

/** The number of the column that stream `index` is at. */
function pushColumn({ f, column }: Unit, { quarter }: DotLocals, index: number): void {
  f.get(column);
  f.get(quarter);
  f.i32Const(index);
  f.emit("i32.mul");
  f.emit("i32.add");
}

function emitDots(unit: Unit, locals: DotLocals): void {
  const { f, element, relaxed, word, right, endColumn, steps } = unit;
  const { columns, vectors, x, place, end, left, out } = locals;
  const step = 32;
  columns.forEach(({ from, sums }, index) => {
    // Past the edge the last column is computed again, and not stored.
    pushColumn(unit, locals, index);
    f.tee(from);
    f.get(endColumn);
    f.i32Const(1);
    f.emit("i32.sub");
    f.tee(end);
    f.get(from);
    f.get(end);
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
  f.get(steps);
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
  setScaledSum(f, end, left, steps, element.bytes);
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
    pushColumn(unit, locals, index);
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

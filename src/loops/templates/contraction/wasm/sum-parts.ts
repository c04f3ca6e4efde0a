import type { Local } from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import { kernelType } from "../../../../runtime/thread-module.ts";
import type { Element } from "./element.ts";
import { forBelow, loadWord, setLimitedSum, setScaledSum } from "./structured-loops.ts";
import { advance, type VectorWord, vectorWords } from "./vector-units.ts";

/** Columns of a unit. */
export const summedColumns = 256;

/**
 * `sumParts`: adds the sums that `rowSums` left for each part of the inner dimension, from the first part to the last.
 * Units are stretches of columns, counted through all rows of all products.
 */
export function defineSumParts(module: ModuleBuilder, element: Element): void {
  const f = module.function("sumParts", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const word = (name: VectorWord): Local => loadWord(f, args, vectorWords[name], name);
  const [batchTable, outBase, spare] = [word("batchTable"), word("outBase"), word("spare")];
  const [columns, parts, rows] = [word("columns"), word("parts"), word("rows")];
  const [outStep, outRowStep] = [word("outStep"), word("outRowStep")];
  const local = (name: string): Local => f.local("i32", name);
  const [chunks, rest, entry, column, endColumn, from, lastPart, out, step] = [
    "chunks",
    "rest",
    "entry",
    "column",
    "endColumn",
    "from",
    "lastPart",
    "out",
    "partStep",
  ].map(local) as [Local, Local, Local, Local, Local, Local, Local, Local, Local]; // nine names, nine locals
  const [place, limit] = [local("place"), local("limit")];
  const totals = Array.from({ length: 64 / 16 }, () => f.local("v128"));
  const total = f.local(element.scalar);
  f.get(columns);
  f.i32Const(summedColumns - 1);
  f.emit("i32.add");
  f.i32Const(summedColumns);
  f.emit("i32.div_u");
  f.set(chunks);
  f.get(columns);
  f.i32Const(element.bytes);
  f.emit("i32.mul");
  f.set(step);

  /** Runs `add` with `place` at the elements of every part but the first. */
  const forOtherParts = (add: () => void): void => {
    f.get(from);
    f.get(step);
    f.emit("i32.add");
    f.set(place);
    f.get(from);
    f.get(lastPart);
    f.emit("i32.add");
    f.set(limit);
    f.block((done) => {
      f.loop((again) => {
        f.get(place);
        f.get(limit);
        f.emit("i32.gt_u");
        f.brIf(done);
        add();
        advance(f, place, step);
        f.br(again);
      });
    });
  };

  /** A whole cache line of every part at a time: their distance makes them share few places in the cache. */
  const sumLines = (): void => {
    f.get(endColumn);
    f.get(column);
    f.emit("i32.sub");
    f.i32Const(-64 / element.bytes);
    f.emit("i32.and");
    f.get(column);
    f.emit("i32.add");
    f.set(rest);
    forBelow(f, column, rest, 64 / element.bytes, () => {
      totals.forEach((own, vector) => {
        f.get(from);
        f.load("v128.load", { offset: 16 * vector, align: element.bytes });
        f.set(own);
      });
      forOtherParts(() => {
        totals.forEach((own, vector) => {
          f.get(own);
          f.get(place);
          f.load("v128.load", { offset: 16 * vector, align: element.bytes });
          f.emit(element.add);
          f.set(own);
        });
      });
      totals.forEach((own, vector) => {
        f.get(out);
        f.get(own);
        f.store("v128.store", { offset: 16 * vector, align: element.bytes });
      });
      f.increment(from, 64);
      f.increment(out, 64);
    });
  };

  forBelow(f, unit, end, 1, () => {
    // unit = (product * rows + row) * chunks + chunk
    f.get(unit);
    f.get(chunks);
    f.emit("i32.rem_u");
    f.i32Const(summedColumns);
    f.emit("i32.mul");
    f.set(column);
    f.get(unit);
    f.get(chunks);
    f.emit("i32.div_u");
    f.set(rest);
    // from = spare + (rest * parts * columns + column) * bytes
    f.get(rest);
    f.get(parts);
    f.emit("i32.mul");
    f.get(columns);
    f.emit("i32.mul");
    f.get(column);
    f.emit("i32.add");
    f.set(from);
    setScaledSum(f, from, spare, from, element.bytes);
    f.get(parts);
    f.i32Const(1);
    f.emit("i32.sub");
    f.get(step);
    f.emit("i32.mul");
    f.set(lastPart);
    f.get(rest);
    f.get(rows);
    f.emit("i32.div_u");
    f.set(entry);
    setScaledSum(f, entry, batchTable, entry, 12);
    f.get(entry);
    f.load("i32.load", { offset: 8 });
    f.get(outBase);
    f.emit("i32.add");
    f.get(rest);
    f.get(rows);
    f.emit("i32.rem_u");
    f.get(outRowStep);
    f.emit("i32.mul");
    f.emit("i32.add");
    f.get(column);
    f.get(outStep);
    f.emit("i32.mul");
    f.emit("i32.add");
    f.set(out);
    f.i32Const(summedColumns);
    f.set(endColumn);
    setLimitedSum(f, endColumn, column, endColumn, columns);
    f.get(outStep);
    f.i32Const(element.bytes);
    f.emit("i32.eq");
    f.if(sumLines);
    forBelow(f, column, endColumn, 1, () => {
      f.get(from);
      f.load(element.load);
      f.set(total);
      forOtherParts(() => {
        f.get(total);
        f.get(place);
        f.load(element.load);
        f.emit(element.scalarAdd);
        f.set(total);
      });
      f.get(out);
      f.get(total);
      f.store(element.store);
      f.increment(from, element.bytes);
      advance(f, out, outStep);
    });
  });
}

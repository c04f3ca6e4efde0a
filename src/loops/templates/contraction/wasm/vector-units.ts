/**
 * Products with a few rows: every element of the right factor is used once for each, so it is read where it lies, in the
 * order in which it lies, and the speed of memory decides. All rows use what was read before the next part is.
 *
 * A thread reads four places of the factor in turn, each going through a long stretch of memory. That is what the
 * prefetchers of processors follow: 40 GB/s on a Zen 5 core, against 22 with four neighbouring rows of 16 KiB.
 */
import { kernelType } from "../../../../runtime/thread-module.ts";
import type { FunctionBuilder, Local } from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import type { Element } from "./element.ts";
import { forBelow, loadWord, setLimitedSum, setScaledSum } from "./structured-loops.ts";

/** Places of the right factor that are read in turn. */
export const streams = 4;

/** The words of the argument block. Steps are in bytes. */
export const vectorWords = {
  /** For each product: distances of the row, the right factor and the output from the addresses that follow. */
  batchTable: 0,
  leftBase: 1,
  rightBase: 2,
  outBase: 3,
  /** Where sums of parts are kept. */
  spare: 4,
  columns: 5,
  inner: 6,
  /** Columns of one unit, and units of one part of a product. */
  chunkColumns: 7,
  chunks: 8,
  /** Parts of the inner dimension, and inner steps of each. */
  parts: 9,
  partSteps: 10,
  leftStep: 11,
  rightColumnStep: 12,
  rightInnerStep: 13,
  outStep: 14,
  rows: 15,
  leftRowStep: 16,
  outRowStep: 17,
} as const;

export type VectorWord = keyof typeof vectorWords;

/** Where a unit works. */
export interface Unit {
  readonly f: FunctionBuilder;
  readonly element: Element;
  readonly relaxed: boolean;
  readonly word: (name: VectorWord) => Local;
  /** The number of the product, and of the part of its inner dimension. */
  readonly product: Local;
  readonly part: Local;
  /** The first step of the part, of either factor, and how many steps there are. */
  readonly left: Local;
  readonly right: Local;
  readonly steps: Local;
  readonly out: Local;
  readonly column: Local;
  readonly endColumn: Local;
}

/** A kernel whose units are chunks of columns, counted through all parts of all products. */
export function defineUnits(
  module: ModuleBuilder,
  name: string,
  options: { readonly element: Element; readonly relaxed: boolean },
  begin: (f: FunctionBuilder) => (unit: Unit) => void,
): void {
  const f = module.function(name, kernelType, { export: true });
  const args = f.parameter(0, "args");
  const number = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const words = new Map<VectorWord, Local>();
  const word = (own: VectorWord): Local => {
    let local = words.get(own);
    if (local === undefined) {
      f.atStart(() => (local = loadWord(f, args, vectorWords[own], own)));
      if (local === undefined) throw new RangeError(`no word ${own}`);
      words.set(own, local);
    }
    return local;
  };
  const local = (own: string): Local => f.local("i32", own);
  const unit: Unit = {
    f,
    ...options,
    word,
    product: local("product"),
    part: local("part"),
    left: local("left"),
    right: local("right"),
    steps: local("steps"),
    out: local("out"),
    column: local("column"),
    endColumn: local("endColumn"),
  };
  const entry = local("entry");
  const body = begin(f);
  forBelow(f, number, end, 1, () => {
    f.get(number);
    f.get(word("chunks"));
    f.emit("i32.rem_u");
    f.get(word("chunkColumns"));
    f.emit("i32.mul");
    f.set(unit.column);
    setLimitedSum(f, unit.endColumn, unit.column, word("chunkColumns"), word("columns"));
    f.get(number);
    f.get(word("chunks"));
    f.emit("i32.div_u");
    f.tee(unit.product);
    f.get(word("parts"));
    f.emit("i32.rem_u");
    f.set(unit.part);
    f.get(unit.product);
    f.get(word("parts"));
    f.emit("i32.div_u");
    f.set(unit.product);
    setScaledSum(f, entry, word("batchTable"), unit.product, 12);
    const first = unit.steps;
    f.get(unit.part);
    f.get(word("partSteps"));
    f.emit("i32.mul");
    f.set(first);
    const place = (
      target: Local,
      index: number,
      base: VectorWord,
      step: VectorWord | null,
    ): void => {
      f.get(entry);
      f.load("i32.load", { offset: index * 4 });
      f.get(word(base));
      f.emit("i32.add");
      if (step !== null) {
        f.get(first);
        f.get(word(step));
        f.emit("i32.mul");
        f.emit("i32.add");
      }
      f.set(target);
    };
    place(unit.left, 0, "leftBase", "leftStep");
    place(unit.right, 1, "rightBase", "rightInnerStep");
    place(unit.out, 2, "outBase", null);
    setLimitedSum(f, entry, first, word("partSteps"), word("inner"));
    f.get(entry);
    f.get(first);
    f.emit("i32.sub");
    f.set(unit.steps);
    body(unit);
  });
}

/** `local += by` */
export function advance(f: FunctionBuilder, local: Local, by: Local): void {
  f.get(local);
  f.get(by);
  f.emit("i32.add");
  f.set(local);
}

export function setZero(f: FunctionBuilder, vector: Local): void {
  f.i32Const(0);
  f.emit("i32x4.splat");
  f.set(vector);
}

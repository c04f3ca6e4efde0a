import type { FunctionBuilder, Local } from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import { tile } from "./blocking.ts";
import type { Element } from "./element.ts";
import { at } from "../../../../core/shape.ts";

/**
 * The inner loop of matrix products: one tile of the output from a panel of each factor, with all sums in registers.
 *
 *     tile(left, right, leftEnd, rowTable, out, accumulate)
 *
 * `left` has tile.rows elements for each inner step, `right` a row of vectors. `rowTable` has the distance of each row
 * of the tile from `out`. Hot path: nothing may be added to the loop; see `tile` for what makes it fast.
 */
export function defineMicroKernel(
  module: ModuleBuilder,
  element: Element,
  relaxed: boolean,
): FunctionBuilder {
  const f = module.function("tile", {
    params: ["i32", "i32", "i32", "i32", "i32", "i32"],
    results: [],
  });
  const left = f.parameter(0, "left");
  const right = f.parameter(1, "right");
  const leftEnd = f.parameter(2, "leftEnd");
  const rowTable = f.parameter(3, "rowTable");
  const out = f.parameter(4, "out");
  const accumulate = f.parameter(5, "accumulate");
  const sums = Array.from({ length: tile.rows }, (_, row) =>
    Array.from({ length: tile.vectors }, (_, column) => f.local("v128", `sum${row}${column}`)),
  );
  const vectors = Array.from({ length: tile.vectors }, () => f.local("v128"));
  const factor = f.local("v128", "factor");
  f.loop((again) => {
    vectors.forEach((vector, column) => {
      f.get(right);
      f.load("v128.load", { offset: 16 * column });
      f.set(vector);
    });
    sums.forEach((row, place) => {
      f.get(left);
      f.load(element.loadSplat, { offset: place * element.bytes });
      f.set(factor);
      row.forEach((sum, column) => {
        multiplyAdd(f, element, relaxed, factor, at(vectors, column), sum);
      });
    });
    f.increment(right, 16 * tile.vectors);
    f.get(left);
    f.i32Const(tile.rows * element.bytes);
    f.emit("i32.add");
    f.tee(left);
    f.get(leftEnd);
    f.emit("i32.lt_u");
    f.brIf(again);
  });
  const rowPlaces = sums.map(() => f.local("i32"));
  rowPlaces.forEach((place, row) => {
    f.get(rowTable);
    f.load("i32.load", { offset: row * 4 });
    f.get(out);
    f.emit("i32.add");
    f.set(place);
  });
  const forEachVector = (visit: (sum: Local, place: Local, offset: number) => void): void =>
    sums.forEach((row, index) =>
      row.forEach((sum, column) => visit(sum, at(rowPlaces, index), 16 * column)),
    );
  f.get(accumulate);
  f.if(() =>
    forEachVector((sum, place, offset) => {
      f.get(place);
      f.load("v128.load", { offset, align: element.bytes });
      f.get(sum);
      f.emit(element.add);
      f.set(sum);
    }),
  );
  forEachVector((sum, place, offset) => {
    f.get(place);
    f.get(sum);
    f.store("v128.store", { offset, align: element.bytes });
  });
  return f;
}

/** `sum += x * y` */
export function multiplyAdd(
  f: FunctionBuilder,
  element: Element,
  relaxed: boolean,
  x: Local,
  y: Local,
  sum: Local,
): void {
  if (relaxed) {
    f.get(x);
    f.get(y);
    f.get(sum);
    f.emit(element.multiplyAdd);
  } else {
    f.get(sum);
    f.get(x);
    f.get(y);
    f.emit(element.mul);
    f.emit(element.add);
  }
  f.set(sum);
}

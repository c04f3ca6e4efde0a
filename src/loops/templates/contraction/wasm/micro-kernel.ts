import type { FunctionBuilder, Local } from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import { tile } from "./blocking.ts";
import type { Element } from "./element.ts";
import { transpose } from "./transpose.ts";
import { at } from "../../../../core/shape.ts";

/**
 * The inner loop of matrix products: one tile of the output from a panel of each factor, with all sums in registers.
 *
 *     tile(left, right, leftEnd, table, out, accumulate)
 *
 * `left` has tile.rows elements for each inner step, `right` a row of vectors. `table` has the distance of each row of
 * the tile from `out`, where the elements of a row lie side by side. Hot path: nothing may be added to the loop; see
 * `tile` for what makes it fast.
 */
export function defineMicroKernel(
  module: ModuleBuilder,
  element: Element,
  relaxed: boolean,
): FunctionBuilder {
  const { f, sums, table, out, accumulate } = beginTile(module, "tile", element, relaxed);
  const places = tablePlaces(f, table, out, tile.rows);
  const stored = sums.flatMap((row, index) =>
    row.map((sum, column) => ({ sum, place: at(places, index), offset: 16 * column })),
  );
  finishTile(f, element, accumulate, stored);
  return f;
}

/**
 * The same where the rows of the tile lie side by side in the output instead of the columns; `table` has the distance of
 * each column.
 */
export function defineTurnedMicroKernel(
  module: ModuleBuilder,
  element: Element,
  relaxed: boolean,
): FunctionBuilder {
  const { f, sums, table, out, accumulate } = beginTile(module, "turnedTile", element, relaxed);
  const { lanes } = element;
  const halves = Array.from({ length: lanes }, () => f.local("v128"));
  const places = tablePlaces(f, table, out, tile.vectors * lanes);
  const stored: StoredVector[] = [];
  for (let vector = 0; vector < tile.vectors; vector++) {
    for (let group = 0; group < tile.rows; group += lanes) {
      const square = sums.slice(group, group + lanes).map((row) => at(row, vector));
      const columns = transpose(f, square, halves);
      for (const column of columns) column();
      for (let lane = lanes - 1; lane >= 0; lane--) f.set(at(square, lane));
      square.forEach((sum, lane) =>
        stored.push({
          sum,
          place: at(places, vector * lanes + lane),
          offset: group * element.bytes,
        }),
      );
    }
  }
  finishTile(f, element, accumulate, stored);
  return f;
}

interface TileFunction {
  readonly f: FunctionBuilder;
  /** By row, then by vector of columns. */
  readonly sums: readonly (readonly Local[])[];
  readonly table: Local;
  readonly out: Local;
  readonly accumulate: Local;
}

function beginTile(
  module: ModuleBuilder,
  name: string,
  element: Element,
  relaxed: boolean,
): TileFunction {
  const f = module.function(name, {
    params: ["i32", "i32", "i32", "i32", "i32", "i32"],
    results: [],
  });
  const left = f.parameter(0, "left");
  const right = f.parameter(1, "right");
  const leftEnd = f.parameter(2, "leftEnd");
  const table = f.parameter(3, "table");
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
  return { f, sums, table, out, accumulate };
}

/** The addresses that the first `count` entries of a table of distances stand for. */
function tablePlaces(
  f: FunctionBuilder,
  table: Local,
  out: Local,
  count: number,
): readonly Local[] {
  return Array.from({ length: count }, (_, index) => {
    const place = f.local("i32");
    f.get(table);
    f.load("i32.load", { offset: index * 4 });
    f.get(out);
    f.emit("i32.add");
    f.set(place);
    return place;
  });
}

interface StoredVector {
  readonly sum: Local;
  readonly place: Local;
  readonly offset: number;
}

/** Adds what is there to the vectors, if it is to be kept, and stores them. */
function finishTile(
  f: FunctionBuilder,
  element: Element,
  accumulate: Local,
  stored: readonly StoredVector[],
): void {
  f.get(accumulate);
  f.if(() => {
    for (const { sum, place, offset } of stored) {
      f.get(place);
      f.load("v128.load", { offset, align: element.bytes });
      f.get(sum);
      f.emit(element.add);
      f.set(sum);
    }
  });
  for (const { sum, place, offset } of stored) {
    f.get(place);
    f.get(sum);
    f.store("v128.store", { offset, align: element.bytes });
  }
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

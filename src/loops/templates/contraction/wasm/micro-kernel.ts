import type {
  FunctionBuilder,
  FunctionReference,
  Local,
} from "../../../../wasm/function-builder.ts";
import type { FunctionType } from "../../../../wasm/value-type.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import type { TiledElement } from "./blocking.ts";
import type { Element } from "./element.ts";
import { transpose } from "./transpose.ts";
import { at } from "../../../../core/shape.ts";

/**
 * The inner loop of matrix products: one tile of the output from a panel of each factor, with all sums in registers.
 *
 *     tile(left, right, leftEnd, table, out, accumulate)
 *
 * For each inner step, `left` has an element for each row of the tile, `right` a row of vectors. `table` has the distance
 * of each row from `out`, where the elements of a row lie side by side. Hot path: nothing may be added to the loop; see
 * `tiles` for what makes it fast.
 */
export function defineMicroKernel(
  module: ModuleBuilder,
  element: TiledElement,
  relaxed: boolean,
): FunctionBuilder {
  const { f, sums, table, out, accumulate } = beginTile(
    module,
    { name: "tile", type: tileType },
    element,
    relaxed,
  );
  const places = tablePlaces(f, table, out, element.tile.rows);
  const stored = sums.flatMap((row, index) =>
    row.map((sum, column) => ({ sum, place: at(places, index), offset: 16 * column })),
  );
  finishTile(f, element, accumulate, stored);
  return f;
}

/**
 * The same where the rows of the tile lie side by side in the output instead of the columns; `table` has the distance of
 * each column. The scratch space, a seventh parameter, is not used.
 */
export function defineTurnedMicroKernel(
  module: ModuleBuilder,
  element: TiledElement,
  relaxed: boolean,
): FunctionBuilder {
  const { f, sums, table, out, accumulate } = beginTile(
    module,
    { name: "turnedTile", type: turnedType },
    element,
    relaxed,
  );
  const { lanes, tile } = element;
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

/**
 * The turned tile for turbo, where a loop is run with vectors of 256 bits only if what it computes is stored as it is:
 * `tile` leaves it at `spare`, with the distances of its rows at `spareRows`, and it is turned from there.
 */
export function defineTurnedCopy(
  module: ModuleBuilder,
  element: TiledElement,
  tileKernel: FunctionReference,
  { spareRows, spareTile }: { readonly spareRows: number; readonly spareTile: number },
): FunctionBuilder {
  const f = module.function("turnedTile", turnedType);
  const [left, right, leftEnd, table, out, accumulate, space] = Array.from(
    { length: 7 },
    (_, place) => f.parameter(place),
  ) as [Local, Local, Local, Local, Local, Local, Local]; // as many parameters
  const { lanes, tile, width } = element;
  const halves = Array.from({ length: lanes }, () => f.local("v128"));
  const square = Array.from({ length: lanes }, () => f.local("v128"));
  for (const push of [left, right, leftEnd]) f.get(push);
  for (const offset of [spareRows, spareTile]) {
    f.get(space);
    f.i32Const(offset);
    f.emit("i32.add");
  }
  f.i32Const(0);
  f.call(tileKernel);
  for (let vector = 0; vector < tile.vectors; vector++) {
    for (let group = 0; group < tile.rows; group += lanes) {
      square.forEach((row, index) => {
        f.get(space);
        f.load("v128.load", {
          offset: spareTile + (group + index) * width * element.bytes + vector * 16,
        });
        f.set(row);
      });
      const columns = transpose(f, square, halves);
      for (const column of columns) column();
      for (const row of square.toReversed()) f.set(row);
      const places = tablePlaces(f, table, out, lanes, vector * lanes);
      const stored = square.map((sum, lane) => ({
        sum,
        place: at(places, lane),
        offset: group * element.bytes,
      }));
      finishTile(f, element, accumulate, stored);
    }
  }
  return f;
}

const tileType: FunctionType = { params: ["i32", "i32", "i32", "i32", "i32", "i32"], results: [] };
/** The last parameter is a thread's scratch space. */
const turnedType: FunctionType = { params: [...tileType.params, "i32"], results: [] };

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
  { name, type }: { readonly name: string; readonly type: FunctionType },
  element: TiledElement,
  relaxed: boolean,
): TileFunction {
  const { tile } = element;
  const f = module.function(name, type);
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

/** The addresses that `count` entries of a table of distances stand for. */
function tablePlaces(
  f: FunctionBuilder,
  table: Local,
  out: Local,
  count: number,
  first = 0,
): readonly Local[] {
  return Array.from({ length: count }, (_, index) => {
    const place = f.local("i32");
    f.get(table);
    f.load("i32.load", { offset: (first + index) * 4 });
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

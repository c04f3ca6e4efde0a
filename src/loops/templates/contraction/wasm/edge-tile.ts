import type {
  FunctionBuilder,
  FunctionReference,
  Local,
} from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import type { TiledElement } from "./blocking.ts";
import { scratchLayout } from "./product-words.ts";
import { forBelow, pushScaledSum, setScaledSum } from "./structured-loops.ts";

/**
 * A tile that reaches over the edge of the output, or whose columns do not lie side by side: computed in the spare
 * tile, from where the part that exists is copied element by element.
 */
export function defineEdgeTile(
  module: ModuleBuilder,
  element: TiledElement,
  microKernel: FunctionReference,
): FunctionBuilder {
  const { tile, width } = element;
  const f = module.function("edgeTile", {
    params: Array.from({ length: 10 }, () => "i32" as const),
    results: [],
  });
  const left = f.parameter(0, "left");
  const right = f.parameter(1, "right");
  const leftEnd = f.parameter(2, "leftEnd");
  const outRows = f.parameter(3, "outRows");
  const out = f.parameter(4, "out");
  const accumulate = f.parameter(5, "accumulate");
  const outColumns = f.parameter(6, "outColumns");
  const rows = f.parameter(7, "rows");
  const columns = f.parameter(8, "columns");
  const space = f.parameter(9, "space");
  const row = f.local("i32", "row");
  const column = f.local("i32", "column");
  const [from, place, rowStart] = [f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(left);
  f.get(right);
  f.get(leftEnd);
  f.get(space);
  f.get(space);
  f.i32Const(scratchLayout.spareTile);
  f.emit("i32.add");
  f.i32Const(0);
  f.call(microKernel);
  const limit = (local: Local, most: number): void => {
    f.get(local);
    f.i32Const(most);
    f.get(local);
    f.i32Const(most);
    f.emit("i32.lt_s");
    f.emit("select");
    f.set(local);
  };
  limit(rows, tile.rows);
  limit(columns, width);
  forBelow(f, row, rows, 1, () => {
    pushTableEntry(f, outRows, row);
    f.get(out);
    f.emit("i32.add");
    f.set(rowStart);
    setScaledSum(f, from, space, row, width * element.bytes);
    f.i32Const(0);
    f.set(column);
    forBelow(f, column, columns, 1, () => {
      f.get(rowStart);
      pushTableEntry(f, outColumns, column);
      f.emit("i32.add");
      f.tee(place);
      f.get(from);
      f.load(element.load, { offset: scratchLayout.spareTile });
      f.get(accumulate);
      f.if(
        () => {
          f.get(place);
          f.load(element.load);
        },
        () => (element.bytes === 4 ? f.f32Const(-0) : f.f64Const(-0)),
        element.scalar,
      );
      f.emit(element.scalarAdd);
      f.store(element.store);
      f.increment(from, element.bytes);
    });
  });
  return f;
}

function pushTableEntry(f: FunctionBuilder, table: Local, index: Local): void {
  pushScaledSum(f, table, index, 4);
  f.load("i32.load");
}

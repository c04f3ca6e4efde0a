import { kernelType } from "../../../../../runtime/thread-module.ts";
import type {
  FunctionBuilder,
  FunctionReference,
  Local,
} from "../../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../../wasm/module-builder.ts";
import { f32x4 } from "../../../../../wasm/vector-constant.ts";
import { finishRoomBytes } from "../product-words.ts";
import { forBelow, setLimitedSum, setScaledSum } from "../structured-loops.ts";
import { transpose } from "../transpose.ts";
import { advance } from "../vector-units.ts";
import { LinearEmitter } from "./linear-program.ts";
import { productNames, resultNames, resultTransform, spanSize, tileSize } from "./transforms.ts";
import { wordReader } from "./winograd-words.ts";

/** The scratch space: columns of four tiles that were transformed down, then a row of them on its way to the edge, arguments of an epilogue. */
const edgePlace = tileSize * spanSize * 16;
const finishRoom = edgePlace + 64;
export const productScratchBytes = finishRoom + finishRoomBytes;

/**
 * `transformProducts`: units are rows of tiles, counted through the images of a group. After each of them runs the epilogue
 * over its rows of all filters, if there is one.
 */
export function defineTransformProducts(
  module: ModuleBuilder,
  options: {
    readonly relaxed: boolean;
    readonly scratch: FunctionReference;
    readonly finishBlock: FunctionReference;
  },
): void {
  // A function of its own: the calls would cost it its registers.
  const transformRows = defineTransformRows(module, options);
  const { scratch, finishBlock } = options;
  const f = module.function("transformProducts", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const word = wordReader(f, args);
  const row = f.local("i32", "row");
  f.get(word("finish"));
  f.emit("i32.eqz");
  f.if(() => {
    for (const own of [args, unit, end]) f.get(own);
    f.call(transformRows);
    f.emit("return");
  });
  forBelow(f, unit, end, 1, () => {
    f.get(args);
    f.get(unit);
    f.get(unit);
    f.i32Const(1);
    f.emit("i32.add");
    f.call(transformRows);
    f.get(unit);
    f.get(word("tileRows"));
    f.emit("i32.rem_u");
    f.i32Const(tileSize);
    f.emit("i32.mul");
    f.set(row);
    f.get(word("finish"));
    f.get(unit);
    f.get(word("tileRows"));
    f.emit("i32.div_u");
    f.get(word("firstImage"));
    f.emit("i32.add");
    f.i32Const(0);
    f.get(word("filters"));
    f.get(row);
    f.get(word("widthOut"));
    f.emit("i32.mul");
    f.increment(row, tileSize);
    setLimitedSum(f, row, row, null, word("heightOut"));
    f.get(row);
    f.get(word("widthOut"));
    f.emit("i32.mul");
    f.call(scratch);
    f.i32Const(finishRoom);
    f.emit("i32.add");
    f.call(finishBlock);
  });
}

/** Notes at `spoilt` if a result is infinite or no number: in tiles, such elements reach results that do not depend on them. */
function defineTransformRows(
  module: ModuleBuilder,
  { relaxed, scratch }: { readonly relaxed: boolean; readonly scratch: FunctionReference },
): FunctionBuilder {
  const f = module.function("transformRows", kernelType);
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const word = wordReader(f, args);
  const names = ["space", "row", "filter", "column", "from", "target", "source", "place", "limit"];
  const [space, row, filter, column, from, target, source, place, limit] = names.map((name) =>
    f.local("i32", name),
  ) as [Local, Local, Local, Local, Local, Local, Local, Local, Local]; // nine names, nine locals
  const [filterFrom, filterTarget, columnStep, sixRows] = [
    "filterFrom",
    "filterTarget",
    "planeBytes",
    "sixRows",
  ].map((name) => f.local("i32", name)) as [Local, Local, Local, Local]; // four names, four locals
  const transform = new LinearEmitter(f, resultTransform, relaxed);
  const spoilt = f.local("v128", "spoilt");
  const square = resultNames.map((name) => transform.local(name));
  const halves = Array.from({ length: 4 }, () => f.local("v128"));
  f.call(scratch);
  f.set(space);
  f.get(word("productPlaneBytes"));
  f.tee(columnStep);
  f.i32Const(spanSize);
  f.emit("i32.mul");
  f.set(sixRows);

  /** Down each column of products, of which there are six times six for each of four tiles at `from`. */
  const transformDown = (): void => {
    f.get(from);
    f.set(source);
    f.get(space);
    f.set(place);
    f.get(space);
    f.i32Const(spanSize * 16);
    f.emit("i32.add");
    f.set(limit);
    forBelow(f, place, limit, 16, () => {
      f.get(source);
      productNames.forEach((name, index) => {
        if (index > 0) {
          f.get(sixRows);
          f.emit("i32.add");
        }
        f.tee(target);
        f.load("v128.load", { align: 4 });
        f.set(transform.local(name));
        f.get(target);
      });
      f.emit("drop");
      transform.emit();
      square.forEach((result, index) => {
        f.get(place);
        f.get(result);
        f.store("v128.store", { offset: index * spanSize * 16 });
      });
      advance(f, source, columnStep);
    });
  };

  /** A row of results of four tiles, `place` where its columns are, to `target`. */
  const transformRow = (): void => {
    productNames.forEach((name, index) => {
      f.get(place);
      f.load("v128.load", { offset: index * 16 });
      f.set(transform.local(name));
    });
    transform.emit();
    noteSpoilt(f, square, spoilt, relaxed);
    const columns = transpose(f, square, halves);
    for (const vector of columns) vector();
    for (const vector of square.toReversed()) f.set(vector);
    f.get(column);
    f.i32Const(16);
    f.emit("i32.add");
    f.get(word("widthOut"));
    f.emit("i32.le_s");
    f.if(
      () => {
        square.forEach((vector, index) => {
          f.get(target);
          f.get(vector);
          f.store("v128.store", { offset: index * 16, align: 4 });
        });
      },
      () => {
        square.forEach((vector, index) => {
          f.get(space);
          f.get(vector);
          f.store("v128.store", { offset: edgePlace + index * 16 });
        });
        f.get(target);
        f.get(space);
        f.i32Const(edgePlace);
        f.emit("i32.add");
        f.get(word("widthOut"));
        f.get(column);
        f.emit("i32.sub");
        f.i32Const(4);
        f.emit("i32.mul");
        f.memoryCopy();
      },
    );
  };

  forBelow(f, unit, end, 1, () => {
    f.get(unit);
    f.get(word("rowTiles"));
    f.emit("i32.mul");
    f.set(filterFrom);
    setScaledSum(f, filterFrom, word("products"), filterFrom, 4);
    f.get(unit);
    f.get(word("tileRows"));
    f.emit("i32.rem_u");
    f.i32Const(tileSize);
    f.emit("i32.mul");
    f.set(row);
    f.get(unit);
    f.get(word("tileRows"));
    f.emit("i32.div_u");
    f.get(word("firstImage"));
    f.emit("i32.add");
    f.get(word("imageOutStep"));
    f.emit("i32.mul");
    f.get(word("outBase"));
    f.emit("i32.add");
    f.get(row);
    f.get(word("rowOutStep"));
    f.emit("i32.mul");
    f.emit("i32.add");
    f.set(filterTarget);
    f.i32Const(0);
    f.set(filter);
    forBelow(f, filter, word("filters"), 1, () => {
      f.get(filterFrom);
      f.set(from);
      f.i32Const(0);
      f.set(column);
      forBelow(f, column, word("widthOut"), 4 * tileSize, () => {
        transformDown();
        for (let index = 0; index < tileSize; index++) {
          f.get(row);
          f.i32Const(index);
          f.emit("i32.add");
          f.get(word("heightOut"));
          f.emit("i32.lt_s");
          f.if(() => {
            f.get(space);
            f.i32Const(index * spanSize * 16);
            f.emit("i32.add");
            f.set(place);
            setScaledSum(f, target, filterTarget, column, 4);
            f.get(target);
            f.get(word("rowOutStep"));
            f.i32Const(index);
            f.emit("i32.mul");
            f.emit("i32.add");
            f.set(target);
            transformRow();
          });
        }
        f.increment(from, 16);
      });
      advance(f, filterFrom, word("productRowBytes"));
      advance(f, filterTarget, word("filterOutStep"));
    });
  });
  f.get(spoilt);
  f.get(spoilt);
  f.emit("f32x4.ne");
  f.emit("v128.any_true");
  f.if(() => {
    f.get(word("spoilt"));
    f.i32Const(1);
    f.store("i32.store");
  });
  return f;
}

/** `spoilt` is 0 until one of the numbers is infinite or none, and no number from then on. */
function noteSpoilt(
  f: FunctionBuilder,
  vectors: readonly Local[],
  spoilt: Local,
  relaxed: boolean,
): void {
  const zero = f.constant(f32x4(0));
  for (const vector of vectors) {
    if (relaxed) {
      f.get(vector);
      f.get(zero);
      f.get(spoilt);
      f.emit("f32x4.relaxed_madd");
    } else {
      f.get(spoilt);
      f.get(vector);
      f.get(zero);
      f.emit("f32x4.mul");
      f.emit("f32x4.add");
    }
    f.set(spoilt);
  }
}

import { at } from "../../../../../core/shape.ts";
import { kernelType } from "../../../../../runtime/thread-module.ts";
import type {
  FunctionBuilder,
  FunctionReference,
  Local,
} from "../../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../../wasm/module-builder.ts";
import { forBelow, setLimitedSum, setScaledSum } from "../structured-loops.ts";
import { transpose } from "../transpose.ts";
import { advance } from "../vector-units.ts";
import { LinearEmitter } from "./linear-program.ts";
import { inputNames, inputTransform, spanNames, spanSize, tileSize } from "./transforms.ts";
import { type WinogradWord, wordReader } from "./winograd-words.ts";

/** Bytes of a row of the scratch space for so many tiles: one vector more than they read. */
export function spanRowBytes(rowTiles: number): number {
  return (rowTiles * tileSize + 4) * 4;
}

interface Names {
  readonly f: FunctionBuilder;
  readonly word: (name: WinogradWord) => Local;
  readonly transform: LinearEmitter;
  readonly space: Local;
  readonly rowBytes: Local;
  /** The rows of the input that a row of tiles reads, and how far the next channel is. */
  readonly rows: readonly Local[];
  readonly rowSteps: readonly Local[];
  readonly place: Local;
  readonly limit: Local;
  readonly from: Local;
}

/**
 * `transformInput`: units are rows of tiles, counted through the images of a group. Leaves the six times six numbers of
 * each tile in as many packed factors, in the panels that `multiply` reads. What is outside of the input counts as 0.
 */
export function defineTransformInput(
  module: ModuleBuilder,
  {
    relaxed,
    scratch,
    width,
  }: {
    readonly relaxed: boolean;
    readonly scratch: FunctionReference;
    /** Tiles of a panel. */
    readonly width: number;
  },
): void {
  const f = module.function("transformInput", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const word = wordReader(f, args);
  const local = (name: string): Local => f.local("i32", name);
  const names: Names = {
    f,
    word,
    transform: new LinearEmitter(f, inputTransform, relaxed),
    space: local("space"),
    rowBytes: local("rowBytes"),
    rows: inputNames.map((name) => local(`row_${name}`)),
    rowSteps: inputNames.map((name) => local(`step_${name}`)),
    place: local("place"),
    limit: local("limit"),
    from: local("from"),
  };
  const [start, steps, channel, endChannel, first] = [
    "start",
    "steps",
    "channel",
    "endChannel",
    "firstTile",
  ].map(local) as [Local, Local, Local, Local, Local]; // five names, five locals
  const target = local("target");
  const emitTiles = tilesEmitter(names, { steps, first, target, width });
  f.call(scratch);
  f.set(names.space);
  f.get(word("rowTiles"));
  f.i32Const(tileSize * 4);
  f.emit("i32.mul");
  f.i32Const(16);
  f.emit("i32.add");
  f.set(names.rowBytes);
  forBelow(f, unit, end, 1, () => {
    f.get(unit);
    f.get(word("rowTiles"));
    f.emit("i32.mul");
    f.set(first);
    beginUnit(names, unit);
    f.i32Const(0);
    f.set(start);
    forBelow(f, start, word("channels"), word("blockChannels"), () => {
      setLimitedSum(f, endChannel, start, word("blockChannels"), word("channels"));
      f.get(endChannel);
      f.get(start);
      f.emit("i32.sub");
      f.set(steps);
      f.get(start);
      f.set(channel);
      forBelow(f, channel, endChannel, 1, () => {
        transformDown(names);
        // target = packed + (start * panels + (channel - start)) * width * 4
        f.get(start);
        f.get(word("panels"));
        f.emit("i32.mul");
        f.get(channel);
        f.emit("i32.add");
        f.get(start);
        f.emit("i32.sub");
        f.set(target);
        setScaledSum(f, target, word("packed"), target, width * 4);
        emitTiles();
      });
    });
  });
}

/** Zeroes the scratch rows, and finds the rows of the input; those below its edge are a row of zeros. */
function beginUnit(
  { f, word, space, rowBytes, rows, rowSteps, place, from }: Names,
  unit: Local,
): void {
  f.get(space);
  f.i32Const(0);
  f.get(rowBytes);
  f.i32Const(spanSize + 1);
  f.emit("i32.mul");
  f.memoryFill();
  // place = the first row of the input that the tiles read
  f.get(unit);
  f.get(word("tileRows"));
  f.emit("i32.rem_u");
  f.i32Const(tileSize);
  f.emit("i32.mul");
  f.set(place);
  f.get(unit);
  f.get(word("tileRows"));
  f.emit("i32.div_u");
  f.get(word("firstImage"));
  f.emit("i32.add");
  f.get(word("imageInStep"));
  f.emit("i32.mul");
  f.get(word("inputBase"));
  f.emit("i32.add");
  f.get(place);
  f.get(word("rowInStep"));
  f.emit("i32.mul");
  f.emit("i32.add");
  f.set(from);
  rows.forEach((row, index) => {
    f.get(place);
    f.i32Const(index);
    f.emit("i32.add");
    f.get(word("heightIn"));
    f.emit("i32.lt_s");
    f.if(
      () => {
        f.get(from);
        f.set(row);
        f.get(word("channelInStep"));
        f.set(at(rowSteps, index));
      },
      () => {
        setScaledSum(f, row, space, rowBytes, spanSize);
        f.i32Const(0);
        f.set(at(rowSteps, index));
      },
    );
    advance(f, from, word("rowInStep"));
  });
}

/** Transforms the columns of a channel's rows into the scratch rows, and goes on to the next channel. */
function transformDown({
  f,
  word,
  transform,
  space,
  rowBytes,
  rows,
  rowSteps,
  place,
  limit,
  from,
}: Names): void {
  // The last vector overlaps the one before, so that nothing beyond a row is read.
  f.get(word("widthIn"));
  f.i32Const(4);
  f.emit("i32.sub");
  f.i32Const(4);
  f.emit("i32.mul");
  f.set(limit);
  f.i32Const(0);
  f.set(place);
  f.loop((again) => {
    f.get(place);
    f.get(limit);
    f.get(place);
    f.get(limit);
    f.emit("i32.lt_s");
    f.emit("select");
    f.set(place);
    inputNames.forEach((name, index) => {
      f.get(at(rows, index));
      f.get(place);
      f.emit("i32.add");
      f.load("v128.load", { align: 4 });
      f.set(transform.local(name));
    });
    transform.emit();
    f.get(space);
    f.get(place);
    f.emit("i32.add");
    f.set(from);
    for (const name of spanNames) {
      f.get(from);
      f.get(transform.local(name));
      f.store("v128.store", { align: 4 });
      advance(f, from, rowBytes);
    }
    f.get(place);
    f.i32Const(16);
    f.emit("i32.add");
    f.set(place);
    f.get(place);
    f.get(limit);
    f.i32Const(16);
    f.emit("i32.add");
    f.emit("i32.lt_s");
    f.brIf(again);
  });
  rows.forEach((row, index) => advance(f, row, at(rowSteps, index)));
}

/** What transforms the scratch rows along, four tiles at a time, into the panels at `target`. */
function tilesEmitter(
  { f, word, transform, space, rowBytes, place, limit, from }: Names,
  {
    steps,
    first,
    target,
    width,
  }: {
    readonly steps: Local;
    readonly first: Local;
    readonly target: Local;
    readonly width: number;
  },
): () => void {
  const [tiles, panel, source, to, row] = ["tiles", "panel", "source", "to", "row"].map((name) =>
    f.local("i32", name),
  ) as [Local, Local, Local, Local, Local]; // five names, five locals
  const square = inputNames.slice(0, 4).map((name) => transform.local(name));
  const [d0, d1, d4, d5] = [0, 1, 4, 5].map((index) => transform.local(at(inputNames, index))) as [
    Local,
    Local,
    Local,
    Local,
  ]; // four numbers, four locals
  const halves = Array.from({ length: 4 }, () => f.local("v128"));
  const next = f.local("v128", "next");
  return () => {
    f.get(first);
    f.set(tiles);
    f.get(first);
    f.get(word("rowTiles"));
    f.emit("i32.add");
    f.set(limit);
    f.get(space);
    f.set(source);
    forBelow(f, tiles, limit, 4, () => {
      // to = target + tiles / width * steps * width * 4 + tiles % width * 4
      f.get(tiles);
      f.i32Const(width);
      f.emit("i32.div_u");
      f.set(panel);
      f.get(panel);
      f.get(steps);
      f.emit("i32.mul");
      f.i32Const(width * 4);
      f.emit("i32.mul");
      f.get(tiles);
      f.i32Const(width);
      f.emit("i32.rem_u");
      f.i32Const(4);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.get(target);
      f.emit("i32.add");
      f.set(to);
      f.get(source);
      f.set(from);
      f.i32Const(0);
      f.set(row);
      f.i32Const(spanSize);
      f.set(place);
      forBelow(f, row, place, 1, () => {
        square.forEach((vector, tile) => {
          f.get(from);
          f.load("v128.load", { offset: tile * 16 });
          f.set(vector);
        });
        f.get(from);
        f.load("v128.load", { offset: 64 });
        f.set(next);
        const columns = transpose(f, square, halves);
        for (const column of columns) column();
        for (const vector of square.toReversed()) f.set(vector);
        // The last two elements of a tile are the first two of the next one.
        for (const [last, own, lane] of [
          [d4, d0, 4],
          [d5, d1, 5],
        ] as const) {
          f.get(own);
          f.get(next);
          f.shuffleWords([1, 2, 3, lane]);
          f.set(last);
        }
        transform.emit();
        for (const name of spanNames) {
          f.get(to);
          f.get(transform.local(name));
          f.store("v128.store");
          advance(f, to, word("packedPlaneBytes"));
        }
        advance(f, from, rowBytes);
      });
      f.increment(source, 64);
    });
  };
}

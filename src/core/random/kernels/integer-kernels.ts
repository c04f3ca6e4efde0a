/** Random words as int64 elements, which are slow to write from JavaScript. */
import type { FunctionBuilder, Local } from "../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../wasm/module-builder.ts";

const wordBytes = 4;
const elementBytes = 8;

/** `remainders(words, end, out, divisor, base)`: the remainder of each word plus `base`. */
export function defineRemainders(module: ModuleBuilder): void {
  const f = module.function(
    "remainders",
    { params: ["i32", "i32", "i32", "i64", "i64"], results: [] },
    { export: true },
  );
  const words = f.parameter(0, "words");
  const end = f.parameter(1, "end");
  const out = f.parameter(2, "out");
  const divisor = f.parameter(3, "divisor");
  const base = f.parameter(4, "base");
  forWords(f, words, end, () => {
    f.get(out);
    f.get(words);
    f.load("i64.load32_u");
    f.get(divisor);
    f.emit("i64.rem_u");
    f.get(base);
    f.emit("i64.add");
    f.store("i64.store");
    f.increment(out, elementBytes);
  });
}

/**
 * `shuffle(words, end, place, left)`: exchanges the element at `place` with the one as many places on as the first word's
 * remainder by `left`, the number of elements from there to the last, and so on with the next place for each word.
 */
export function defineShuffle(module: ModuleBuilder): void {
  const f = module.function(
    "shuffle",
    { params: ["i32", "i32", "i32", "i32"], results: [] },
    { export: true },
  );
  const words = f.parameter(0, "words");
  const end = f.parameter(1, "end");
  const place = f.parameter(2, "place");
  const left = f.parameter(3, "left");
  const other = f.local("i32", "other");
  const moved = f.local("i64", "moved");
  forWords(f, words, end, () => {
    f.get(place);
    f.get(words);
    f.load("i32.load");
    f.get(left);
    f.emit("i32.rem_u");
    f.i32Const(elementBytes);
    f.emit("i32.mul");
    f.emit("i32.add");
    f.set(other);
    f.get(place);
    f.load("i64.load");
    f.set(moved);
    f.get(place);
    f.get(other);
    f.load("i64.load");
    f.store("i64.store");
    f.get(other);
    f.get(moved);
    f.store("i64.store");
    f.increment(place, elementBytes);
    f.increment(left, -1);
  });
}

/** `count(out, end)`: 0, 1, 2 and so on. */
export function defineCount(module: ModuleBuilder): void {
  const f = module.function("count", { params: ["i32", "i32"], results: [] }, { export: true });
  const out = f.parameter(0, "out");
  const end = f.parameter(1, "end");
  const next = f.local("i64", "next");
  f.block((done) => {
    f.loop((again) => {
      f.get(out);
      f.get(end);
      f.emit("i32.ge_u");
      f.brIf(done);
      f.get(out);
      f.get(next);
      f.store("i64.store");
      f.get(next);
      f.i64Const(1n);
      f.emit("i64.add");
      f.set(next);
      f.increment(out, elementBytes);
      f.br(again);
    });
  });
}

/** Runs `body` for each word up to `end`. */
function forWords(f: FunctionBuilder, words: Local, end: Local, body: () => void): void {
  f.block((done) => {
    f.loop((again) => {
      f.get(words);
      f.get(end);
      f.emit("i32.ge_u");
      f.brIf(done);
      body();
      f.increment(words, wordBytes);
      f.br(again);
    });
  });
}

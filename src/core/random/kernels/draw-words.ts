/** The Mersenne Twister in WebAssembly: four words at a time, the same sequence as `MersenneTwister`. */
import type { FunctionBuilder, FunctionReference, Local } from "../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../wasm/module-builder.ts";
import { i32x4 } from "../../../wasm/vector-constant.ts";
import { middle, stateLength } from "../mersenne-twister.ts";

const wordBytes = 4;
const vectorBytes = 16;

/** The state, and its first word once more behind the last: the word that follows it in the cycle. */
export const stateBytes = (stateLength + 4) * wordBytes;

/**
 * `draw(state, next, available, out, count)` writes `count` words, the first `available` of them from place `next` of the
 * state, the others after refilling it. Gives the place in the state after the last.
 */
export function defineDraw(module: ModuleBuilder): void {
  const refill = defineRefill(module);
  const temper = defineTemper(module);
  const f = module.function(
    "draw",
    { params: ["i32", "i32", "i32", "i32", "i32"], results: ["i32"] },
    { export: true },
  );
  const state = f.parameter(0, "state");
  const next = f.parameter(1, "next");
  const available = f.parameter(2, "available");
  const out = f.parameter(3, "out");
  const count = f.parameter(4, "count");
  const taken = f.local("i32", "taken");
  setMinimum(f, taken, count, () => f.get(available));
  f.get(state);
  f.get(next);
  f.i32Const(2);
  f.emit("i32.shl");
  f.emit("i32.add");
  f.get(out);
  f.get(taken);
  f.call(temper);
  addTo(f, next, taken);
  f.block((done) => {
    f.loop((again) => {
      f.get(taken);
      f.i32Const(2);
      f.emit("i32.shl");
      f.get(out);
      f.emit("i32.add");
      f.set(out);
      f.get(count);
      f.get(taken);
      f.emit("i32.sub");
      f.tee(count);
      f.emit("i32.eqz");
      f.brIf(done);
      f.get(state);
      f.call(refill);
      setMinimum(f, taken, count, () => f.i32Const(stateLength));
      f.get(taken);
      f.set(next);
      f.get(state);
      f.get(out);
      f.get(taken);
      f.call(temper);
      f.br(again);
    });
  });
  f.get(next);
}

function setMinimum(f: FunctionBuilder, target: Local, x: Local, limit: () => void): void {
  f.get(x);
  limit();
  f.get(x);
  limit();
  f.emit("i32.lt_u");
  f.emit("select");
  f.set(target);
}

function addTo(f: FunctionBuilder, target: Local, x: Local): void {
  f.get(target);
  f.get(x);
  f.emit("i32.add");
  f.set(target);
}

/** Words of the state are made from the one that follows and the one `middle` places on, or as many less a cycle. */
function defineRefill(module: ModuleBuilder): FunctionReference {
  const f = module.function("refill", { params: ["i32"], results: [] });
  const state = f.parameter(0, "state");
  const place = f.local("i32", "place");
  const own = f.local("v128", "own");
  const following = f.local("v128", "following");
  const upper = f.constant(i32x4(0x80000000), "upper");
  const one = f.constant(i32x4(1), "one");
  const matrix = f.constant(i32x4(0x9908b0df), "matrix");
  const vectors = (from: number, to: number, distance: number): void => {
    f.get(state);
    f.i32Const(from * wordBytes);
    f.emit("i32.add");
    f.set(place);
    f.loop((again) => {
      f.get(place);
      f.load("v128.load", { align: 4 });
      f.set(own);
      f.get(place);
      f.load("v128.load", { offset: wordBytes, align: 4 });
      f.set(following);
      f.get(place);
      f.get(place);
      if (distance < 0) {
        f.i32Const(distance * wordBytes);
        f.emit("i32.add");
        f.load("v128.load", { align: 4 });
      } else f.load("v128.load", { offset: distance * wordBytes, align: 4 });
      f.get(own);
      f.get(following);
      f.get(upper);
      f.emit("v128.bitselect");
      f.i32Const(1);
      f.emit("i32x4.shr_u");
      f.emit("v128.xor");
      f.get(following);
      f.get(one);
      f.emit("v128.and");
      f.get(one);
      f.emit("i32x4.eq");
      f.get(matrix);
      f.emit("v128.and");
      f.emit("v128.xor");
      f.store("v128.store", { align: 4 });
      f.increment(place, vectorBytes);
      f.get(place);
      f.get(state);
      f.i32Const(to * wordBytes);
      f.emit("i32.add");
      f.emit("i32.lt_u");
      f.brIf(again);
    });
  };
  // The vector in which the source runs over the end takes the first word, made anew, from behind the last.
  const lastBefore = Math.floor((stateLength - middle) / 4) * 4;
  vectors(0, lastBefore, middle);
  f.get(state);
  f.get(state);
  f.load("i32.load");
  f.store("i32.store", { offset: stateLength * wordBytes });
  vectors(lastBefore, lastBefore + 4, middle);
  vectors(lastBefore + 4, stateLength, middle - stateLength);
  return f;
}

/** `temper(from, out, count)`: the words as they are given out. */
function defineTemper(module: ModuleBuilder): FunctionReference {
  const f = module.function("temper", { params: ["i32", "i32", "i32"], results: [] });
  const from = f.parameter(0, "from");
  const out = f.parameter(1, "out");
  const count = f.parameter(2, "count");
  const vector = f.local("v128", "vector");
  const word = f.local("i32", "word");
  whileAtLeast(f, count, 4, () => {
    f.get(from);
    f.load("v128.load", { align: 4 });
    f.set(vector);
    const mix = (shift: "i32x4.shr_u" | "i32x4.shl", by: number, mask: number | null): void => {
      f.get(vector);
      f.get(vector);
      f.i32Const(by);
      f.emit(shift);
      if (mask !== null) {
        f.get(f.constant(i32x4(mask)));
        f.emit("v128.and");
      }
      f.emit("v128.xor");
      f.set(vector);
    };
    mix("i32x4.shr_u", 11, null);
    mix("i32x4.shl", 7, 0x9d2c5680);
    mix("i32x4.shl", 15, 0xefc60000);
    mix("i32x4.shr_u", 18, null);
    f.get(out);
    f.get(vector);
    f.store("v128.store", { align: 4 });
    f.increment(from, vectorBytes);
    f.increment(out, vectorBytes);
  });
  whileAtLeast(f, count, 1, () => {
    f.get(from);
    f.load("i32.load");
    f.set(word);
    const mix = (shift: "i32.shr_u" | "i32.shl", by: number, mask: number | null): void => {
      f.get(word);
      f.get(word);
      f.i32Const(by);
      f.emit(shift);
      if (mask !== null) {
        f.i32Const(mask | 0);
        f.emit("i32.and");
      }
      f.emit("i32.xor");
      f.set(word);
    };
    mix("i32.shr_u", 11, null);
    mix("i32.shl", 7, 0x9d2c5680);
    mix("i32.shl", 15, 0xefc60000);
    mix("i32.shr_u", 18, null);
    f.get(out);
    f.get(word);
    f.store("i32.store");
    f.increment(from, wordBytes);
    f.increment(out, wordBytes);
  });
  return f;
}

/** Runs `body` as long as `count` is at least `step`, which it is then less by. */
function whileAtLeast(f: FunctionBuilder, count: Local, step: number, body: () => void): void {
  f.block((done) => {
    f.loop((again) => {
      f.get(count);
      f.i32Const(step);
      f.emit("i32.lt_u");
      f.brIf(done);
      body();
      f.increment(count, -step);
      f.br(again);
    });
  });
}

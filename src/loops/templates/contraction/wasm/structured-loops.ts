import type { FunctionBuilder, Local } from "../../../../wasm/function-builder.ts";

/** Runs `body` for `counter` from its present value while it is below `end`, as unsigned numbers: both may be addresses. */
export function forBelow(
  f: FunctionBuilder,
  counter: Local,
  end: Local,
  step: number | Local,
  body: () => void,
): void {
  f.block((done) => {
    f.loop((again) => {
      f.get(counter);
      f.get(end);
      f.emit("i32.ge_u");
      f.brIf(done);
      body();
      f.get(counter);
      if (typeof step === "number") f.i32Const(step);
      else f.get(step);
      f.emit("i32.add");
      f.set(counter);
      f.br(again);
    });
  });
}

/** Leaves x + y * factor, all i32. */
export function pushScaledSum(f: FunctionBuilder, x: Local, y: Local, factor: number): void {
  f.get(x);
  f.get(y);
  f.i32Const(factor);
  f.emit("i32.mul");
  f.emit("i32.add");
}

/** `target = x + y * factor`, all i32. */
export function setScaledSum(
  f: FunctionBuilder,
  target: Local,
  x: Local,
  y: Local,
  factor: number,
): void {
  f.get(x);
  f.get(y);
  f.i32Const(factor);
  f.emit("i32.mul");
  f.emit("i32.add");
  f.set(target);
}

/** `target = minimum(x + add, limit)` as signed numbers; without `add` if that is null. */
export function setLimitedSum(
  f: FunctionBuilder,
  target: Local,
  x: Local,
  add: Local | null,
  limit: Local,
): void {
  f.get(x);
  if (add !== null) {
    f.get(add);
    f.emit("i32.add");
  }
  f.tee(target);
  f.get(limit);
  f.get(target);
  f.get(limit);
  f.emit("i32.lt_s");
  f.emit("select");
  f.set(target);
}

/** A word of an argument block in a local. */
export function loadWord(
  f: FunctionBuilder,
  base: Local,
  word: number,
  name: string | null = null,
): Local {
  const local = f.local("i32", name);
  f.get(base);
  f.load("i32.load", { offset: word * 4 });
  f.set(local);
  return local;
}

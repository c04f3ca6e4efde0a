import { ModuleBuilder } from "../../../wasm/module-builder.ts";
import { forBelow } from "../contraction/wasm/structured-loops.ts";

const vectorBytes = 16;

/**
 * `positions(flags, count, out, sizes, axes, columnBytes)` writes where the bytes are that are not 0, in their order, as
 * int64 coordinates: one column for each of the `axes` sizes, the first at `out`. `count` bytes are looked at, and up to
 * a vector beyond must be readable.
 */
export function positionsModule(shared: boolean): ModuleBuilder {
  const module = new ModuleBuilder("positions");
  module.importMemory("env", "memory", { shared });
  const f = module.function(
    "positions",
    { params: ["i32", "i32", "i32", "i32", "i32", "i32"], results: [] },
    { export: true },
  );
  const flags = f.parameter(0, "flags");
  const count = f.parameter(1, "count");
  const out = f.parameter(2, "out");
  const sizes = f.parameter(3, "sizes");
  const axes = f.parameter(4, "axes");
  const columnBytes = f.parameter(5, "columnBytes");
  const start = f.local("i32", "start");
  const found = f.local("i32", "found");
  const rest = f.local("i32", "rest");
  const axis = f.local("i32", "axis");
  const size = f.local("i32", "size");
  const place = f.local("i32", "place");
  forBelow(f, start, count, vectorBytes, () => {
    f.get(flags);
    f.get(start);
    f.emit("i32.add");
    f.load("v128.load", { align: 1 });
    f.v128Const(new Uint8Array(vectorBytes));
    f.emit("i8x16.ne");
    f.emit("i8x16.bitmask");
    f.set(found);
    // What lies beyond the end does not count.
    f.get(count);
    f.get(start);
    f.emit("i32.sub");
    f.tee(rest);
    f.i32Const(vectorBytes);
    f.emit("i32.lt_u");
    f.if(() => {
      f.get(found);
      f.i32Const(1);
      f.get(rest);
      f.emit("i32.shl");
      f.i32Const(1);
      f.emit("i32.sub");
      f.emit("i32.and");
      f.set(found);
    });
    f.block((none) => {
      f.loop((again) => {
        f.get(found);
        f.emit("i32.eqz");
        f.brIf(none);
        f.get(start);
        f.get(found);
        f.emit("i32.ctz");
        f.emit("i32.add");
        f.set(rest);
        f.get(axes);
        f.i32Const(1);
        f.emit("i32.sub");
        f.set(axis);
        f.get(out);
        f.get(axis);
        f.get(columnBytes);
        f.emit("i32.mul");
        f.emit("i32.add");
        f.set(place);
        // From the last axis to the second; what is left then is the coordinate along the first.
        f.block((first) => {
          f.loop((next) => {
            f.get(axis);
            f.emit("i32.eqz");
            f.brIf(first);
            f.get(sizes);
            f.get(axis);
            f.i32Const(2);
            f.emit("i32.shl");
            f.emit("i32.add");
            f.load("i32.load");
            f.set(size);
            f.get(place);
            f.get(rest);
            f.get(size);
            f.emit("i32.rem_u");
            f.emit("i64.extend_i32_u");
            f.store("i64.store");
            f.get(rest);
            f.get(size);
            f.emit("i32.div_u");
            f.set(rest);
            f.get(place);
            f.get(columnBytes);
            f.emit("i32.sub");
            f.set(place);
            f.increment(axis, -1);
            f.br(next);
          });
        });
        f.get(out);
        f.get(rest);
        f.emit("i64.extend_i32_u");
        f.store("i64.store");
        f.increment(out, 8);
        f.get(found);
        f.get(found);
        f.i32Const(1);
        f.emit("i32.sub");
        f.emit("i32.and");
        f.set(found);
        f.br(again);
      });
    });
  });
  return module;
}

import type { ModuleBuilder } from "../../../wasm/module-builder.ts";
import { f32x4, i32x4 } from "../../../wasm/vector-constant.ts";

const vectorBytes = 16;

/**
 * `uniform(address, end)`: words in place become float32 numbers in [0, 1) of their lower 24 bits, a vector of four at a
 * time.
 */
export function defineUniform(module: ModuleBuilder): void {
  const f = module.function("uniform", { params: ["i32", "i32"], results: [] }, { export: true });
  const place = f.parameter(0, "place");
  const end = f.parameter(1, "end");
  const mask = f.constant(i32x4(0xffffff), "mask");
  const scale = f.constant(f32x4(2 ** -24), "scale");
  f.block((done) => {
    f.loop((again) => {
      f.get(place);
      f.get(end);
      f.emit("i32.ge_u");
      f.brIf(done);
      f.get(place);
      f.get(place);
      f.load("v128.load", { align: 4 });
      f.get(mask);
      f.emit("v128.and");
      f.emit("f32x4.convert_i32x4_u");
      f.get(scale);
      f.emit("f32x4.mul");
      f.store("v128.store", { align: 4 });
      f.increment(place, vectorBytes);
      f.br(again);
    });
  });
}

import { expect, test } from "vitest";
import { ModuleBuilder } from "../../src/wasm/module-builder.ts";
import { printModule } from "../../src/wasm/print-module.ts";
import { f32x4, i32x4 } from "../../src/wasm/vector-constant.ts";

test("a module prints as text with the names it was built with", () => {
  const module = new ModuleBuilder("example");
  module.importMemory("env", "memory", { shared: false });
  const f = module.function("halve", { params: ["i32", "i32"], results: ["i32"] });
  const [at, end] = [f.parameter(0, "at"), f.parameter(1, "end")];
  const count = f.local("i32", "count");
  f.loop((start) => {
    f.get(at);
    f.get(at);
    f.load("v128.load", { offset: 16, align: 4 });
    f.get(f.constant(f32x4(0.5), "half"));
    f.emit("f32x4.mul");
    f.store("v128.store");
    f.get(at);
    f.get(end);
    f.emit("i32.lt_u");
    f.if(() => f.increment(count, -1));
    f.get(count);
    f.brIf(start);
  });
  f.v128Const(i32x4(0x7fffffff));
  f.lane("i32x4.extract_lane", 3);
  expect(printModule(module)).toBe(`(module $example
  (func $halve (param $at i32) (param $end i32) (result i32)
    (local $count i32) (local $half v128)
    v128.const f32x4 0.5 0.5 0.5 0.5
    local.set $half
    loop
      local.get $at
      local.get $at
      v128.load offset=16 align=4
      local.get $half
      f32x4.mul
      v128.store
      local.get $at
      local.get $end
      i32.lt_u
      if
        local.get $count
        i32.const -1
        i32.add
        local.set $count
      end
      local.get $count
      br_if 0
    end
    v128.const i32x4 0x7fffffff 0x7fffffff 0x7fffffff 0x7fffffff
    i32x4.extract_lane 3
  )
)`);
});

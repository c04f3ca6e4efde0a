import { describe, expect, test } from "vitest";
import { wasmFeatures } from "../../src/wasm/features.ts";
import { ModuleBuilder } from "../../src/wasm/module-builder.ts";
import { f32x4, f64x2, i64x2 } from "../../src/wasm/vector-constant.ts";

function instantiate(
  module: ModuleBuilder,
  imports: Readonly<Record<string, Readonly<Record<string, WebAssembly.ImportValue>>>> = {},
): WebAssembly.Instance {
  return new WebAssembly.Instance(new WebAssembly.Module(module.encode()), imports);
}

describe("constants", () => {
  test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 2 ** 31 - 1, -(2 ** 31)])(
    "i32.const %i arrives as it is",
    (value) => {
      const module = new ModuleBuilder();
      module.function("f", { params: [], results: ["i32"] }, { export: true }).i32Const(value);
      expect(instantiate(module).exports["f"]?.()).toBe(value);
    },
  );

  test.each([0n, -1n, 63n, 64n, -65n, 2n ** 63n - 1n, -(2n ** 63n)])(
    "i64.const %s arrives as it is",
    (value) => {
      const module = new ModuleBuilder();
      module.function("f", { params: [], results: ["i64"] }, { export: true }).i64Const(value);
      expect(instantiate(module).exports["f"]?.()).toBe(value);
    },
  );

  test("a vector constant is made once and shared", () => {
    const module = new ModuleBuilder();
    const f = module.function("f", { params: [], results: ["f32"] }, { export: true });
    const first = f.constant(f32x4(1, 2, 3, 4));
    expect(f.constant(f32x4(1, 2, 3, 4))).toBe(first);
    f.get(first);
    f.lane("f32x4.extract_lane", 2);
    expect(instantiate(module).exports["f"]?.()).toBe(3);
  });

  test("a single value fills all lanes", () => {
    expect([...new Float64Array(f64x2(1.5).slice().buffer)]).toEqual([1.5, 1.5]);
    expect([...new BigInt64Array(i64x2(-2n).slice().buffer)]).toEqual([-2n, -2n]);
  });
});

test("a loop over shared memory adds vectors", () => {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", { shared: true });
  const f = module.function("scale", { params: ["i32", "i32"], results: [] }, { export: true });
  const [at, end] = [f.parameter(0, "at"), f.parameter(1, "end")];
  f.loop((start) => {
    f.get(at);
    f.get(at);
    f.load("v128.load");
    f.get(f.constant(f32x4(2)));
    f.emit("f32x4.mul");
    f.store("v128.store");
    f.increment(at, 16);
    f.get(at);
    f.get(end);
    f.emit("i32.lt_u");
    f.brIf(start);
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const floats = new Float32Array(memory.buffer);
  floats.set([1, 2, 3, 4, 5, 6, 7, 8]);
  instantiate(module, { env: { memory } }).exports["scale"]?.(0, 32);
  expect([...floats.subarray(0, 9)]).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 0]);
});

test("branches leave the block they name, from any depth", () => {
  const module = new ModuleBuilder();
  const f = module.function("pick", { params: ["i32"], results: ["i32"] }, { export: true });
  f.block((outer) => {
    f.block((inner) => {
      f.get(f.parameter(0));
      f.if(() => f.br(inner));
      f.i32Const(10);
      f.emit("return");
    });
    f.get(f.parameter(0));
    f.i32Const(1);
    f.emit("i32.eq");
    f.brIf(outer);
    f.i32Const(30);
    f.emit("return");
  });
  f.i32Const(20);
  const pick = instantiate(module).exports["pick"];
  expect([pick?.(0), pick?.(1), pick?.(2)]).toEqual([10, 20, 30]);
});

test("functions call imports, each other, and the table", () => {
  const module = new ModuleBuilder();
  const unary = { params: ["i32"], results: ["i32"] } as const;
  const imported = module.importFunction("env", "twice", unary);
  module.importTable("env", "table");
  const increment = module.function("increment", unary, { export: true });
  increment.get(increment.parameter(0));
  increment.i32Const(1);
  increment.emit("i32.add");
  const f = module.function("f", unary, { export: "entry" });
  f.get(f.parameter(0));
  f.call(imported);
  f.call(increment);
  f.i32Const(0);
  f.callIndirect(unary);
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  const instance = instantiate(module, { env: { twice: (x) => Number(x) * 2, table } });
  table.set(0, instance.exports["increment"] ?? null);
  expect(instance.exports["entry"]?.(5)).toBe(12);
});

test("an unknown import after a definition is refused", () => {
  const module = new ModuleBuilder();
  module.function("f", { params: [], results: [] });
  expect(() => module.importFunction("env", "late", { params: [], results: [] })).toThrow(
    "import env.late before defining functions",
  );
});

test("relaxed SIMD can be used where the probe says so", () => {
  const { simd, relaxedSimd, threads } = wasmFeatures();
  expect({ simd, threads }).toEqual({ simd: true, threads: true });
  const module = new ModuleBuilder();
  const f = module.function("f", { params: [], results: ["f32"] });
  for (const value of [2, 3, 4]) f.v128Const(f32x4(value));
  f.emit("f32x4.relaxed_madd");
  f.lane("f32x4.extract_lane", 0);
  expect(WebAssembly.validate(module.encode())).toBe(relaxedSimd);
});

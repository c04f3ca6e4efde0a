import { expect, test } from "vitest";
import { wasmFeatures } from "../../src/wasm/features.ts";
import { ModuleBuilder } from "../../src/wasm/module-builder.ts";
import {
  atomicOpcodes,
  laneOpcodes,
  loadOpcodes,
  memoryLaneOpcodes,
  plainOpcodes,
  storeOpcodes,
  structuredOpcodes,
  type AtomicInstruction,
  type LoadInstruction,
  type MemoryLaneInstruction,
  type StoreInstruction,
} from "../../src/wasm/opcodes.ts";

const allCodes: readonly (number | readonly [number, number])[] = [
  plainOpcodes,
  loadOpcodes,
  storeOpcodes,
  atomicOpcodes,
  laneOpcodes,
  memoryLaneOpcodes,
  structuredOpcodes,
].flatMap((table) => Object.values(table));

test("no two instructions have the same code", () => {
  const codes = allCodes.map((code) => (typeof code === "number" ? code : code[0]));
  expect(new Set(codes).size).toBe(codes.length);
});

// After `unreachable` operands may have any type, but an instruction's own results must fit: v128 where its name says so.
const resultTypes = {
  i8x16: "v128",
  i16x8: "v128",
  i32x4: "v128",
  i64x2: "v128",
  f32x4: "v128",
  f64x2: "v128",
  v128: "v128",
  i32: "i32",
  i64: "i64",
  f32: "f32",
  f64: "f64",
} as const;
const scalarResults =
  /any_true|all_true|bitmask|^i32\.|^(i64|f32|f64)\.(eqz|eq|ne|lt|gt|le|ge)(_[su])?$/;

test.each(Object.keys(plainOpcodes).filter((name) => name.includes(".")))(
  "the engine knows %s and gives the result its name says",
  (name) => {
    wasmFeatures();
    const lane = name.split(".")[0] ?? "";
    // Proof of the casts: names come from the table, and lanes of names are keys of the other one.
    const instruction = name as keyof typeof plainOpcodes;
    const result = scalarResults.test(name) ? "i32" : resultTypes[lane as keyof typeof resultTypes];
    const module = new ModuleBuilder();
    const f = module.function("f", { params: [], results: [result] });
    f.emit("unreachable");
    f.emit(instruction);
    expect(WebAssembly.validate(module.encode())).toBe(true);
  },
);

test("loads, stores and atomics validate with their natural alignment", () => {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", { shared: true });
  const f = module.function("f", { params: [], results: [] });
  // After `unreachable` any operands may be taken, and what an instruction leaves is forgotten at the next one.
  const alone = (emit: () => void): void => {
    f.emit("unreachable");
    emit();
  };
  // Proof of the casts: keys of the tables.
  for (const name of Object.keys(loadOpcodes)) alone(() => f.load(name as LoadInstruction));
  for (const name of Object.keys(storeOpcodes)) alone(() => f.store(name as StoreInstruction));
  for (const name of Object.keys(atomicOpcodes)) alone(() => f.atomic(name as AtomicInstruction));
  for (const name of Object.keys(memoryLaneOpcodes))
    alone(() => f.memoryLane(name as MemoryLaneInstruction, 0));
  alone(() => f.fence());
  alone(() => f.memoryCopy());
  alone(() => f.memoryFill());
  f.emit("unreachable");
  expect(WebAssembly.validate(module.encode())).toBe(true);
});

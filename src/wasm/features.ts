/** What the engine's WebAssembly can do, found out by validating tiny modules. */
import { environmentVariable } from "../base/environment-variable.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { setTurbo } from "./turbo.ts";
import { f32x4 } from "./vector-constant.ts";

export interface WasmFeatures {
  readonly simd: boolean;
  /** Fused multiply-add and the other instructions whose results may differ a little between machines. */
  readonly relaxedSimd: boolean;
  /** Shared memory and atomics. */
  readonly threads: boolean;
}

/** Set to 0, this environment variable keeps relaxed SIMD unused. */
const relaxedSimdVariable = "FULLGRAPH_RELAXED_SIMD";
/** Set to 1, this environment variable is `torch.backends.wasm.turbo = true` from the start. */
const turboVariable = "FULLGRAPH_TURBO";
const relaxedSimdFlag = "--experimental-wasm-relaxed-simd";

let known: WasmFeatures | null = null;

/**
 * The features, probed once. V8 of Node 20 has relaxed SIMD behind a flag that can be set while running, as long as no
 * module was compiled that depends on it; this sets it.
 */
export function wasmFeatures(): WasmFeatures {
  known ??= probe();
  return known;
}

function probe(): WasmFeatures {
  if (environmentVariable(turboVariable) === "1") setTurbo(true);
  if (typeof WebAssembly === "undefined")
    return { simd: false, relaxedSimd: false, threads: false };
  const simd = validates((f) => {
    f.v128Const(f32x4(1));
    f.emit("drop");
  });
  return { simd, relaxedSimd: simd && hasRelaxedSimd(), threads: validates((f) => f.fence()) };
}

function hasRelaxedSimd(): boolean {
  if (environmentVariable(relaxedSimdVariable) === "0") return false;
  const relaxedMadd = (f: FunctionBuilder): void => {
    for (let i = 0; i < 3; i++) f.v128Const(f32x4(1));
    f.emit("f32x4.relaxed_madd");
    f.emit("drop");
  };
  if (validates(relaxedMadd)) return true;
  setEngineFlag(relaxedSimdFlag);
  return validates(relaxedMadd);
}

/** Sets a flag of V8 where the host is Node; elsewhere there is nothing to set. */
function setEngineFlag(flag: string): void {
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") return;
  process.getBuiltinModule("node:v8").setFlagsFromString(flag);
}

function validates(body: (f: FunctionBuilder) => void): boolean {
  const module = new ModuleBuilder("probe");
  body(module.function("probe", { params: [], results: [] }));
  return WebAssembly.validate(module.encode());
}

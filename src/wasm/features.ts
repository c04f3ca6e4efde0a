/** What the engine's WebAssembly can do, found out by validating tiny modules. */
import { environmentVariable } from "../base/environment-variable.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { isRelaxedSimdForbidden, setRelaxedSimdFlag } from "./relaxed-simd-flag.ts";
import { setTurbo } from "./turbo.ts";
import { f32x4 } from "./vector-constant.ts";

export interface WasmFeatures {
  readonly simd: boolean;
  /** Fused multiply-add and the other instructions whose results may differ a little between machines. */
  readonly relaxedSimd: boolean;
  /** Shared memory and atomics. */
  readonly threads: boolean;
}

/** Set to 1, this environment variable is `torch.backends.wasm.turbo = true` from the start. */
const turboVariable = "FULLGRAPH_TURBO";

let known: WasmFeatures | null = null;

/** The features, probed once; sets the flag that relaxed SIMD needs on Node 20. */
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
  if (isRelaxedSimdForbidden()) return false;
  const relaxedMadd = (f: FunctionBuilder): void => {
    for (let i = 0; i < 3; i++) f.v128Const(f32x4(1));
    f.emit("f32x4.relaxed_madd");
    f.emit("drop");
  };
  if (validates(relaxedMadd)) return true;
  setRelaxedSimdFlag();
  return validates(relaxedMadd);
}

function validates(body: (f: FunctionBuilder) => void): boolean {
  const module = new ModuleBuilder("probe");
  body(module.function("probe", { params: [], results: [] }));
  return WebAssembly.validate(module.encode());
}

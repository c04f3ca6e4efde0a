/** The WebAssembly of kernels as text, for people who want to see what runs. */
import { kernelMemoryOrNull } from "../../runtime/kernel-memory.ts";
import { wasmFeatures } from "../../wasm/features.ts";
import { printModule } from "../../wasm/print-module.ts";
import type { LaunchGeometry } from "../backend.ts";
import { emitKernel } from "./emit-kernel.ts";
import { kernelTarget } from "./kernel-target.ts";
import { shapeKey } from "./loop-shape.ts";
import { planLoops } from "./plan-loops.ts";
import { reasonAgainst } from "./vector-support.ts";

/** One module with the kernels of the launches; those without vector code, and small launches, run as JavaScript. */
export function printKernelsAsWat(launches: readonly LaunchGeometry[]): string {
  const memory = kernelMemoryOrNull();
  if (memory === null || !wasmFeatures().simd) return ";; WebAssembly cannot be used here";
  const target = kernelTarget("kernels", memory.isShared);
  const seen = new Map<string, number>();
  const notes: string[] = [];
  for (const launch of launches) {
    const { kernel } = launch;
    const obstacle = reasonAgainst(kernel);
    if (obstacle !== null) {
      notes.push(`;; ${kernel.name} runs as JavaScript: ${obstacle}`);
      continue;
    }
    const { shape } = planLoops(launch);
    const key = `${kernel.name} ${shapeKey(shape)}`;
    const repeats = seen.get(kernel.name) ?? 0;
    if (seen.has(key)) continue;
    seen.set(key, 1).set(kernel.name, repeats + 1);
    const name = repeats === 0 ? kernel.name : `${kernel.name}_${repeats}`;
    emitKernel(target, { ...kernel, name }, shape);
  }
  return [...notes, printModule(target.module)].join("\n");
}

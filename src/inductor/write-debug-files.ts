/** `TORCH_COMPILE_DEBUG=1`: every stage of every compiled graph as a file. */
import { environmentVariable } from "../base/environment-variable.ts";
import { warnOnce } from "../base/logging.ts";
import type { GraphModule } from "../fx/graph-module-brand.ts";
import { printFusion, printOutputCode, printProgram, printWat } from "./print-program.ts";
import type { Program } from "./program.ts";

let folder: string | null = null;
let modelCount = 0;

/** Whether the environment asks for files. */
export function wantsDebugFiles(): boolean {
  return environmentVariable("TORCH_COMPILE_DEBUG") === "1" && typeof process !== "undefined";
}

/** Writes the graph, the recorded launches and what became of them. */
export function writeDebugFiles(
  graphModule: GraphModule,
  recorded: Program,
  scheduled: Program,
): void {
  const path = process.getBuiltinModule("node:path");
  const fs = process.getBuiltinModule("node:fs");
  const root = environmentVariable("TORCH_COMPILE_DEBUG_DIR") ?? "torch_compile_debug";
  folder ??= path.join(root, `run_${timestamp(new Date())}-pid_${process.pid}`, "torchinductor");
  const own = path.join(folder, `model__${modelCount++}`);
  const files: Readonly<Record<string, string>> = {
    "fx_graph_readable.txt": graphModule.print_readable({ print_output: false }),
    "ir_pre_fusion.txt": printProgram(recorded),
    "ir_post_fusion.txt": printProgram(scheduled),
    "fusion.txt": printFusion(scheduled),
    "output_code.txt": printOutputCode(scheduled),
    "kernels.wat": printWat(scheduled),
  };
  try {
    fs.mkdirSync(own, { recursive: true });
    for (const [name, text] of Object.entries(files))
      fs.writeFileSync(path.join(own, name), `${text}\n`);
  } catch (error) {
    // What helps to look at a program must not end it.
    warnOnce("TORCH_COMPILE_DEBUG", `TORCH_COMPILE_DEBUG cannot write to ${own}: ${String(error)}`);
  }
}

/** As in PyTorch: `2026_11_23_06_20_00_123`. */
const timestamp = (date: Date): string => date.toISOString().replace(/\D+/g, "_").replace(/_$/, "");

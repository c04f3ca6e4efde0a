/** Run as a process of its own: shares work with workers in the way its argument says, and then simply ends. */
import { kernelRuntime } from "../../src/runtime/kernel-runtime.ts";
import { argumentsAddress } from "../../src/runtime/memory-layout.ts";
import { countUnits, kernelModule } from "./test-kernels.ts";

const runtime = kernelRuntime();
runtime.setThreads(3);
const [kernel] = runtime.install(kernelModule(runtime.memory.isShared, countUnits), ["kernel"]);
if (kernel === undefined) throw new Error("no kernel");
const { address } = runtime.memory.own(4000, true);
runtime.memory.i32[argumentsAddress >>> 2] = address;
const array = new Int32Array(runtime.memory.buffer, address, 1000);
runtime.startWorkers();
const how = process.argv[2];
const until = Date.now() + (how === "at once" ? 0 : 500);
let rounds = 0;
do {
  runtime.launch(kernel, argumentsAddress, 1000, 10);
  rounds += 1;
} while (Date.now() < until);
const right = array.every((value, unit) => value === rounds * (unit + 1));
console.log(
  JSON.stringify({ right, shared: runtime.memory.isShared, workers: runtime.pool?.size ?? 0 }),
);
if (how === "asleep") setTimeout(() => console.log("end"), 300);
if (how === "exit") process.exit(0);

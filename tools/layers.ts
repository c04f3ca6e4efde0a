/** The layers of `src/`, lowest first: a file may import from its own layer and from those above it in this list. */
export const layers: readonly Layer[] = [
  { name: "base", job: "errors, config flags, logging, small data structures; knows no tensors" },
  { name: "script", job: "JavaScript text as functions, through the engine or interpreted" },
  { name: "symbolic", job: "symbolic numbers and booleans, their ranges and simplification" },
  { name: "wasm", job: "encoder of WebAssembly modules: instructions, functions, text form" },
  { name: "runtime", job: "kernel memory, installed modules, threads; knows no tensors" },
  { name: "core", job: "Tensor, dtype, shape, strides, storage, views, random numbers" },
  { name: "loops", job: "the kernel vocabulary: scalar expressions, loads, stores, reductions" },
  { name: "ops", job: "the operator set: one record per operator" },
  { name: "autograd", job: "tape, engine, grad modes" },
  { name: "fx", job: "graphs of operator calls: nodes, printer, interpreter, passes" },
  { name: "api", job: "the torch.* functions and Tensor methods, generated from the operator set" },
  { name: "nn", job: "modules, written only against the api" },
  { name: "optim", job: "optimisers, written only against the api" },
  { name: "data", job: "datasets and loaders, written only against the api" },
  { name: "io", job: "saving and loading, written only against the api" },
  { name: "dynamo", job: "the front end: source, bytecode, symbolic interpreter, guards, resume" },
  { name: "transform", job: "source code prepared for capture by a loader or bundler" },
  { name: "aot", job: "functionalisation, joint graphs, partitioning" },
  { name: "inductor", job: "lowering, fusion schedule, code generation, memory plan" },
  { name: "profiler", job: "times of kernels, as tables and traces" },
  { name: "node", job: "how the built package starts on Node" },
  { name: "compile.ts", job: "the only file that knows front end and back ends together" },
  { name: "index.ts", job: "the public entry point" },
];

export interface Layer {
  /** Folder (or file) under `src/`. */
  readonly name: string;
  readonly job: string;
}

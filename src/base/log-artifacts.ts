/** One kind of log record that `TORCH_LOGS` can turn on by name. */
export interface LogArtifact {
  readonly doc: string;
  /** Also printed when all of the front end logs, as `TORCH_LOGS=+dynamo` asks for. */
  readonly withDynamo: boolean;
}

/** Every kind of log record there is; all are off until asked for. */
export const logArtifacts = {
  graph_breaks: {
    doc: "Each graph break: reason, explanation, hints, user stack.",
    withDynamo: true,
  },
  graph_breaks_json: {
    doc: "Each graph break as one line of JSON: the same facts, what it costs, and the rewrite that avoids it.",
    withDynamo: false,
  },
  rewrites: {
    doc: "For each graph break that a change of the program avoids mechanically: the diff.",
    withDynamo: false,
  },
  dynamic: {
    doc: "For every size of the inputs of a compiled entry: static or dynamic, why, and which line decided.",
    withDynamo: true,
  },
  recompiles: { doc: "Each recompilation and the guards that failed.", withDynamo: true },
  guards: { doc: "The guards of each compiled entry, as a tree.", withDynamo: true },
  graph: { doc: "Each captured graph as a table of its nodes.", withDynamo: true },
  graph_code: { doc: "Each captured graph as JavaScript.", withDynamo: true },
  graph_sizes: { doc: "Dtype and shape of every value in each captured graph.", withDynamo: false },
  bytecode: {
    doc: "The bytecode of each function and the code that replaces it.",
    withDynamo: true,
  },
  schedule: { doc: "Each compiled graph as the steps that run it.", withDynamo: false },
  fusion: { doc: "Which operators of a graph became one kernel.", withDynamo: false },
  output_code: {
    doc: "The kernels of each compiled graph as loops, with the lines they come from.",
    withDynamo: false,
  },
  kernel_code: {
    doc: "The kernels of each compiled graph as WebAssembly text.",
    withDynamo: false,
  },
  autotuning: {
    doc: 'For products under mode "max-autotune": what was chosen, and the times. Differs from run to run.',
    withDynamo: false,
  },
  perf_hints: { doc: "What keeps kernels from being as fast as they could be.", withDynamo: false },
} as const satisfies Readonly<Record<string, LogArtifact>>;

export type LogArtifactName = keyof typeof logArtifacts;

export const logArtifactNames: ReadonlySet<string> = new Set(Object.keys(logArtifacts));

export function isLogArtifactName(name: string): name is LogArtifactName {
  return logArtifactNames.has(name);
}

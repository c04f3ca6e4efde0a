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
  recompiles: { doc: "Each recompilation and the guards that failed.", withDynamo: true },
  recompiles_verbose: { doc: "Each recompilation with every failed guard.", withDynamo: false },
  guards: { doc: "The guards of each compiled entry, as a tree.", withDynamo: true },
  graph: { doc: "Each captured graph as a table of its nodes.", withDynamo: true },
  graph_code: { doc: "Each captured graph as JavaScript.", withDynamo: true },
  graph_sizes: { doc: "Dtype and shape of every value in each captured graph.", withDynamo: false },
  bytecode: {
    doc: "The bytecode of each function and the code that replaces it.",
    withDynamo: true,
  },
  side_effects: { doc: "Each mutation that is replayed after a graph.", withDynamo: false },
  trace_source: { doc: "Each source line as it is traced.", withDynamo: true },
  trace_call: { doc: "Each traced call, with carets under it.", withDynamo: true },
  trace_bytecode: { doc: "Each traced instruction and its operand stack.", withDynamo: false },
  dynamic: { doc: "Each symbolic size, and what was decided about it.", withDynamo: false },
  skips: { doc: "Each function that runs as plain JavaScript, and why.", withDynamo: true },
  passes: { doc: "Each graph pass: what it changed and how long it took.", withDynamo: false },
} as const satisfies Readonly<Record<string, LogArtifact>>;

export type LogArtifactName = keyof typeof logArtifacts;

export const logArtifactNames: ReadonlySet<string> = new Set(Object.keys(logArtifacts));

export function isLogArtifactName(name: string): name is LogArtifactName {
  return logArtifactNames.has(name);
}

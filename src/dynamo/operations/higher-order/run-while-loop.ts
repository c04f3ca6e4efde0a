import { while_loop } from "../../../api/higher-order/while-loop.ts";

/** A sub-graph: gives the list of its outputs. */
type Subgraph = (...inputs: readonly unknown[]) => unknown;

/** What the node of a `while_loop` calls. */
export function runWhileLoop(
  test: Subgraph,
  step: Subgraph,
  carried: readonly [],
  operands: readonly unknown[],
): unknown {
  const outputs = (graph: Subgraph, values: readonly unknown[]): readonly unknown[] =>
    graph(...values, ...operands) as readonly unknown[]; // a subgraph gives the list of its outputs
  return while_loop(
    (...values) => outputs(test, values)[0] as boolean, // checked while capturing
    (...values) => outputs(step, values) as readonly [],
    carried,
  );
}

import type { ExplainOutput } from "../../../src/dynamo/explain.ts";
import * as torch from "../../../src/index.ts";

/** What one call of a function was captured as. */
export interface ExplainedCall {
  /** Names of the operators, graph by graph. */
  readonly graphs: readonly (readonly string[])[];
  /** How many values each graph gives back. */
  readonly outputs: readonly number[];
  /** Titles of the breaks, in order. */
  readonly breaks: readonly string[];
  /** Names of the resume functions that were made, in order; one that is made twice is there twice. */
  readonly resumes: readonly string[];
}

/** Captures `fn` afresh for one call: the part of a checklist case that the differential runner does not show. */
export function explainCall(
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
): ExplainedCall {
  torch._dynamo.reset();
  const output: ExplainOutput = Reflect.apply(torch._dynamo.explain(fn), undefined, args);
  const { resumes } = torch._dynamo.utils.counters;
  const names = Object.entries(resumes).flatMap(([name, count]) =>
    Array.from({ length: count }, () => name),
  );
  torch._dynamo.reset();
  return {
    graphs: output.ops_per_graph.map((names) => names.map(shortName)),
    outputs: output.graphs.map(({ graph }) => countOf(graph.output.args[0])),
    breaks: output.break_reasons.map(({ reason }) => reason.title),
    resumes: names,
  };
}

/** `add` for `torch.add` and for the method `add`. */
const shortName = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** A graph's output node holds one list of values. */
const countOf = (values: unknown): number => (Array.isArray(values) ? values.length : 1);

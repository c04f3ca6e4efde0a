import type * as Torch from "fullgraph";
import { NotCompilableError } from "../../src/inductor/not-compilable.ts";
import { recordGraph } from "../../src/inductor/record-graph.ts";
import { scheduleProgram } from "../../src/inductor/schedule/schedule-program.ts";
import type { Library } from "./operator-row.ts";

/** What a compiled call is made of, such as `2 kernels, routine sort`; `not captured` where it ends the graph. */
export function howItRuns(
  torch: Library,
  run: (...inputs: Torch.Tensor[]) => unknown,
  inputs: readonly Torch.Tensor[],
): string {
  let found = "not captured";
  const backend: Exclude<Torch.CompileOptions["backend"], string | undefined> = (graph, given) => {
    found = describeSteps(graph, given);
    return graph;
  };
  torch.compile(run, { backend })(...inputs);
  return found;
}

type Recorded = Parameters<Exclude<Torch.CompileOptions["backend"], string | undefined>>;

function describeSteps(graphModule: Recorded[0], inputs: Recorded[1]): string {
  try {
    const { steps } = scheduleProgram(recordGraph(graphModule.graph, inputs));
    const kernels = steps.filter(({ kind }) => kind === "launch").length;
    const templates = steps.filter(({ kind }) => kind === "template").length;
    const others = steps.flatMap((step) => {
      if (step.kind === "routine") return [`routine ${step.call.op.name}`];
      return step.kind === "call" ? [`call ${step.node.name}`] : [];
    });
    const counted = [
      ...(kernels > 0 ? [`${kernels} kernel${kernels > 1 ? "s" : ""}`] : []),
      ...(templates > 0 ? [`${templates} template${templates > 1 ? "s" : ""}`] : []),
    ];
    return [...counted, ...others].join(", ");
  } catch (error) {
    if (error instanceof NotCompilableError) return `operator by operator: ${error.message}`;
    throw error;
  }
}

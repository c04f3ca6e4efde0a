import * as torch from "fullgraph";
import { healingInputs, healingPrograms } from "../test/checklist/healing/healing-programs.ts";
import { medianOf, type Measurement } from "./measurement.ts";

/** What a branch on data costs in a graph, and what compiling one does. */
export function measureBranches(): readonly Measurement[] {
  return [
    callCost("a branch on data as torch.cond in one graph", { fullgraph: true }, 1),
    callCost("the same as two graphs with a break between", {}, 3),
    compileHealingPrograms(),
  ];
}

const branch = (x: torch.Tensor): torch.Tensor => {
  const y = x.mul(2);
  if (Number(y.sum()) > 0) return y.add(1).mul(3);
  return y.sub(1).mul(4);
};

/** A call, with the branch taken each way in turn. The graphs are counted: it must be the thing that is measured. */
function callCost(
  name: string,
  options: { readonly fullgraph?: boolean },
  graphs: number,
): Measurement {
  torch._dynamo.reset();
  const counter = new torch._dynamo.testing.CompileCounterWithBackend("inductor");
  const fn = torch.compile(branch, { ...options, backend: counter });
  const [up, down] = [torch.ones(64), torch.ones(64).neg()];
  const both = (): void => {
    fn(up);
    fn(down);
  };
  for (let warm = 0; warm < 2000; warm++) both();
  if (counter.frame_count !== graphs)
    throw new Error(`${name}: ${counter.frame_count} graphs, not ${graphs}`);
  const calls = 1000;
  const samples = Array.from({ length: 15 }, () => {
    const begin = performance.now();
    for (let call = 0; call < calls; call++) both();
    return ((performance.now() - begin) * 1000) / (2 * calls);
  });
  return { name, median: medianOf(samples), unit: "µs", target: 30 };
}

/** The time until all programs of the test suite have run once, compiled from nothing, per program. */
function compileHealingPrograms(): Measurement {
  const programs = Object.values(healingPrograms).flat();
  const [[x] = [torch.ones(3)]] = healingInputs();
  const samples = Array.from({ length: 5 }, () => {
    torch._dynamo.reset();
    const compiled = programs.map(([, fn]) => torch.compile(fn, { fullgraph: true }));
    const begin = performance.now();
    for (const fn of compiled) fn(x);
    return (performance.now() - begin) / programs.length;
  });
  const name = `compile a program with branches on data, mean of ${programs.length}`;
  return { name, median: medianOf(samples), unit: "ms", target: 10 };
}

import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Graph } from "../../src/fx/graph.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import { printProgram } from "../../src/inductor/print-program.ts";
import type { Program } from "../../src/inductor/program.ts";
import { recordGraph } from "../../src/inductor/record-graph.ts";
import { SchedulePattern } from "../../src/inductor/schedule/schedule-pattern.ts";
import {
  schedule,
  scheduleProgram,
  withSteps,
} from "../../src/inductor/schedule/schedule-program.ts";
import { randomGraph } from "./random-graph.ts";

function inputsFor(rows: number, columns: number): torch.Tensor[] {
  return [
    torch.ones(rows, columns),
    torch.ones(columns),
    torch.ones(columns, rows).t(),
    torch.ones(rows, columns, { dtype: torch.int64 }),
    torch.ones(2, rows, 2 * columns).narrow(2, 2, columns),
    torch.ones([]),
  ];
}

/** Graphs are made for some sizes: others may be wrong for them. */
function recordedOrNull(graph: Graph, inputs: readonly torch.Tensor[]): Program | null {
  try {
    return recordGraph(graph, inputs);
  } catch {
    return null;
  }
}

function scheduledFrom(first: Program, other: Program): Program | null {
  const { program, isMatched } = schedule(first);
  if (!isMatched) return null;
  const steps = new SchedulePattern(first, program.steps).stepsFor(other);
  return steps === null ? null : withSteps(other, steps);
}

test("a schedule taken over from other sizes is the one that these sizes get by themselves", () => {
  const sizes = [
    [4, 3],
    [5, 3],
    [4, 4],
    [7, 12],
    [1, 3],
    [40, 120],
    [400, 120],
  ] as const;
  let count = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const { graph } = randomGraph(inputsFor(4, 3), seed, 4 + (seed % 24));
    const programs = sizes.flatMap(
      ([rows, columns]) => recordedOrNull(graph, inputsFor(rows, columns)) ?? [],
    );
    for (const first of programs)
      for (const other of programs) {
        const scheduled = scheduledFrom(first, other);
        if (scheduled === null || first === other) continue;
        count += 1;
        const anew = scheduleProgram(other);
        expect(printProgram(scheduled), `seed ${seed}`).toBe(printProgram(anew));
        expect(scheduled.overwritten).toEqual(anew.overwritten);
      }
  }
  expect(count).toBeGreaterThan(50);
}, 120_000);

/** Whether the schedule for the first inputs is taken over for the others. */
function isTakenOver(
  fn: (...args: torch.Tensor[]) => unknown,
  first: readonly torch.Tensor[],
  other: readonly torch.Tensor[],
): boolean {
  const modules: GraphModule[] = [];
  const backend = (graphModule: GraphModule): GraphModule => {
    modules.push(graphModule);
    return graphModule;
  };
  torch.compile(fn, { backend, dynamic: true })(...first);
  const [program, changed] = [first, other].map((inputs) =>
    recordGraph(modules[0]?.graph ?? expect.fail("no graph"), inputs),
  );
  if (program === undefined || changed === undefined) return false;
  return scheduledFrom(program, changed) !== null;
}

test("sizes that are equal by chance, or 1, or of another order have a schedule of their own", () => {
  const fn = (x: torch.Tensor, y: torch.Tensor): torch.Tensor => x.add(y.sum(0)).mul(2);
  const inputs = (n: number, m: number): torch.Tensor[] => [torch.ones(n), torch.ones(m)];
  expect(isTakenOver(fn, inputs(5, 7), inputs(9, 6))).toBe(true);
  expect(isTakenOver(fn, inputs(5, 7), inputs(6, 6))).toBe(false);
  expect(isTakenOver(fn, inputs(5, 7), inputs(1, 7))).toBe(false);
  expect(isTakenOver(fn, inputs(5, 7), inputs(5000, 7))).toBe(false);
});

test("places that were found apart by arithmetic are looked at anew", () => {
  const fn = (x: torch.Tensor): torch.Tensor => {
    const y = x.clone();
    y.narrow(0, 0, 5).add_(1);
    return y.narrow(0, y.numel() - 5, 5).mul(2);
  };
  expect(isTakenOver(fn, [torch.ones(12)], [torch.ones(8)])).toBe(false);
});

import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { fake } from "./outcome.ts";
import { randomGraph } from "./random-graph.ts";
import { recordGraph } from "../../src/inductor/record-graph.ts";
import { scheduleProgram } from "../../src/inductor/schedule/schedule-program.ts";
import { planMemory } from "../../src/inductor/execution/memory-plan.ts";
import { accessOf } from "../../src/inductor/schedule/step-access.ts";
import type { Buffer, Program } from "../../src/inductor/program.ts";

/** A model of running the program: which buffer's values each byte holds. Gives the reads of bytes that are another's. */
function wrongReads(program: Program): string[] {
  const { offsets, zeroedBefore, arenaBytes, constants } = planMemory(program);
  const owners = new Array<Buffer | null>(arenaBytes).fill(null);
  const extent = (buffer: Buffer): [number, number] => {
    const start = offsets.get(buffer) ?? 0;
    return [start, start + buffer.length * buffer.dtype.itemsize];
  };
  const wrong: string[] = [];
  program.steps.forEach((step, index) => {
    if (constants.steps.has(step)) return;
    for (const buffer of zeroedBefore.get(index) ?? []) owners.fill(buffer, ...extent(buffer));
    const { reads, writes } = accessOf(program, step);
    for (const buffer of reads)
      if (offsets.has(buffer) && !owners.slice(...extent(buffer)).every((own) => own === buffer))
        wrong.push(`step ${index} reads buf${buffer.id}`);
    const written = [...writes].filter((buffer) => offsets.has(buffer));
    for (const buffer of written) owners.fill(buffer, ...extent(buffer));
    for (const buffer of written)
      if (!owners.slice(...extent(buffer)).every((own) => own === buffer))
        wrong.push(`step ${index} writes buf${buffer.id} and what overlaps it`);
  });
  return wrong;
}

function programOf(seed: number, length: number): Program {
  torch.manual_seed(seed);
  const inputs = [torch.randn(3, 4), torch.randn(4), torch.randn(4, 3).t(), torch.randn([])];
  const module = randomGraph(inputs, seed, length);
  return recordGraph(module.graph, inputs.map(fake));
}

test("no step of a random program reads an intermediate that another one has written over", () => {
  for (let seed = 1; seed <= 150; seed++) {
    const recorded = programOf(seed, 10 + (seed % 40));
    expect(wrongReads(recorded), `seed ${seed}, not fused`).toEqual([]);
    expect(wrongReads(scheduleProgram(recorded)), `seed ${seed}`).toEqual([]);
  }
});

function planOf(fn: (x: torch.Tensor) => torch.Tensor): ReturnType<typeof planMemory> {
  const plans: ReturnType<typeof planMemory>[] = [];
  const compiled = torch.compile(fn, {
    backend: (graphModule, examples) => {
      plans.push(planMemory(scheduleProgram(recordGraph(graphModule.graph, examples))));
      return graphModule;
    },
  });
  compiled(torch.ones(64, 64));
  const [plan] = plans;
  if (plan === undefined) throw new RangeError("nothing was captured");
  return plan;
}

test("a chain of kernels needs memory for two intermediates at a time", () => {
  const plan = planOf((x) => {
    let y = x;
    for (let step = 0; step < 6; step++) y = y.cumsum(step % 2);
    return y;
  });
  expect([plan.offsets.size, plan.arenaBytes, plan.separateBytes]).toEqual([
    5,
    2 * 64 * 64 * 4,
    5 * 64 * 64 * 4,
  ]);
});

test("what is returned is no intermediate", () => {
  expect(planOf((x) => x.mul(2).add(1)).offsets.size).toBe(0);
});

test("what no input takes part in is computed once", () => {
  const plan = planOf((x) => x.add(torch.arange(64).cumsum(0)));
  expect([plan.offsets.size, plan.constants.buffers.size > 0]).toEqual([0, true]);
});

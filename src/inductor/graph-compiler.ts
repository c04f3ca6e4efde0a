/** Makes graphs callable: as programs for the sizes they are called with, cut where something cannot be compiled. */
import { emit } from "../base/logging.ts";
import type { GraphModule } from "../fx/graph-module-brand.ts";
import { isGraphModule } from "../fx/graph-module-brand.ts";
import { isTensor } from "../core/tensor.ts";
import { type CallNode, mapArgument, printedTarget, type TargetFunction } from "../fx/node.ts";
import { runWhileLoop } from "../dynamo/operations/higher-order/run-while-loop.ts";
import type { ModuleStore } from "../loops/wasm/module-store.ts";
import { config } from "./config.ts";
import { kernelStore } from "./kernel-cache/kernel-store.ts";
import { logProgram } from "./log-program.ts";
import { type Cut, NotCompilableError } from "./not-compilable.ts";
import { cutGraph, foreignCalls } from "./pieces/cut-graph.ts";
import { pieceRunner, type Runner } from "./pieces/run-pieces.ts";
import { ProgramCache } from "./program-cache.ts";
import { type ProgramRun, programRunner } from "./program-runner.ts";
import { recordGraph } from "./record-graph.ts";
import { LoopRunner } from "./regions/loop-runner.ts";
import { ScheduleMemory } from "./schedule/schedule-memory.ts";
import { wantsDebugFiles, writeDebugFiles } from "./write-debug-files.ts";

type Settings = Parameters<typeof config.patch>[0];

export class GraphCompiler {
  readonly #settings: Settings;
  readonly #store: ModuleStore | null;
  readonly #tunes: boolean;
  readonly #wantsFiles = wantsDebugFiles();
  /** Sub-graphs by identity: those that do the same are one. */
  readonly #regions = new Map<GraphModule, Runner>();

  /** `settings` are flags of the configuration that hold for the graph and its sub-graphs. */
  constructor(settings: Settings) {
    this.#settings = settings;
    this.#store = config.patch(settings, kernelStore);
    this.#tunes = config.patch(settings, () => config.max_autotune);
  }

  /** Programs are made when there are inputs to make them for: now for the examples, if there are any. */
  compile(graphModule: GraphModule, exampleInputs: readonly unknown[] | null): Runner {
    const foreign = foreignCalls(graphModule.graph);
    if (foreign.length > 0) return this.#cut(graphModule, foreign) ?? graphModule;
    const cache = new ProgramCache<ProgramRun>();
    const schedules = new ScheduleMemory();
    const cutAt = new Map<CallNode, Runner>();
    const runnerFor = ({ cut, message }: NotCompilableError): Runner => {
      let runner = cut === null ? graphModule : cutAt.get(cut.node);
      if (runner === undefined || cut === null) {
        runner = (cut === null ? null : this.#cut(graphModule, [cut])) ?? graphModule;
        if (runner === graphModule)
          emit("perf_hints", `A graph runs operator by operator: ${message}.`);
        if (cut !== null) cutAt.set(cut.node, runner);
      }
      return runner;
    };
    const prepare = (inputs: readonly unknown[]): ProgramRun => {
      try {
        const { scheduled, isTakenOver } = this.#scheduleFor(graphModule, inputs, schedules);
        const run = programRunner(graphModule, scheduled, {
          isTrial: isTakenOver,
          store: this.#store,
          tunes: this.#tunes,
        });
        cache.add(inputs, scheduled, run);
        return run;
      } catch (error) {
        if (!(error instanceof NotCompilableError)) throw error;
        const runner = runnerFor(error);
        const run: ProgramRun = (given) => runner(...given);
        cache.add(inputs, null, run);
        return run;
      }
    };
    if (exampleInputs !== null) prepare(exampleInputs);
    return (...inputs) => (cache.find(inputs) ?? prepare(inputs))(inputs);
  }

  #cut(graphModule: GraphModule, cuts: readonly Cut[]): Runner | null {
    const pieces = cutGraph(graphModule.graph, cuts, ({ target }) => this.#target(target));
    if (pieces === null) return null;
    const places = cuts.map(({ node, place }) => `${place} ${printedTarget(node)}`);
    emit("perf_hints", `A graph runs in ${pieces.length} parts, cut ${places.join(", ")}.`);
    return pieceRunner(graphModule, pieces, ({ module, isForeign }) =>
      isForeign ? module : this.compile(module, null),
    );
  }

  /** What runs in the place of a function that may be given sub-graphs. */
  #target(target: TargetFunction): TargetFunction {
    if (target === runWhileLoop) return this.#whileLoop();
    const compiled = (argument: unknown): unknown => {
      // Hot path (bench: branches): most arguments are tensors, lists of them, and sub-graphs.
      if (typeof argument === "function")
        return isGraphModule(argument) ? this.#region(argument) : argument;
      if (isTensor(argument) || (Array.isArray(argument) && argument.every(isTensor)))
        return argument;
      return mapArgument(argument, (leaf) => (isGraphModule(leaf) ? this.#region(leaf) : leaf));
    };
    return (...args: readonly unknown[]): unknown => target(...args.map(compiled));
  }

  #whileLoop(): TargetFunction {
    const runner = new LoopRunner(
      (module, inputs) => this.#scheduleFor(module, inputs, new ScheduleMemory()).scheduled,
    );
    return (test: GraphModule, step: GraphModule, carried: readonly [], operands: readonly []) =>
      runner.run(test, step, carried, operands) ??
      runWhileLoop(this.#region(test), this.#region(step), carried, operands);
  }

  /** A sub-graph, compiled when it is called first. */
  #region(module: GraphModule): Runner {
    let runner = this.#regions.get(module);
    if (runner === undefined) this.#regions.set(module, (runner = this.compile(module, null)));
    return runner;
  }

  #scheduleFor(
    graphModule: GraphModule,
    inputs: readonly unknown[],
    schedules: ScheduleMemory,
  ): ReturnType<ScheduleMemory["schedule"]> {
    return config.patch(this.#settings, () => {
      const program = recordGraph(graphModule.graph, inputs);
      const result = schedules.schedule(program);
      logProgram(result.scheduled);
      if (this.#wantsFiles) writeDebugFiles(graphModule, program, result.scheduled);
      return result;
    });
  }
}

import { warn, warnOnce } from "../../base/logging.ts";
import type { GraphModule } from "../../fx/graph-module-brand.ts";
import { get_default_dtype } from "../../core/default-dtype.ts";
import { withGradMode } from "../../core/grad-mode-flag.ts";
import { RuntimeError } from "../../base/errors.ts";
import { config } from "../config.ts";
import { batchGrabs } from "../source/debugger-switch.ts";
import {
  arePatchesPutAside,
  describePatch,
  withBuiltinsOfProgram,
  withPristineBuiltins,
} from "../bytecode/pristine-builtins.ts";
import { returnCompletion } from "../bytecode/suspension.ts";
import { currentStance } from "../stance.ts";
import { counters, increment } from "../counters.ts";
import {
  BackendCompilerFailed,
  ConstraintViolationError,
  InternalTorchDynamoError,
  TorchDynamoException,
  Unsupported,
} from "../exc.ts";
import { GraphBreak, describeBreak } from "../graph-breaks/graph-break.ts";
import type { Frame } from "../interpreter/frame.ts";
import { earlierStop } from "./earlier-stop.ts";
import { Machine, type StopAtStep } from "../interpreter/machine.ts";
import type { Outcome } from "../interpreter/outcome.ts";
import { runMachine } from "../interpreter/run-machine.ts";
import { buildResidual, type ResidualCode } from "../residual/build-residual.ts";
import type { Continuation } from "../residual/tail-call.ts";
import { type Variable, describeForUser } from "../variables/variable.ts";
import { type CompiledEntry, type GuardFunction, compileGuards } from "./compiled-entry.ts";
import type { CompiledFunction } from "./compiled-function.ts";
import { logEntry } from "./log-entry.ts";
import {
  fixedStrictSizes,
  type SpecializedDim,
  specializedDims,
} from "../shapes/specialized-dims.ts";
import { sourceName } from "../variables/source.ts";
import { NumberRecords } from "./number-records.ts";
import { startSuspending } from "./drive-suspending.ts";
import { noteRecompile, recompilationOf } from "./recompiles.ts";
import {
  type Recompilation,
  type RecompileLimitHit,
  formatRecompile,
} from "../reports/format-recompile.ts";
import { type Backend, eager } from "../backends.ts";
import { distinguishingChecks } from "./distinguishing-checks.ts";
import { noteLeftMode } from "../operations/grad-mode.ts";
import { relianceOnPatch } from "./reliance-on-patch.ts";
import { type CostSoFar, reportBreak } from "./report-break.ts";
import { applySideEffectPolicy } from "./side-effect-policy.ts";
import { userFrameAt, userStack } from "./user-stack.ts";

/** What a unit begins with: the function itself, or the frames of a resume function. */
export interface UnitStart {
  /** `fn`, or `torch_dynamo_resume_in_fn_at_6`. */
  readonly name: string;
  frames(machine: Machine, receiver: unknown, inputs: readonly unknown[]): readonly Frame[];
  /** The same work by the engine alone. */
  runNatively(receiver: unknown, inputs: readonly unknown[]): unknown;
}

/** A piece of a compiled function that is entered as a whole: its compiled entries, tried in turn. */
export class Unit implements Continuation {
  readonly start: UnitStart;
  readonly owner: CompiledFunction;
  readonly entries: CompiledEntry[] = [];
  readonly numbers: NumberRecords;
  readonly recompilations: Recompilation[] = [];
  /** Set once the recompile limit was reported: from then on misses run natively. */
  limitHit: RecompileLimitHit | null = null;
  /** The cost of the break behind which this unit goes on. */
  cameFrom: CostSoFar | null = null;
  /** How many calls ran without any graph of this unit. */
  nativeCalls = 0;
  /** What tells the entries apart, for a stance that checks nothing else. */
  #distinguishing: readonly GuardFunction[] = [];
  #compilations = 0;
  #sawFirstCall = false;

  constructor(start: UnitStart, owner: CompiledFunction) {
    this.start = start;
    this.owner = owner;
    this.numbers = new NumberRecords(owner.options.dynamic);
  }

  /** Hot path (bench: dispatch). */
  step(receiver: unknown, inputs: readonly unknown[]): unknown {
    if (currentStance().skipsGuards) return this.#stepUnguarded(receiver, inputs);
    const { entries } = this;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      if (entry?.check(receiver, inputs) === true) {
        // The entry that served last is tried first.
        if (index > 0) {
          moveToFront(entries, index);
        }
        return entry.code(receiver, inputs);
      }
    }
    return this.#miss(receiver, inputs);
  }

  run(inputs: readonly unknown[]): unknown {
    return this.owner.drive(this, undefined, inputs);
  }

  /** As `step`, but in fixed order and looking only at what tells the entries apart. */
  #stepUnguarded(receiver: unknown, inputs: readonly unknown[]): unknown {
    if (this.#distinguishing.length !== this.entries.length)
      this.#distinguishing = distinguishingChecks(this.entries);
    const index = this.#distinguishing.findIndex((check) => check(receiver, inputs));
    const entry = this.entries[index];
    return entry === undefined ? this.#miss(receiver, inputs) : entry.code(receiver, inputs);
  }

  #miss(receiver: unknown, inputs: readonly unknown[]): unknown {
    if (this.limitHit !== null) return this.#native(receiver, inputs);
    const entry = withPristineBuiltins(() => this.#newEntry(receiver, inputs));
    return entry === null ? this.#native(receiver, inputs) : entry.code(receiver, inputs);
  }

  /** null: the call is to run natively. */
  #newEntry(receiver: unknown, inputs: readonly unknown[]): CompiledEntry | null {
    const refusal = this.cameFrom?.refusal ?? null;
    if (refusal !== null) throw new Unsupported(refusal);
    // A patch that cannot be undone is in the way of the compiler itself.
    const patch = arePatchesPutAside() ? describePatch() : null;
    if (patch !== null) {
      warnOnce(
        `patch of ${patch}`,
        `The ${patch} was changed for good: functions run as plain JavaScript. Change it with configurable: true, or before loading fullgraph.`,
      );
      return this.#refusePatch();
    }
    const stance = currentStance().name;
    const isFirstCall = !this.#sawFirstCall;
    this.#sawFirstCall = true;
    if (stance === "eager_then_compile" && isFirstCall) {
      this.numbers.noteInputs(inputs);
      return null;
    }
    // Not kept: it only serves to learn, while capturing, what varies.
    if (stance === "aot_eager_then_compile" && isFirstCall)
      return this.#compile(receiver, inputs, eager);
    if (this.entries.length > 0) {
      if (stance === "eager_on_recompile") return null;
      if (stance === "fail_on_recompile")
        throw new RuntimeError(formatRecompile(recompilationOf(this, receiver, inputs)));
      noteRecompile(this, receiver, inputs);
      if (this.limitHit !== null) return null;
    }
    const entry = this.#compile(receiver, inputs, this.owner.backend);
    if (withBuiltinsOfProgram(() => !entry.check(receiver, inputs))) {
      if (arePatchesPutAside()) return this.#refusePatch();
    }
    this.entries.unshift(entry);
    this.#distinguishing = [];
    return entry;
  }

  /** Nothing is kept: the patch may be undone. */
  #refusePatch(): null {
    increment(counters.graph_break, "Patched built-in that cannot be put aside");
    return null;
  }

  #compile(receiver: unknown, inputs: readonly unknown[], backend: Backend): CompiledEntry {
    counters.frames.total += 1;
    const index = this.#compilations++;
    try {
      const entry = batchGrabs(() => this.#capture(receiver, inputs, index, backend));
      counters.frames.ok += 1;
      return entry;
    } catch (error) {
      if (error instanceof TorchDynamoException || this.owner.options.fullgraph) {
        if (!(config.suppress_errors && error instanceof BackendCompilerFailed)) throw error;
      }
      if (!config.suppress_errors)
        throw error instanceof TorchDynamoException ? error : new InternalTorchDynamoError(error);
      warn(`WON'T CONVERT ${this.start.name}\ndue to: ${String(error)}`);
      return {
        index,
        guards: [],
        inputCount: inputs.length,
        check: compileGuards([], inputs.length),
        code: this.#native,
        operationCount: null,
        sizes: [],
        symbols: null,
      };
    }
  }

  readonly #native: ResidualCode = (receiver, inputs) => {
    this.nativeCalls += 1;
    return this.start.runNatively(receiver, inputs);
  };

  #capture(
    receiver: unknown,
    inputs: readonly unknown[],
    index: number,
    backend: Backend,
    stop: StopAtStep | null = null,
  ): CompiledEntry {
    const machine = new Machine(this.numbers, this.owner.captureOptions, stop);
    let outcome: Outcome;
    let cost: CostSoFar | null = null;
    try {
      machine.tracer.frames.push(...this.start.frames(machine, receiver, inputs));
      outcome = runMachine(machine);
    } catch (error) {
      if (!(error instanceof GraphBreak)) throw error;
      return this.#skip(machine, inputs, index, error); // the frame itself cannot be interpreted
    }
    const earlier = earlierStop(machine, outcome);
    if (earlier !== null) return this.#capture(receiver, inputs, index, backend, earlier);
    if (outcome.kind !== "throw") noteLeftMode(machine.tracer);
    const reliance = relianceOnPatch(machine, receiver, inputs);
    if (reliance !== null) return this.#capture(receiver, inputs, index, backend, reliance);
    if (outcome.kind === "throw") {
      // Somebody called a generator's `return`: nothing of the program throws.
      if (isLeft(machine, outcome.value))
        return this.#entry(machine, inputs, index, this.#native, null);
      const reason = describeBreak(
        "observedException",
        thrownFacts(machine, outcome.value),
        "uncaught throw",
      );
      return this.#skip(machine, inputs, index, new GraphBreak(reason));
    }
    if (outcome.kind === "break") {
      if (outcome.graphBreak.skipsFrame)
        return this.#skip(machine, inputs, index, outcome.graphBreak);
      if (!outcome.graphBreak.isSilent)
        cost = reportBreak(this, machine, outcome.graphBreak, false);
    }
    // Nothing of torch happens before the end: the engine does it faster and leaves better stack traces.
    if (
      outcome.kind === "return" &&
      machine.tracer.graph.callCount === 0 &&
      !config.debug_force_residual_code
    )
      return this.#entry(machine, inputs, index, this.#native, null);
    const suspends = this.owner.isRoot(this)
      ? (machine.tracer.frames[0]?.code.suspends ?? null)
      : null;
    try {
      const residual = buildResidual(machine, outcome, (shapes, symbolic) => {
        const unit = this.owner.resumeUnit(shapes, symbolic);
        unit.cameFrom ??= cost;
        return unit;
      });
      applySideEffectPolicy(machine.tracer, this.start, () =>
        userStack(machine.tracer.frames, this.start.name, this.owner.isRoot(this)),
      );
      machine.tracer.nameSizes();
      const runGraph =
        residual.graphModule === null
          ? null
          : machine.tracer.gradMode.writesToLeaf
            ? this.#compileUnchecked(residual.graphModule, residual.exampleInputs, backend)
            : this.#compileGraph(residual.graphModule, residual.exampleInputs, backend);
      if (residual.graphModule !== null) {
        // No line of the program asks for these: every operation depends on them.
        const { atEntry } = machine.tracer.gradMode;
        machine.tracer.guards.add({ kind: "GRAD_MODE", enabled: atEntry }, null);
        machine.tracer.guards.add({ kind: "DEFAULT_DTYPE", dtype: get_default_dtype() }, null);
      }
      const code = residual.link(runGraph);
      const { owner } = this;
      const started: ResidualCode =
        suspends === null
          ? code
          : (receiver, given) =>
              startSuspending(suspends, owner.fn, owner.finish, () => code(receiver, given));
      return this.#entry(machine, inputs, index, started, residual.graphModule);
    } catch (error) {
      if (!(error instanceof GraphBreak)) throw error;
      return this.#skip(machine, inputs, index, error); // a value cannot be made real
    }
  }

  /**
   * A graph that writes to a leaf under `no_grad`. Whether an operator may is all that the mode decides, and the capture
   * has checked it: the whole graph runs as under `no_grad`.
   */
  #compileUnchecked(
    graphModule: GraphModule,
    exampleInputs: readonly unknown[],
    backend: Backend,
  ): (...inputs: readonly unknown[]) => unknown {
    const run = withGradMode(false, () => this.#compileGraph(graphModule, exampleInputs, backend));
    return (...inputs) => withGradMode(false, () => run(...inputs));
  }

  #compileGraph(
    graphModule: GraphModule,
    exampleInputs: readonly unknown[],
    backend: Backend,
  ): (...inputs: readonly unknown[]) => unknown {
    counters.stats.unique_graphs += 1;
    if (arePatchesPutAside()) graphModule.prepare();
    counters.stats.calls_captured += graphModule.graph.calls.length;
    this.owner.noteGraph(graphModule);
    try {
      return backend(graphModule, exampleInputs);
    } catch (error) {
      const name = backend === this.owner.backend ? this.owner.backendName : backend.name;
      throw new BackendCompilerFailed(name, error);
    }
  }

  /** The whole unit runs natively for calls like this one: guarded, so that later good calls are still compiled. */
  #skip(
    machine: Machine,
    inputs: readonly unknown[],
    index: number,
    graphBreak: GraphBreak,
  ): CompiledEntry {
    reportBreak(this, machine, graphBreak, true);
    return this.#entry(machine, inputs, index, this.#native, null);
  }

  /** `mark_dynamic` promises that one compile serves all sizes; a program that fixes the size breaks the promise. */
  #refuseSpecialization({ tracer }: Machine): void {
    const refuse = (fixed: SpecializedDim, marked: string, alternative: string): never => {
      const name = `${sourceName(fixed.source)}.size()[${fixed.dim}]`;
      const frame = fixed.place === null ? null : userFrameAt(fixed.place);
      throw new ConstraintViolationError(
        `You marked ${name} as ${marked}, but your code specialized it to be a constant (${fixed.size}): ${fixed.cause}.\n` +
          `${alternative}, or change the code so that it does not depend on the exact size.`,
        frame === null ? [] : [frame],
      );
    };
    const isMarked = tracer.sizeDecisions.some(({ dims }) =>
      dims.some(({ mark }) => mark?.kind === "dynamic"),
    );
    const fixed = isMarked
      ? specializedDims(tracer.sizeDecisions, tracer.guards.guards, tracer.shapes)
      : [];
    for (const each of fixed.filter(({ mark }) => mark === "dynamic"))
      refuse(
        each,
        "dynamic",
        "Use torch._dynamo.maybe_mark_dynamic if the size may be specialised",
      );
    for (const each of fixedStrictSizes(tracer.strictSizes, tracer.assumptions))
      refuse(each, "unbacked", "Leave out strict if the program may fix the size");
  }

  #entry(
    machine: Machine,
    inputs: readonly unknown[],
    index: number,
    code: ResidualCode,
    graphModule: GraphModule | null,
  ): CompiledEntry {
    machine.tracer.guardAgainstAliasing();
    const { shapes, sizeDecisions } = machine.tracer;
    this.#refuseSpecialization(machine);
    if (!shapes.isEmpty) machine.tracer.guards.add({ kind: "SHAPES", trace: shapes }, null);
    const { guards } = machine.tracer.guards;
    const operationCount = code === this.#native ? null : (graphModule?.graph.calls.length ?? 0);
    this.cameFrom?.noteAfter(operationCount ?? 0);
    const entry: CompiledEntry = {
      index,
      guards,
      inputCount: inputs.length,
      check: compileGuards(guards, inputs.length),
      code,
      operationCount,
      sizes: sizeDecisions,
      symbols: machine.tracer.nameSizes(),
    };
    logEntry(this, entry, graphModule);
    return entry;
  }
}

/** By index: the program may have patched what arrays have for it. */
function moveToFront(entries: CompiledEntry[], from: number): void {
  for (let index = from; index > 0; index--) {
    const moved = entries[index];
    const before = entries[index - 1];
    if (moved === undefined || before === undefined) return;
    entries[index - 1] = moved;
    entries[index] = before;
  }
}

function isLeft(machine: Machine, thrown: Variable): boolean {
  const value = machine.force(thrown);
  return "value" in value && value.value === returnCompletion;
}

/** Class and message of an error that leaves the compiled function, as far as they are known before it is thrown. */
function thrownFacts(
  machine: Machine,
  thrown: Variable,
): { readonly errorClass: string; readonly message: string } {
  const value = machine.force(thrown);
  if (value.kind !== "object")
    return { errorClass: describeForUser(value), message: describeForUser(value) };
  const slot = value.properties.get("message");
  const message = slot?.kind === "data" ? machine.force(slot.value) : null;
  // An operator threw it while its metadata was computed.
  if (slot === undefined && value.value instanceof Error)
    return { errorClass: value.value.constructor.name, message: value.value.message };
  return {
    errorClass: value.error?.constructor.name ?? value.prototype?.constructor?.name ?? "Error",
    message: message?.kind === "constant" ? String(message.value) : "",
  };
}

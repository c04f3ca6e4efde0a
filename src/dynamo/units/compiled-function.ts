import type { GraphModule } from "../../fx/graph-module-brand.ts";
import type { Backend } from "../backends.ts";
import { runUntil } from "../interpreter/run-machine.ts";
import { healBranch } from "../healing/heal-branch.ts";
import { config } from "../config.ts";
import { counters, increment } from "../counters.ts";
import type { GraphBreakRecord } from "../graph-breaks/graph-break-record.ts";
import type { CaptureOptions } from "../interpreter/capture-options.ts";
import { displayName, placeOf } from "../interpreter/places.ts";
import { polyfillName } from "../interpreter/polyfill.ts";
import type { SymbolicInput } from "../residual/break-writer.ts";
import {
  type FrameShape,
  InputReader,
  frameFromInputs,
  shapeKey,
} from "../residual/frame-shape.ts";
import { tailCall, takeTail } from "../residual/tail-call.ts";
import { currentStance, isCompilingDisabled } from "../stance.ts";
import { rootStart } from "./root-start.ts";
import { runFramesNatively } from "../residual/run-frames-natively.ts";
import { Unit } from "./unit.ts";

/** What `torch.compile` was asked for. */
export interface CompileRequest {
  readonly fullgraph: boolean;
  readonly dynamic: boolean | null;
  readonly recompileLimit: number | null;
}

/** Sees what a compiled function captures while it is being explained. */
export interface CaptureObserver {
  graph(graphModule: GraphModule): void;
  graphBreak(record: GraphBreakRecord): void;
}

/** Everything that belongs to one `torch.compile` handle: its units, each with its entries. */
export class CompiledFunction {
  readonly fn: Function;
  readonly options: CompileRequest;
  readonly backend: Backend;
  readonly backendName: string;
  readonly captureOptions: CaptureOptions;
  observer: CaptureObserver | null = null;
  /** Serial number of the handle, as in `0/1`. */
  readonly id: number;
  #root: Unit;
  readonly #resumes = new Map<string, Unit>();
  /** The same function for the backends that stances forced on it. */
  readonly #forced = new Map<Backend, CompiledFunction>();
  static #count = 0;

  constructor(fn: Function, options: CompileRequest, backend: Backend, backendName: string) {
    this.id = CompiledFunction.#count++;
    this.fn = fn;
    this.options = options;
    this.backend = backend;
    this.backendName = backendName;
    this.captureOptions = {
      fullgraph: options.fullgraph,
      captureScalarOutputs: () =>
        options.fullgraph || config.auto_cond || config.capture_scalar_outputs,
      interpret: runUntil,
      healBranch: (machine, frame) =>
        options.fullgraph || config.auto_cond ? healBranch(machine, frame) : null,
      captureDynamicOutputShapes: () =>
        options.fullgraph || config.capture_dynamic_output_shape_ops,
    };
    this.#root = new Unit(rootStart(fn), this);
  }

  /** A call of the compiled function. Hot path (bench: dispatch). */
  call(receiver: unknown, args: readonly unknown[]): unknown {
    if (isCompilingDisabled() || config.disable) return Reflect.apply(this.fn, receiver, args);
    const { forcedBackend } = currentStance();
    if (forcedBackend !== null && forcedBackend.run !== this.backend) {
      const { run, name } = forcedBackend;
      let other = this.#forced.get(run);
      if (other === undefined) {
        other = new CompiledFunction(this.fn, this.options, run, name);
        this.#forced.set(run, other);
      }
      return other.call(receiver, args);
    }
    return this.drive(this.#root, receiver, args);
  }

  /** Runs units until one returns: residual code goes on in the next unit by a tail call. */
  drive(first: Unit, receiver: unknown, inputs: readonly unknown[]): unknown {
    return this.finish(first.step(receiver, inputs));
  }

  /** Goes on from the result of residual code until a frame returns or stops. */
  readonly finish = (start: unknown): unknown => {
    let result = start;
    while (result === tailCall) {
      const { unit, inputs: next } = takeTail();
      result = unit instanceof Unit ? unit.step(undefined, next) : unit.run(next);
    }
    return result;
  };

  /** The resume function for a stack of frames: shared by all calls and entries that stop at the same place. */
  resumeUnit(shapes: readonly FrameShape[], symbolic: readonly SymbolicInput[]): Unit {
    const key = shapeKey(shapes);
    let unit = this.#resumes.get(key);
    if (unit === undefined) {
      const name = resumeName(shapes);
      increment(counters.resumes, name);
      unit = new Unit(
        {
          name,
          frames: (machine, _, inputs) => {
            const reader = new InputReader(inputs);
            return shapes.map((shape) => frameFromInputs(machine, shape, reader));
          },
          runNatively: (_, inputs) => runFramesNatively(shapes, inputs),
        },
        this,
      );
      this.#resumes.set(key, unit);
    }
    unit.numbers.addSymbolicInputs(symbolic);
    return unit;
  }

  /** The function itself first, then the places where it went on after a graph break. */
  get units(): readonly Unit[] {
    return [this.#root, ...this.#resumes.values()];
  }

  isRoot(unit: Unit): boolean {
    return unit === this.#root;
  }

  get isExplaining(): boolean {
    return this.observer !== null;
  }

  noteGraph(graphModule: GraphModule): void {
    this.observer?.graph(graphModule);
  }

  noteBreak(record: GraphBreakRecord): void {
    this.observer?.graphBreak(record);
  }

  /** Forgets everything compiled. */
  reset(): void {
    this.#root = new Unit(rootStart(this.fn), this);
    this.#resumes.clear();
    this.#forced.clear();
  }
}

function resumeName(shapes: readonly FrameShape[]): string {
  const shape = shapes.findLast(({ code }) => polyfillName(code) === null) ?? shapes.at(-1);
  if (shape === undefined) return "torch_dynamo_resume";
  const place = placeOf(shape.code, Math.max(0, shape.pc - 1));
  return `torch_dynamo_resume_in_${displayName(shape.code)}_at_${place?.position.line ?? 0}`;
}

import { RuntimeError } from "../base/errors.ts";
import { nodeBuiltin } from "../base/node-builtin.ts";
import { observeLaunches } from "../loops/run-computation.ts";
import { chromeTrace } from "./chrome-trace.ts";
import { EventRecorder } from "./event-recorder.ts";
import type { FunctionEvent } from "./function-event.ts";
import { averageEvents, type KeyAverages } from "./key-averages.ts";

export interface ProfileOptions {
  /** Whether the user's call stack is kept for eager operators too; takes some microseconds each. */
  readonly with_stack?: boolean;
}

/** What the options of `key_averages` make rows of their own. */
export interface GroupingOptions {
  readonly group_by_input_shape?: boolean;
}

let running: EventRecorder | null = null;

/** What ran between `start` and `stop`. */
export class Profile implements Disposable {
  readonly #withStack: boolean;
  #recorder: EventRecorder | null = null;

  constructor({ with_stack = false }: ProfileOptions = {}) {
    this.#withStack = with_stack;
  }

  /**
   * Starts recording; what was recorded before is forgotten.
   * @throws RuntimeError while another profile is on.
   */
  start(): void {
    if (running !== null) {
      throw new RuntimeError(
        "torch.profiler: a profile is on already, and kernels report to one at a time; stop it first",
      );
    }
    running = new EventRecorder(this.#withStack);
    this.#recorder = running;
    observeLaunches(running);
  }

  /** Stops recording. Does nothing if it was stopped. */
  stop(): void {
    if (running === null || running !== this.#recorder) return;
    running = null;
    observeLaunches(null);
  }

  /** Stops it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** All that ran, in the order in which it ended. */
  events(): readonly FunctionEvent[] {
    return this.#recorder?.events ?? [];
  }

  /** Events of one name and one line of the program together. */
  key_averages({ group_by_input_shape = false }: GroupingOptions = {}): KeyAverages {
    return averageEvents(this.events(), group_by_input_shape);
  }

  /**
   * Writes a trace that `chrome://tracing` and https://ui.perfetto.dev show.
   * @throws RuntimeError where there are no files (browsers).
   */
  export_chrome_trace(path: string): void {
    const files = nodeBuiltin("fs");
    if (files === null) {
      throw new RuntimeError(
        `torch.profiler: cannot write ${path}, since there are no files here; JSON.stringify(profile) gives the text`,
      );
    }
    files.writeFileSync(path, JSON.stringify(this));
  }

  /** The Chrome trace. */
  toJSON(): object {
    return chromeTrace(this.events());
  }
}

/**
 * Records which kernels run, for how long, and what they reach in GB/s and GFLOP/s: while `body` runs, or from now on
 * until the profile is stopped or disposed of. One profile at a time.
 *
 * A time is that of a launch, with all threads it uses; the making of its code is an event of its own. Bytes are those
 * of operands and results, so GB/s can exceed what the memory has when caches serve them.
 *
 * Differs: Kernels are recorded, not calls of operators, which fusion takes apart. There is no schedule.
 * @throws RuntimeError while another profile is on.
 *
 * @example
 * ```ts
 * torch.profiler.profile(() => torch.ones(1000).sin()).key_averages().table()
 * ```
 * @see record_function names parts of a program.
 */
export function profile(options?: ProfileOptions): Profile;
export function profile(body: () => Promise<unknown>, options?: ProfileOptions): Promise<Profile>;
export function profile(body: () => unknown, options?: ProfileOptions): Profile;
export function profile(
  first?: (() => unknown) | ProfileOptions,
  second?: ProfileOptions,
): Profile | Promise<Profile> {
  const own = new Profile(typeof first === "function" ? second : first);
  own.start();
  if (typeof first !== "function") return own;
  let result: unknown;
  try {
    result = first();
  } catch (error) {
    own.stop();
    throw error;
  }
  if (result instanceof Promise) {
    return result.then(() => own).finally(() => own.stop());
  }
  own.stop();
  return own;
}

/** Makes events of pieces of work that begin and end, some inside others. */
import { captureUserStack } from "../dynamo/source/capture-user-stack.ts";
import { InternalError } from "../base/errors.ts";
import type { LaunchObserver, ObservedWork } from "../loops/observe-launches.ts";
import type { FunctionEvent } from "./function-event.ts";

interface OpenEvent {
  readonly work: ObservedWork;
  readonly stack: readonly string[];
  readonly began: number;
  /** Time of the events inside it, in milliseconds. */
  inside: number;
}

export class EventRecorder implements LaunchObserver {
  readonly events: FunctionEvent[] = [];
  readonly #origin = performance.now();
  readonly #withStack: boolean;
  readonly #open: OpenEvent[] = [];

  constructor(withStack: boolean) {
    this.#withStack = withStack;
  }

  begin(work: ObservedWork): void {
    const stack = this.#stackOf(work);
    this.#open.push({ work, stack, began: performance.now(), inside: 0 });
  }

  end(): void {
    const ended = performance.now();
    const closed = this.#open.pop();
    if (closed === undefined) throw new InternalError("an event ended that had not begun");
    const { work, stack, began, inside } = closed;
    const total = ended - began;
    const around = this.#open[this.#open.length - 1];
    if (around !== undefined) around.inside += total;
    this.events.push({
      name: work.name,
      kind: work.kind,
      start: (began - this.#origin) * 1000,
      cpu_time_total: total * 1000,
      self_cpu_time_total: (total - inside) * 1000,
      bytes: work.cost?.bytes ?? 0,
      flops: work.cost?.flops ?? 0,
      input_shapes: work.shapes,
      stack,
    });
  }

  #stackOf({ source }: ObservedWork): readonly string[] {
    if (source !== null) return [`${source.file}:${source.line}: ${source.code.trim()}`];
    if (!this.#withStack) return [];
    return captureUserStack().map(({ file, line, functionName }) =>
      functionName === null ? `${file}:${line}` : `${file}:${line}: ${functionName}`,
    );
  }
}

/** Tells an observer what runs: how the profiler sees kernels. Costs nothing while there is none. */
import type { Shape } from "../core/shape.ts";
import { stateOf, type TensorBase } from "../core/tensor.ts";
import type { Backend, Launch, LaunchSource, PreparedLaunch } from "./backend.ts";
import { costOfContraction, costOfLaunch, type WorkCost } from "./launch-cost.ts";
import type { TemplateLaunch } from "./template.ts";

/** One piece of work that is timed. */
export interface ObservedWork {
  readonly kind: "kernel" | "template" | "routine" | "compilation" | "user_annotation";
  readonly name: string;
  /** Null where it is not known: for routines and what is no computation. */
  readonly cost: WorkCost | null;
  /** Of the iteration space of kernels, and of the results of routines. */
  readonly shapes: readonly Shape[];
  /** The user's line that compiled code comes from. */
  readonly source: LaunchSource | null;
}

export interface LaunchObserver {
  begin(work: ObservedWork): void;
  /** Ends the work that began last. */
  end(): void;
}

let observer: LaunchObserver | null = null;

/** Only `run-computation.ts` sets it, together with the backend. */
export function setObserver(next: LaunchObserver | null): void {
  observer = next;
}

/** Runs `body` as a piece of work that the observer, if there is one, is told of. */
export function observeWork<Result>(describe: () => ObservedWork, body: () => Result): Result {
  const own = observer;
  if (own === null) return body();
  own.begin(describe());
  try {
    return body();
  } finally {
    own.end();
  }
}

/** An operator's own code. */
export function observeRoutine(
  name: string,
  outputs: readonly TensorBase[],
  source: LaunchSource | null,
  body: () => void,
): void {
  observeWork(
    () => ({
      kind: "routine",
      name,
      cost: null,
      shapes: outputs.map((output) => stateOf(output).shape),
      source,
    }),
    body,
  );
}

/** The making of a kernel's code. */
export function observeCompilation<Result>(name: string, body: () => Result): Result {
  if (observer === null) return body();
  return observeWork(
    () => ({ kind: "compilation", name: `compile ${name}`, cost: null, shapes: [], source: null }),
    body,
  );
}

/** A backend that tells of every launch that it passes on. */
export function observedBackend(inner: Backend): Backend {
  return {
    name: inner.name,
    run: (launch) =>
      observeWork(
        () => workOfLaunch(launch),
        () => inner.run(launch),
      ),
    prepare: (launch) => {
      const prepared = inner.prepare?.(launch) ?? null;
      return prepared === null ? null : observedPreparation(prepared, workOfLaunch(launch));
    },
    runTemplate: (launch) =>
      observeWork(
        () => workOfTemplate(launch),
        () => inner.runTemplate(launch),
      ),
    reset: () => inner.reset(),
  };
}

/** Takes the description rather than the launch, which would keep the first tensors alive. */
function observedPreparation(prepared: PreparedLaunch, work: ObservedWork): PreparedLaunch {
  return (tensors) =>
    observeWork(
      () => work,
      () => prepared(tensors),
    );
}

function workOfLaunch(launch: Launch): ObservedWork {
  const { kernel, parallel, fold, source = null } = launch;
  const shapes = fold.length === 0 ? [parallel] : [parallel, fold];
  return { kind: "kernel", name: kernel.name, cost: costOfLaunch(launch), shapes, source };
}

function workOfTemplate(launch: TemplateLaunch): ObservedWork {
  const { kernel, axes, source = null } = launch;
  const shapes = [axes.batch, axes.rows, axes.columns, axes.inner];
  return { kind: "template", name: kernel.name, cost: costOfContraction(launch), shapes, source };
}

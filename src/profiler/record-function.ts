import { observeWork } from "../loops/observe-launches.ts";

/**
 * Runs `body`, which must be synchronous, as an event of its own in the profile that is on; without one, just runs it.
 *
 * @example
 * ```ts
 * torch.profiler.record_function("forward", () => torch.ones(3).mul(2))
 * ```
 */
export function record_function<Result>(name: string, body: () => Result): Result {
  return observeWork(
    () => ({ kind: "user_annotation", name, cost: null, shapes: [], source: null }),
    body,
  );
}

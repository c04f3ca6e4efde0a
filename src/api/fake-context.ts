import { RuntimeError, ValueError } from "../base/errors.ts";
import { DataDependentError } from "../core/data-dependent-error.ts";

/** What the fake of a custom operator can ask for. */
export interface FakeContext {
  /** A size of the result that only running the operator tells, at least `min` and at most `max`. */
  new_dynamic_size(range?: { readonly min?: number; readonly max?: number }): number;
}

/** Which end of its range a size that only running tells takes, while a capture finds out where such sizes go. */
type SizeChoice = "low" | "high";

interface RunningFake {
  readonly qualname: string;
  readonly context: FakeContext;
}

let running: RunningFake | null = null;
let choice: SizeChoice | null = null;

/**
 * `torch.library.get_ctx`: inside the fake of a custom operator, the means to say what only running the operator tells.
 *
 * @throws RuntimeError outside of a fake.
 * @example
 * ```ts
 * const positions = torch.library.custom_op(
 *   "demo::positions", { schema: "(Tensor x) -> Tensor", mutates_args: [] },
 *   (x: torch.Tensor) => x.nonzero(),
 * );
 * positions.register_fake((x) => {
 *   const count = torch.library.get_ctx().new_dynamic_size();
 *   return torch.empty([count, x.dim()], { dtype: torch.int64 });
 * });
 * ```
 * @see https://docs.pytorch.org/docs/stable/library.html
 */
export function get_ctx(): FakeContext {
  if (running === null) {
    throw new RuntimeError(
      "torch.library.get_ctx() can only be called in the function given to register_fake of a custom operator",
    );
  }
  return running.context;
}

/** Runs the fake of an operator. */
export function runFakeImplementation<Result>(qualname: string, fake: () => Result): Result {
  const before = running;
  running = { qualname, context: { new_dynamic_size: (range) => newDynamicSize(qualname, range) } };
  try {
    return fake();
  } finally {
    running = before;
  }
}

/** Runs something with sizes that only running tells at one end of their ranges; without it they are errors. */
export function withDynamicSizes<Result>(wanted: SizeChoice, body: () => Result): Result {
  const before = choice;
  choice = wanted;
  try {
    return body();
  } finally {
    choice = before;
  }
}

/** No size is meant to be so large: a range without an end ends this far from its beginning. */
const span = 7;

function newDynamicSize(
  qualname: string,
  { min = 0, max = Infinity }: { readonly min?: number; readonly max?: number } = {},
): number {
  if (!Number.isInteger(min) || min < 0 || !(max >= min)) {
    throw new ValueError(
      `new_dynamic_size(min=${min}, max=${max}) in the fake of ${qualname}: expected integers with 0 <= min <= max`,
    );
  }
  if (choice === null) throw new DataDependentError(qualname, "shape");
  return choice === "low" ? min : Math.min(max, min + span);
}

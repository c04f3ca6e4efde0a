import { didYouMean } from "../base/did-you-mean.ts";
import { RuntimeError, ValueError } from "../base/errors.ts";
import { type Backend, lookup_backend } from "./backends.ts";

/**
 * `force_eager`: nothing is captured or looked up. `eager_on_recompile`: a call that fits no entry runs natively once
 * something is compiled; `fail_on_recompile`: it throws, with the guards that failed. `eager_then_compile`: the first
 * call runs natively, the second is captured and knows what varied; `aot_eager_then_compile`: the first call is captured
 * too, and runs its graph operation by operation.
 */
const stances = [
  "default",
  "force_eager",
  "eager_on_recompile",
  "fail_on_recompile",
  "eager_then_compile",
  "aot_eager_then_compile",
] as const;
export type Stance = (typeof stances)[number];

export interface StanceOptions {
  /** Check only what tells the entries of a function apart: right only once every kind of call has been compiled. */
  readonly skip_guard_eval_unsafe?: boolean;
  /** Compile with this backend instead of that of each function; what it compiles is kept apart. */
  readonly force_backend?: string | Backend | null;
}

/** A stance with its options, as compiled functions ask for it. */
export interface StanceSetting {
  readonly name: Stance;
  readonly skipsGuards: boolean;
  readonly forcedBackend: { readonly name: string; readonly run: Backend } | null;
}

const defaultSetting: StanceSetting = { name: "default", skipsGuards: false, forcedBackend: null };
let setting = defaultSetting;
let disabledDepth = 0;

type AnyFunction = (this: never, ...args: never[]) => unknown;

/** What `set_stance` gives: disposing of it sets the stance back; calling it limits the stance to one function. */
export interface StanceHandle extends Disposable {
  <Fn extends AnyFunction>(fn: Fn, context?: ClassMethodDecoratorContext): Fn;
}

/**
 * `torch.compiler.set_stance`: how compiled functions behave from now on, in one of three ways: until it is set again; in
 * the block of `using _ = set_stance(…)`; or, where a function is given to the result, during its calls only.
 *
 * @param name "default", "force_eager", "eager_on_recompile", "fail_on_recompile", "eager_then_compile" or
 * "aot_eager_then_compile".
 * @throws ValueError for a stance that does not exist; nothing is changed then.
 * @throws RuntimeError for `force_backend` with a stance other than "default".
 * @example
 * ```ts
 * const checked = torch.compiler.set_stance("fail_on_recompile")((x: torch.Tensor) => compiled(x));
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch.compiler.set_stance.html
 */
export function set_stance(name: Stance, options: StanceOptions = {}): StanceHandle {
  const next = checkStance(name, options);
  const before = setting;
  setting = next;
  const restore = (): void => {
    setting = before;
  };
  const limitTo = <Fn extends AnyFunction>(fn: Fn): Fn => {
    if (typeof fn !== "function")
      throw new TypeError(`set_stance("${name}") wraps a function, but got ${typeof fn}`);
    restore();
    return withStance(next, fn);
  };
  return Object.assign(limitTo, { [Symbol.dispose]: restore });
}

function checkStance(name: Stance, options: StanceOptions): StanceSetting {
  if (!stances.includes(name)) {
    throw new ValueError(
      `invalid stance "${String(name)}".${didYouMean(String(name), stances)} Expected one of ${stances.map((each) => `"${each}"`).join(", ")}`,
    );
  }
  const { skip_guard_eval_unsafe: skipsGuards = false, force_backend: forced = null } = options;
  if (typeof skipsGuards !== "boolean")
    throw new TypeError(
      `set_stance: skip_guard_eval_unsafe must be a boolean, but got ${typeof skipsGuards}`,
    );
  if (forced === null) return { name, skipsGuards, forcedBackend: null };
  if (name !== "default") {
    throw new RuntimeError(
      `set_stance: force_backend goes with the stance "default" only, but the stance is "${name}"`,
    );
  }
  const run = lookup_backend(forced);
  const backendName = typeof forced === "string" ? forced : forced.name;
  return { name, skipsGuards, forcedBackend: { name: backendName, run } };
}

function withStance<Fn extends AnyFunction>(during: StanceSetting, fn: Fn): Fn {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    const before = setting;
    setting = during;
    try {
      return Reflect.apply(fn, this, args);
    } finally {
      setting = before;
    }
  };
  Object.defineProperty(wrapper, "name", { value: fn.name, configurable: true });
  Object.defineProperty(wrapper, "length", { value: fn.length, configurable: true });
  return wrapper as unknown as Fn; // same parameters, receiver and result as `fn`
}

export const currentStance = (): StanceSetting => setting;

/** Inside a function given to `torch.compiler.disable`, everything below runs eagerly. */
export function runDisabled<Result>(body: () => Result): Result {
  disabledDepth += 1;
  try {
    return body();
  } finally {
    disabledDepth -= 1;
  }
}

export const isCompilingDisabled = (): boolean =>
  disabledDepth > 0 || setting.name === "force_eager";

export function resetStance(): void {
  setting = defaultSetting;
}

import { ValueError } from "../base/errors.ts";

/**
 * `force_eager`: nothing is captured or looked up. `eager_on_recompile`: a call that fits no entry runs natively once
 * something is compiled; `fail_on_recompile`: it throws, with the guards that failed. `eager_then_compile`: the first
 * call runs natively, the second is captured.
 */
const stances = [
  "default",
  "force_eager",
  "eager_on_recompile",
  "fail_on_recompile",
  "eager_then_compile",
] as const;
export type Stance = (typeof stances)[number];

let stance: Stance = "default";
let disabledDepth = 0;

/** `torch.compiler.set_stance`: how compiled functions behave from now on. Gives a function that sets it back. */
export function set_stance(name: Stance): Disposable {
  if (!stances.includes(name)) {
    throw new ValueError(
      `invalid stance "${String(name)}": expected one of ${stances.map((each) => `"${each}"`).join(", ")}`,
    );
  }
  const before = stance;
  stance = name;
  return {
    [Symbol.dispose]: () => {
      stance = before;
    },
  };
}

export const currentStance = (): Stance => stance;

/** Inside a function given to `torch.compiler.disable`, everything below runs eagerly. */
export function runDisabled<Result>(body: () => Result): Result {
  disabledDepth += 1;
  try {
    return body();
  } finally {
    disabledDepth -= 1;
  }
}

export const isCompilingDisabled = (): boolean => disabledDepth > 0 || stance === "force_eager";

export function resetStance(): void {
  stance = "default";
}

/** Whether operations are recorded for the backward pass. */
import { gradModeEnabled, setGradMode, withGradMode } from "../core/grad-mode-flag.ts";

/** Whether gradients are recorded now. */
export function is_grad_enabled(): boolean {
  return gradModeEnabled();
}

/** Turns the recording of gradients on or off until further notice. */
export function set_grad_enabled(mode: boolean): void {
  setGradMode(mode);
}

/** Runs `body`, which must be synchronous, without recording gradients. */
export function no_grad<Result>(body: () => Result): Result {
  return withGradMode(false, body);
}

/** Runs `body`, which must be synchronous, recording gradients even inside `no_grad`. */
export function enable_grad<Result>(body: () => Result): Result {
  return withGradMode(true, body);
}

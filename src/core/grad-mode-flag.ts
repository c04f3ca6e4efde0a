/** Whether operations record gradients. It lives below the operators because in-place checks read it. */

let enabled = true;

export function gradModeEnabled(): boolean {
  return enabled;
}

export function setGradMode(next: boolean): void {
  enabled = next;
}

export function withGradMode<Result>(mode: boolean, body: () => Result): Result {
  const saved = enabled;
  enabled = mode;
  try {
    return body();
  } finally {
    enabled = saved;
  }
}

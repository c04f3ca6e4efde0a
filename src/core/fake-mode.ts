/** Fake mode: factories give tensors without data, random functions draw nothing. */

let depth = 0;

/** Runs `body` in fake mode. It must be synchronous. */
export function runFake<Result>(body: () => Result): Result {
  depth += 1;
  try {
    return body();
  } finally {
    depth -= 1;
  }
}

let dataChecks = 0;

/** An operator that throws for some data ran on fakes, which cannot tell. */
export function noteDataCheck(): void {
  dataChecks += 1;
}

/** How many there were, for who wants to know whether `body` had any. */
export function dataCheckCount(): number {
  return dataChecks;
}

export function isFakeMode(): boolean {
  return depth > 0;
}

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

export function isFakeMode(): boolean {
  return depth > 0;
}

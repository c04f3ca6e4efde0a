/** What became of one test in one mode. */
export interface Verdict {
  /** The file's path below the root, and the mode. */
  readonly id: string;
  readonly kind: VerdictKind;
  /** Why it fell back or differs, without what varies from test to test: what is counted. */
  readonly reason: string;
  /** The error or place, for the reader. */
  readonly detail: string;
}

export type VerdictKind =
  /** The engine itself does not pass it inside a function: says nothing about the front end. */
  | "native-fail"
  /** Passes compiled, and no frame was left to the engine. */
  | "equal"
  /** Passes, but some frame ran natively: `reason` says why. */
  | "fell-back"
  /** Passes natively and fails compiled, or the capture believed in an error that does not happen. */
  | "different"
  /** Passes natively, and did not end in time compiled. */
  | "timed-out"
  /** The worker process died. */
  | "crashed";

import type { Verdict, VerdictKind } from "./verdict.ts";

/** The counts that the command prints. A file counts once in each of its modes. */
export interface Tally {
  readonly usable: number;
  readonly native_pass: number;
  readonly compiled_equal: number;
  readonly fell_back: number;
  readonly different: number;
  readonly timed_out: number;
  readonly fell_back_by_reason: Readonly<Record<string, number>>;
  readonly different_by_reason: Readonly<Record<string, number>>;
  /** Every test that is neither equal nor fell back. */
  readonly failures: readonly Verdict[];
}

const failing: ReadonlySet<VerdictKind> = new Set(["different", "timed-out", "crashed"]);

export function tally(verdicts: readonly Verdict[]): Tally {
  const count = (...kinds: readonly VerdictKind[]): number =>
    verdicts.filter(({ kind }) => kinds.includes(kind)).length;
  return {
    usable: verdicts.length,
    native_pass: verdicts.length - count("native-fail"),
    compiled_equal: count("equal"),
    fell_back: count("fell-back"),
    different: count("different", "crashed"),
    timed_out: count("timed-out"),
    fell_back_by_reason: countReasons(verdicts, ["fell-back"]),
    different_by_reason: countReasons(verdicts, ["different", "timed-out", "crashed"]),
    failures: verdicts.filter(({ kind }) => failing.has(kind)),
  };
}

function countReasons(
  verdicts: readonly Verdict[],
  kinds: readonly VerdictKind[],
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { kind, reason } of verdicts)
    if (kinds.includes(kind)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
}

import * as torch from "../../../src/index.ts";
import { redirectLogs, resetLogging } from "../../../src/base/logging.ts";

export interface RecordedRecompiles<Result> {
  readonly result: Result;
  /** For each recompilation, the reason of every entry that did not fit, newest entry first. */
  readonly reasons: readonly (readonly string[])[];
  /** Everything that was logged. */
  readonly log: string;
}

/** Runs something with `TORCH_LOGS=recompiles` and gives back what that printed. */
export function recordRecompiles<Result>(run: () => Result): RecordedRecompiles<Result> {
  let log = "";
  const restore = redirectLogs((text) => {
    log += text;
  });
  torch._logging.set_logs({ recompiles: true });
  try {
    const result = run();
    return { result, reasons: reasonsIn(log), log };
  } finally {
    restore();
    resetLogging();
  }
}

/** The part of a line between the entry's number (`- 0/1: `) and the source line (`  # …`). */
function reasonsIn(log: string): string[][] {
  const records = log.split("Recompiling function ").slice(1);
  return records.map((record) =>
    [...record.matchAll(/^ {4}- \d+\/\d+: (.*?)(?: {2}# .*)?$/gm)].map(([, reason = ""]) => reason),
  );
}

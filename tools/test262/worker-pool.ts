import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Verdict } from "./verdict.ts";
import type { Assignment, WorkerStart } from "./worker.ts";

/** After so many tests a worker is replaced: what tests leave behind adds up. */
const testsPerWorker = 400;

/** Judges all tests in `count` processes; one that dies or stops answering is replaced, and its test is told apart. */
export async function judgeAll(
  assignments: readonly Assignment[],
  count: number,
  start: WorkerStart,
  report: (verdict: Verdict) => void,
): Promise<void> {
  const queue = assignments[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (;;) {
      const ended = await runWorker(queue, start, report);
      if (ended) return;
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
}

/** One process until it is used up; true when there are no tests left. */
function runWorker(
  queue: Iterator<Assignment>,
  start: WorkerStart,
  report: (verdict: Verdict) => void,
): Promise<boolean> {
  const worker: ChildProcess = spawn(
    process.execPath,
    [
      ...process.execArgv,
      "--max-old-space-size=1500",
      fileURLToPath(new URL("worker.ts", import.meta.url)),
      JSON.stringify(start),
    ],
    { stdio: ["ignore", "ignore", "ignore", "ipc"] },
  );
  // Both runs may take their whole limit, and a loop that only microtasks keep alive never ends.
  const patience = start.timeLimit * 8 + 10_000;
  return new Promise((resolve) => {
    let current: Assignment | null = null;
    let isHung = false;
    let isUsedUp = false;
    let isEmpty = false;
    let judged = 0;
    const hang = (): void => {
      isHung = true;
      worker.kill("SIGKILL");
    };
    let timer = setTimeout(hang, 60_000);
    worker.on("message", (message: Verdict | "ready") => {
      clearTimeout(timer);
      if (message !== "ready") {
        report(message);
        judged += 1;
      }
      current = null;
      if (judged < testsPerWorker) {
        const next = queue.next();
        if (next.done === true) isEmpty = true;
        else {
          current = next.value;
          timer = setTimeout(hang, patience);
          worker.send(next.value);
          return;
        }
      }
      isUsedUp = true;
      worker.kill("SIGKILL");
    });
    worker.on("close", () => {
      clearTimeout(timer);
      if (!isUsedUp && current !== null) {
        const id = `${current.path} ${current.mode}`;
        report(
          isHung
            ? { id, kind: "timed-out", reason: "the process hung", detail: "" }
            : { id, kind: "crashed", reason: "the process died", detail: "" },
        );
      }
      resolve(isEmpty);
    });
  });
}

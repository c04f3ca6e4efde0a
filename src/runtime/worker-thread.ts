/** One worker thread, in Node or in a browser. */
import { nodeBuiltin } from "../base/node-builtin.ts";
import { workerSource, type WorkerStart } from "./worker-source.ts";

export interface WorkerThread {
  readonly thread: number;
  /** Whether it is known to have ended. Answered at once, also in the middle of a job. */
  hasEnded(): boolean;
  terminate(): void;
}

/**
 * Starts a worker; null where workers cannot be started. It never keeps the process alive. `onEnd` is called some time
 * after it ended.
 */
export function startWorker(start: WorkerStart, onEnd: () => void): WorkerThread | null {
  const threads = nodeBuiltin("worker_threads");
  try {
    return threads === null ? startWebWorker(start, onEnd) : startNodeWorker(threads, start, onEnd);
  } catch {
    return null; // forbidden by a permission model or a content security policy
  }
}

function startNodeWorker(
  threads: typeof import("node:worker_threads"),
  start: WorkerStart,
  onEnd: () => void,
): WorkerThread {
  // Its other end closes with the worker, however that ends, and from then on posting answers false.
  const { port1, port2 } = new threads.MessageChannel();
  const worker = new threads.Worker(workerSource, {
    eval: true,
    // Loaders and options of the program are nothing to a thread that runs one small script.
    execArgv: [],
    env: {},
    name: `fullgraph ${start.thread}`,
    workerData: { ...start, port: port2 },
    transferList: [port2],
  });
  let ended = false;
  const end = (): void => {
    ended = true;
    port1.close();
    onEnd();
  };
  worker.on("exit", end);
  worker.on("error", () => undefined); // without a listener it would be an uncaught exception of the program
  worker.unref();
  port1.unref();
  // @types/node says void; Node gives whether there was anybody to post to. Bun and Deno give undefined.
  const post = (): unknown => port1.postMessage(null);
  return {
    thread: start.thread,
    hasEnded: () => ended || post() === false,
    terminate: () => void worker.terminate(),
  };
}

interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onerror: (() => void) | null;
}

function startWebWorker(start: WorkerStart, onEnd: () => void): WorkerThread | null {
  // The types of browsers are not among those of this project; these are the parts of Worker that are used.
  const Worker = Reflect.get(globalThis, "Worker") as (new (url: string) => WebWorker) | undefined;
  if (Worker === undefined) return null;
  const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  const worker = new Worker(url);
  let ended = false;
  worker.onerror = () => {
    ended = true;
    onEnd();
  };
  worker.postMessage(start);
  return { thread: start.thread, hasEnded: () => ended, terminate: () => worker.terminate() };
}

import { resolveObjectURL } from "node:buffer";
import { Worker as NodeWorker } from "node:worker_threads";

/**
 * Gives Node the `Worker` of browsers, for scripts made of a blob: libraries that start threads only where they find
 * one can then be measured at their best.
 */
export function installBrowserWorker(threads: number): void {
  Object.defineProperty(globalThis, "Worker", { value: BrowserWorker, configurable: true });
  const navigator = { hardwareConcurrency: threads };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
}

/** What a browser's worker finds in its global scope. */
const prelude = `{
  const { parentPort } = require("node:worker_threads");
  globalThis.self = globalThis;
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  parentPort.on("message", (data) => globalThis.onmessage?.({ data }));
}
`;

class BrowserWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onerror: ((error: unknown) => void) | null = null;
  readonly #worker: Promise<NodeWorker>;

  constructor(url: string | URL) {
    // At once: the caller may revoke the URL when the constructor returns.
    const blob = resolveObjectURL(String(url));
    if (blob === undefined) throw new TypeError(`no blob under ${String(url)}`);
    this.#worker = blob.text().then((source) => {
      const worker = new NodeWorker(prelude + source, { eval: true });
      worker.unref();
      worker.on("message", (data: unknown) => this.onmessage?.({ data }));
      worker.on("error", (error) => this.onerror?.(error));
      return worker;
    });
  }

  postMessage(message: unknown): void {
    void this.#worker.then((worker) => worker.postMessage(message));
  }

  terminate(): void {
    void this.#worker.then((worker) => worker.terminate());
  }
}

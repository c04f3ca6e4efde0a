/**
 * What a worker thread runs, as text: it must start from a bundle, from TypeScript sources and in a browser alike, without
 * a file of its own.
 */
import { trapKind } from "./kernel-failure.ts";
import { control, threadSlots } from "./memory-layout.ts";
import { serveReasons } from "./thread-module.ts";

/** What a worker is given to start with. */
export interface WorkerStart {
  readonly memory: WebAssembly.Memory;
  readonly threadModule: Uint8Array;
  readonly thread: number;
}

/** Before the bytes of a module: address of the next record, first table index, bytes of the module, bytes of the names. */
export const moduleRecord = {
  next: 0,
  table: 4,
  moduleBytes: 8,
  nameBytes: 12,
  header: 16,
} as const;

export const workerSource = `"use strict";
const work = ({ memory, threadModule, thread }) => {
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 0 });
  const env = { memory, table };
  const runtime = new WebAssembly.Instance(new WebAssembly.Module(threadModule), { env }).exports;
  const imports = { env, runtime };
  const decoder = new TextDecoder();
  let words = new Int32Array(memory.buffer);
  let modules = 0;
  let link = ${control.firstModule};
  const install = () => {
    words = new Int32Array(memory.buffer);
    for (const count = Atomics.load(words, ${control.moduleCount >>> 2}); modules !== count; modules++) {
      const record = words[link >>> 2] >>> 0;
      const first = words[(record + ${moduleRecord.table}) >>> 2];
      const moduleBytes = words[(record + ${moduleRecord.moduleBytes}) >>> 2];
      const nameBytes = words[(record + ${moduleRecord.nameBytes}) >>> 2];
      const start = record + ${moduleRecord.header};
      const bytes = new Uint8Array(memory.buffer, start, moduleBytes + nameBytes).slice();
      const names = JSON.parse(decoder.decode(bytes.subarray(moduleBytes)));
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes.subarray(0, moduleBytes)), imports);
      if (table.length < first + names.length) table.grow(first + names.length - table.length + 64);
      names.forEach((name, index) => table.set(first + index, exports[name]));
      link = record + ${moduleRecord.next};
    }
  };
  for (;;) {
    try {
      const reason = runtime.serve(modules);
      if (reason === ${serveReasons.left}) return;
    } catch {
      // A kernel trapped: its chunk counts as done, and the forking thread learns why.
      runtime.fail(${trapKind}, 0, 0n, 0n);
      Atomics.store(words, ${control.isWorking >>> 2} + (thread % ${threadSlots}), 0);
      if (Atomics.sub(words, ${control.pending >>> 2}, 1) === 1 && Atomics.load(words, ${control.joinSleeps >>> 2}) === 1)
        Atomics.notify(words, ${control.pending >>> 2});
    }
    install();
  }
};
if (typeof require === "function") {
  const { workerData } = require("node:worker_threads");
  work(workerData);
} else {
  onmessage = ({ data }) => work(data);
}
`;

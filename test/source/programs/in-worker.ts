import { isMainThread, Worker } from "node:worker_threads";

if (isMainThread) {
  // Loaders given on the command line do not reach workers on every Node version.
  const load = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(import.meta.url)}); })`;
  const worker = new Worker(load, { eval: true });
  worker.on("error", (error) => {
    console.error(error);
    process.exitCode = 1;
  });
} else await import("./everything.ts");

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "./progress.ts";

/** Pinned: numbers of different versions cannot be compared. None of them is a dependency of the package. */
const packages: Readonly<Record<string, string>> = {
  "@tensorflow/tfjs": "4.22.0",
  "@tensorflow/tfjs-backend-cpu": "4.22.0",
  "@tensorflow/tfjs-backend-wasm": "4.22.0",
  "onnxruntime-web": "1.30.0",
  "onnxruntime-node": "1.30.0",
  "@jax-js/jax": "0.1.25",
};

/** Installs the peers into a folder of their own, unless they are there. */
export async function installPeers(directory: string, progress: Progress): Promise<void> {
  const missing = Object.entries(packages).filter(
    ([name, version]) => installedVersion(directory, name) !== version,
  );
  if (missing.length === 0) return;
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ name: "fullgraph-bench-peers", private: true }),
  );
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const title = `installing ${names.join(" ")} into ${directory}`;
  progress.begin(title);
  const begin = performance.now();
  const timer = setInterval(() => {
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    progress.note(`${title}: ${seconds} s`);
  }, 1000);
  try {
    // onnxruntime-node's library for the CPU comes with the package; its script would only download that for CUDA.
    await npm(directory, ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...names]);
  } finally {
    clearInterval(timer);
  }
}

function installedVersion(directory: string, name: string): string | null {
  const manifest = join(directory, "node_modules", name, "package.json");
  if (!existsSync(manifest)) return null;
  // A package.json that npm installed.
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function npm(directory: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else
        reject(new Error(`npm ${args.join(" ")} ended with ${code} in ${directory}:\n${errors}`));
    });
  });
}

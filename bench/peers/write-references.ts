import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { referenceResult } from "./references.ts";
import type { Progress } from "./progress.ts";
import { workloadById } from "./workloads.ts";

/** What the references depend on: another text of these files makes new ones. */
const sources = ["workloads.ts", "operands.ts", "references.ts"];

/**
 * Computes each workload's reference once and keeps it as float32 in the folder; gives the files by workload.
 * Rounding it adds 6e-8, far below the tolerance.
 */
export function writeReferences(
  directory: string,
  ids: readonly string[],
  progress: Progress,
): Readonly<Record<string, string>> {
  const folder = join(directory, "references", sourcesHash());
  mkdirSync(folder, { recursive: true });
  return Object.fromEntries(
    ids.map((id) => {
      const file = join(folder, `${id}.f32`);
      if (!existsSync(file)) {
        progress.begin(`computing the reference of ${id}`);
        const values = Float32Array.from(referenceResult(workloadById(id)));
        // Under its name only when it is whole: another run may be looking.
        writeFileSync(`${file}.${process.pid}`, values);
        renameSync(`${file}.${process.pid}`, file);
      }
      return [id, file];
    }),
  );
}

function sourcesHash(): string {
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(new URL(file, import.meta.url)));
  return hash.digest("hex").slice(0, 12);
}

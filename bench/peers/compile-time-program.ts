import { pathToFileURL } from "node:url";
import type * as Torch from "fullgraph";
import { measureCompile } from "../compile-time.ts";
import type { PeerTask } from "./peer-program.ts";
import { formatRecord } from "./peer-record.ts";

/** Run in a process of its own: how long our own compiler takes for a large graph. */
// Written by run-peer.ts.
const task = JSON.parse(process.argv[2] ?? "null") as PeerTask;
// The built package: its types are those of the sources.
const torch = (await import(pathToFileURL(task.setup.library).href)) as typeof Torch;
const { median } = measureCompile(torch);
process.stdout.write(`${formatRecord({ kind: "compile time", milliseconds: median })}\n`);
process.exit(0);

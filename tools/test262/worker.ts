/** A process that judges the tests it is sent, one after the other. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";
import { compilerFileName } from "./compiler-script.ts";
import { judgeTest, type JudgeOptions } from "./judge-test.ts";
import { RealmFactory } from "./realm.ts";
import { type Mode, readTestFile } from "./test-file.ts";

export interface WorkerStart extends JudgeOptions {
  /** The file that holds the compiler as a script. */
  readonly compiler: string;
}

export interface Assignment {
  readonly path: string;
  readonly mode: Mode;
}

const argument = process.argv[2] ?? "";
const start = JSON.parse(argument) as WorkerStart; // what the pool passes
const compiler = new vm.Script(readFileSync(start.compiler, "utf8"), {
  filename: compilerFileName,
});
const factory = new RealmFactory(start.root, compiler);
// What a test leaves behind may fail later, in the next one's time.
process.on("unhandledRejection", () => undefined);
process.on("uncaughtException", () => undefined);
process.on("message", ({ path, mode }: Assignment) => {
  const file = readTestFile(path, readFileSync(join(start.root, path), "utf8"));
  if (typeof file === "string") throw new Error(`${path} is no usable test`);
  void judgeTest(factory, file, mode, start).then((verdict) => process.send?.(verdict));
});
process.send?.("ready");

import { environmentVariable } from "./environment-variable.ts";
import type { LogArtifactName } from "./log-artifacts.ts";
import { enabledBySettings, logHelp, parseLogSettings } from "./log-settings.ts";
import type { LogSettings } from "./log-settings.ts";

/** Receives finished log text, newline included. */
export type LogSink = (text: string) => void;

/** Null until the environment has been looked at, which the first question does. */
let enabled: ReadonlySet<LogArtifactName> | null = null;
let sink: LogSink = writeToDefault;
/** Whether the sink has had a record, after which the next one needs a blank line before it. */
let hasRecords = false;
const warned = new Set<string>();

/** Whether records of this kind are wanted; ask before doing work only to format one. */
export function isEnabled(artifact: LogArtifactName): boolean {
  return (enabled ?? initializeLogging()).has(artifact);
}

/** Prints one record if its kind is wanted. Records are separated by a blank line. */
export function emit(artifact: LogArtifactName, text: string): void {
  if (isEnabled(artifact)) writeRecord(text);
}

/** Prints a warning; these are always wanted. */
export function warn(text: string): void {
  writeRecord(text);
}

/** Prints a warning the first time its key is met in this process. */
export function warnOnce(key: string, text: string): void {
  if (warned.has(key)) return;
  warned.add(key);
  warn(text);
}

/**
 * `torch._logging.set_logs`: turns exactly the named kinds of records on. `TORCH_LOGS`, where set, wins, as in
 * PyTorch: whoever starts the program decides what it prints.
 */
export function set_logs(settings: LogSettings): void {
  const wanted = enabledBySettings(settings);
  if (isSetByEnvironment()) {
    initializeLogging();
    warnOnce("set_logs", "TORCH_LOGS is set in the environment: the call of set_logs is ignored.");
    return;
  }
  enabled = wanted;
}

/** Reads `TORCH_LOGS`; throws when it holds a name that does not exist. */
export function initializeLogging(): ReadonlySet<LogArtifactName> {
  if (enabled !== null) return enabled;
  const settings = parseLogSettings(environmentVariable("TORCH_LOGS") ?? "");
  enabled = settings.enabled;
  if (settings.help) writeRecord(logHelp());
  return enabled;
}

/** Forgets settings and warnings, so that the environment is read again. For tests. */
export function resetLogging(): void {
  enabled = null;
  hasRecords = false;
  warned.clear();
}

/** Sends all log text to `next` until the returned function is called. */
export function redirectLogs(next: LogSink): () => void {
  const previous = sink;
  const previousHadRecords = hasRecords;
  sink = next;
  hasRecords = false;
  return () => {
    sink = previous;
    hasRecords = previousHadRecords;
  };
}

function isSetByEnvironment(): boolean {
  return (environmentVariable("TORCH_LOGS") ?? "") !== "";
}

function writeRecord(text: string): void {
  sink(`${hasRecords ? "\n" : ""}${text}\n`);
  hasRecords = true;
}

// No static `node:` import: the module must load in browsers too.
function writeToDefault(text: string): void {
  const file = environmentVariable("TORCH_LOGS_OUT") ?? "";
  if (file !== "" && !unwritable.has(file)) {
    try {
      process.getBuiltinModule("node:fs").appendFileSync(file, text);
      return;
    } catch (error) {
      // A log must not end the program that it is about.
      unwritable.add(file);
      writeToTerminal(
        `TORCH_LOGS_OUT=${file} cannot be written, so logs go to stderr: ${String(error)}\n\n`,
      );
    }
  }
  writeToTerminal(text);
}

const unwritable = new Set<string>();

function writeToTerminal(text: string): void {
  if (typeof process !== "undefined" && process.stderr !== undefined) process.stderr.write(text);
  else console.error(text.replace(/\n$/, ""));
}

import { didYouMean } from "./did-you-mean.ts";
import { isLogArtifactName, logArtifactNames, logArtifacts } from "./log-artifacts.ts";
import type { LogArtifactName } from "./log-artifacts.ts";

/** What `torch._logging.set_logs` accepts: artifacts by name, and `dynamo` for all of the front end. */
export type LogSettings = Readonly<Partial<Record<LogArtifactName | "dynamo", boolean>>>;

/** What a `TORCH_LOGS` value asks for. */
export interface ParsedLogSettings {
  readonly enabled: ReadonlySet<LogArtifactName>;
  /** `help` was among the names: the list of names is to be printed. */
  readonly help: boolean;
}

/**
 * Reads a `TORCH_LOGS` value: a comma-separated list of names. `name` and `+name` turn a kind of record on,
 * `-name` turns it off, `+dynamo` turns on everything the front end prints, `help` asks for the list of names.
 */
export function parseLogSettings(text: string): ParsedLogSettings {
  const enabled = new Set<LogArtifactName>();
  let help = false;
  for (const item of text.split(",")) {
    const word = item.trim();
    if (word === "") continue;
    const sign = word[0] === "+" || word[0] === "-" ? word[0] : "";
    const name = word.slice(sign.length);
    if (name === "help") help = true;
    else if (name === "dynamo") setDynamo(enabled, sign === "+", sign === "-");
    else setArtifact(enabled, name, sign !== "-", `TORCH_LOGS="${text}"`);
  }
  return { enabled, help };
}

/** The artifacts that a `set_logs` call turns on. */
export function enabledBySettings(settings: LogSettings): ReadonlySet<LogArtifactName> {
  const enabled = new Set<LogArtifactName>();
  if (settings.dynamo === true) setDynamo(enabled, true, false);
  for (const [name, on] of Object.entries(settings)) {
    if (typeof on !== "boolean") {
      throw new TypeError(
        `torch._logging.set_logs: ${name} must be a boolean, but is ${String(on)}`,
      );
    }
    if (name !== "dynamo") setArtifact(enabled, name, on, "torch._logging.set_logs");
  }
  return enabled;
}

/** The text that `TORCH_LOGS=help` prints. */
export function logHelp(): string {
  const names = Object.entries(logArtifacts).map(([name, { doc }]) => `  ${name.padEnd(20)}${doc}`);
  return [
    "TORCH_LOGS takes a comma-separated list of names, as in TORCH_LOGS=graph_breaks,recompiles.",
    "A leading - turns a name off again. TORCH_LOGS_OUT=<file> appends to a file instead of stderr.",
    "",
    `  ${"+dynamo".padEnd(20)}All that the capturing front end prints.`,
    ...names,
  ].join("\n");
}

// Plain `dynamo` means level INFO in PyTorch, at which none of the artifacts print.
function setDynamo(enabled: Set<LogArtifactName>, debug: boolean, off: boolean): void {
  for (const [name, artifact] of Object.entries(logArtifacts)) {
    if (!artifact.withDynamo || !isLogArtifactName(name)) continue;
    if (debug) enabled.add(name);
    else if (off) enabled.delete(name);
  }
}

function setArtifact(
  enabled: Set<LogArtifactName>,
  name: string,
  on: boolean,
  origin: string,
): void {
  if (!isLogArtifactName(name)) {
    const suggestion = didYouMean(name, [...logArtifactNames, "dynamo", "help"]);
    const names = [...logArtifactNames].join(", ");
    throw new TypeError(
      `${origin}: there is no log named "${name}".${suggestion} The names are: ${names}`,
    );
  }
  if (on) enabled.add(name);
  else enabled.delete(name);
}

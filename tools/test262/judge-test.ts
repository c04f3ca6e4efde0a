import { join } from "node:path";
import type { Realm, RealmFactory } from "./realm.ts";
import type { Mode, TestFile } from "./test-file.ts";
import type { Verdict } from "./verdict.ts";

export interface JudgeOptions {
  readonly root: string;
  readonly splitEveryInstruction: boolean;
  readonly timeLimit: number;
}

/** How a run of a test ended; null: it passed. */
type Failure = { readonly error: string; readonly isTimeout: boolean } | null;

/** Runs a test as a plain function and compiled, each in a realm of its own. */
export async function judgeTest(
  factory: RealmFactory,
  file: TestFile,
  mode: Mode,
  options: JudgeOptions,
): Promise<Verdict> {
  const verdict = (kind: Verdict["kind"], reason = "", detail = ""): Verdict => ({
    id: `${file.path} ${mode}`,
    kind,
    reason,
    detail,
  });
  const directive = mode === "strict" ? '"use strict";' : "";
  // One line more than the file: nothing of the test may end up in a comment.
  const text = `(function () {${directive}${file.source}\n})`;
  const filename = join(options.root, file.path);
  const native = await withRealm(factory, file, false, (realm) =>
    runTest(realm, file, `${text}()`, filename, options.timeLimit),
  );
  if (native !== null) return verdict("native-fail", "", native.error);
  const calls = compiledCall(file, text, options.splitEveryInstruction);
  const compiled = async (realm: Realm): Promise<Verdict> => {
    const failure = await runTest(realm, file, calls, filename, options.timeLimit * 4);
    const breaks = readBreaks(realm);
    if (failure?.isTimeout === true) return verdict("timed-out", "time limit", failure.error);
    const skipped = breaks.filter((each) => each.skipsFrame);
    const believed = skipped.find((each) => each.key === "observedException");
    if (failure !== null) return verdict("different", reasonOf(failure.error), failure.error);
    // The engine did not throw where the capture saw a throw: what it computed before that is wrong.
    if (believed !== undefined)
      return verdict("different", "believed in an error", believed.explanation);
    const counters: unknown = realm.run(
      "torch._dynamo.utils.counters.graph_break",
      "counters",
      1000,
    );
    if (typeof counters === "object" && counters !== null && lastingPatch in counters)
      return verdict("fell-back", lastingPatch);
    const [first] = skipped;
    if (first !== undefined) return verdict("fell-back", first.what, first.explanation);
    return verdict("equal");
  };
  if (mayShareRealm(file)) {
    const shared = await compiled(factory.shared(file.includes));
    // Anything else is judged again where no other test has been.
    if (shared.kind === "equal" || shared.kind === "fell-back") return shared;
    factory.forgetShared(file.includes);
  }
  return withRealm(factory, file, true, compiled);
}

/** What the compiler counts where it cannot even say more, since a patch is in its own way. */
const lastingPatch = "Patched built-in that cannot be put aside";

/** Whether the test leaves the global object and the built-ins as they were, by all that its text tells. */
function mayShareRealm({ source }: TestFile): boolean {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  return !/\b[A-Z]\w*\.prototype\b(?!\.\w+\.call)|\w+Prototype\b|globalThis|__proto__|\beval\b|\$262|\bFunction\(/.test(
    code.replace(/\b[A-Z]\.prototype/g, ""),
  );
}

async function withRealm<Result>(
  factory: RealmFactory,
  file: TestFile,
  withCompiler: boolean,
  use: (realm: Realm) => Promise<Result>,
): Promise<Result> {
  const realm = factory.create(file.includes, withCompiler);
  try {
    return await use(realm);
  } finally {
    realm.release();
  }
}

/** The script that compiles the test and calls it. */
function compiledCall(file: TestFile, text: string, splitEveryInstruction: boolean): string {
  const setUp = [
    "var __breaks = [];",
    "if (!globalThis.__listens) torch._dynamo.onGraphBreak((record) => { __breaks[__breaks.length] = record; });",
    "globalThis.__listens = true;",
    "torch._dynamo.utils.counters.clear();",
    "torch._dynamo.config.debug_force_residual_code = true;",
    `torch._dynamo.config.debug_break_everywhere = ${splitEveryInstruction};`,
  ].join(" ");
  // Only the script itself can import as it does; variables are reached in the usual ways.
  const scope = /\bimport\b/.test(file.source)
    ? `, scope: (text) => { if (!/\\bimport\\b/.test(text)) throw 0; return eval(text); }`
    : "";
  return `${setUp} torch.compile(${text}, { backend: "eager", recompile_limit: 1000${scope} })();`;
}

interface SeenBreak {
  readonly key: string;
  readonly what: string;
  readonly explanation: string;
  readonly skipsFrame: boolean;
}

function readBreaks(realm: Realm): readonly SeenBreak[] {
  const records: unknown = Reflect.get(realm.context, "__breaks");
  if (typeof records !== "object" || records === null || !("length" in records)) return [];
  const seen: SeenBreak[] = [];
  for (let i = 0; i < Number(records.length); i++) {
    // As the compiler defines its records; it comes from another realm.
    const record = Reflect.get(records, i) as {
      readonly skipsFrame: boolean;
      readonly reason: {
        readonly key: string;
        readonly title: string;
        readonly explanation: string;
      };
    };
    const { key, title, explanation } = record.reason;
    const construct = /There is no rule for tracing (.*?); /.exec(explanation)?.[1];
    const what = construct === undefined ? title : construct.replace(/#\S+/, "#…");
    seen.push({ key, what, explanation, skipsFrame: record.skipsFrame });
  }
  return seen;
}

/** Runs until the test is done: at once, or when it prints so. */
async function runTest(
  realm: Realm,
  file: TestFile,
  text: string,
  filename: string,
  timeLimit: number,
): Promise<Failure> {
  let finish: (failure: Failure) => void = () => undefined;
  const asyncEnd = new Promise<Failure>((resolve) => {
    finish = resolve;
  });
  realm.onPrint = (line) => {
    if (line === "Test262:AsyncTestComplete") finish(null);
    else if (line.startsWith("Test262:AsyncTestFailure:"))
      finish({ error: line.slice("Test262:AsyncTestFailure:".length), isTimeout: false });
  };
  try {
    realm.run(text, filename, timeLimit);
  } catch (error) {
    return { error: describe(error), isTimeout: isTimeout(error) };
  }
  if (!file.isAsync) return null;
  const timer = setTimeout(() => {
    finish({ error: "$DONE was not called in time", isTimeout: true });
  }, timeLimit);
  try {
    return await asyncEnd;
  } finally {
    clearTimeout(timer);
  }
}

const isTimeout = (error: unknown): boolean =>
  typeof error === "object" &&
  error !== null &&
  Reflect.get(error, "code") === "ERR_SCRIPT_EXECUTION_TIMEOUT";

function describe(error: unknown): string {
  try {
    if (typeof error !== "object" || error === null) return String(error);
    const name = String(Reflect.get(error, "name") ?? "");
    const message = String(Reflect.get(error, "message") ?? "");
    // Of a failure of the compiler: where in it.
    const cause: unknown = Reflect.get(error, "cause");
    const stack =
      typeof cause === "object" && cause !== null ? `\n${String(Reflect.get(cause, "stack"))}` : "";
    return `${name}: ${message}${stack}`.slice(0, 6000);
  } catch {
    return "an error that cannot be printed";
  }
}

/** Errors of one kind fall together: numbers and quoted names vary. */
function reasonOf(error: string): string {
  const line = error.split("\n")[0] ?? "";
  return line
    .replace(/\d+/g, "N")
    .replace(/[«'"`][^»'"`]*[»'"`]/g, "…")
    .slice(0, 90);
}

import { readFileSync } from "node:fs";
import inspector from "node:inspector";
import { join } from "node:path";
import vm from "node:vm";

/** How many tests use one realm at most: what they leave behind adds up. */
const testsPerRealm = 50;

/** Sources that every realm starts with, parsed once. */
export class RealmFactory {
  readonly #root: string;
  readonly #compiler: vm.Script;
  readonly #harness = new Map<string, vm.Script>();
  readonly #shared = new Map<string, { readonly realm: Realm; uses: number }>();

  constructor(root: string, compiler: vm.Script) {
    this.#root = root;
    this.#compiler = compiler;
  }

  /** A fresh global object with the harness of the suite, and the compiler if it is asked for. */
  create(includes: readonly string[], withCompiler: boolean): Realm {
    const realm = new Realm();
    if (withCompiler) this.#compiler.runInContext(realm.context);
    for (const name of ["sta.js", "assert.js", "doneprintHandle.js", ...includes])
      this.#harnessScript(name).runInContext(realm.context);
    return realm;
  }

  /** A realm with the compiler that other tests have used before, and that others will use after this one. */
  shared(includes: readonly string[]): Realm {
    const key = includes.join(" ");
    let lent = this.#shared.get(key);
    if (lent === undefined || lent.uses >= testsPerRealm) {
      this.forgetShared(includes);
      lent = { realm: this.create(includes, true), uses: 0 };
      this.#shared.set(key, lent);
    }
    lent.uses += 1;
    return lent.realm;
  }

  forgetShared(includes: readonly string[]): void {
    const key = includes.join(" ");
    this.#shared.get(key)?.realm.release();
    this.#shared.delete(key);
  }

  #harnessScript(name: string): vm.Script {
    let script = this.#harness.get(name);
    if (script === undefined) {
      const filename = join(this.#root, "harness", name);
      script = new vm.Script(readFileSync(filename, "utf8"), { filename });
      this.#harness.set(name, script);
    }
    return script;
  }
}

/** A context, what it printed, and what has to be released after it. */
export class Realm {
  readonly context: vm.Context;
  readonly printed: string[] = [];
  readonly #sessions: inspector.Session[] = [];
  /** Called at each line that is printed. */
  onPrint: (line: string) => void = () => undefined;

  constructor() {
    const print = (line: unknown): void => {
      this.printed.push(String(line));
      this.onPrint(String(line));
    };
    const silent = { log: ignore, warn: ignore, error: ignore, info: ignore, debug: ignore };
    this.context = vm.createContext({
      print,
      console: silent,
      process: this.#process(),
      crypto,
      performance,
      TextEncoder,
      TextDecoder,
      URL,
      structuredClone,
      setTimeout,
      clearTimeout,
    });
    const global: unknown = vm.runInContext("this", this.context);
    Object.assign(this.context, { $262: host(this.context, global) });
  }

  run(text: string, filename: string, timeout: number): unknown {
    return vm.runInContext(text, this.context, { filename, timeout });
  }

  release(): void {
    for (const session of this.#sessions) session.disconnect();
  }

  /** The compiler asks it for Node's modules; the inspector sessions it opens end with the realm. */
  #process(): unknown {
    const sessions = this.#sessions;
    class OwnSession extends inspector.Session {
      constructor() {
        super();
        sessions.push(this);
        const post = super.post.bind(this) as Post;
        // Names of scripts only serve messages, and listing them costs more than all the rest of a test.
        const without: Post = (method, parameters, answer) =>
          method === "Profiler.getBestEffortCoverage"
            ? answer(null, { result: [] })
            : post(method, parameters, answer);
        Object.defineProperty(this, "post", { value: without });
      }
    }
    const own = { ...inspector, Session: OwnSession };
    return {
      // Stopping in the debugger for every realm costs more than a test, and no test needs it: nothing is closed over.
      env: { FULLGRAPH_TIER: "R" },
      execArgv: process.execArgv,
      versions: process.versions,
      version: process.version,
      cwd: () => process.cwd(),
      stderr: { write: ignore },
      getBuiltinModule: (id: string) =>
        id === "node:inspector" ? own : process.getBuiltinModule(id as "node:vm"), // passed through
    };
  }
}

/** One signature for the overloads that the types have per method of the protocol. */
type Post = (
  method: string,
  parameters: object,
  answer: (error: Error | null, result: unknown) => void,
) => void;

const ignore = (): void => undefined;

/** The host object the suite asks for, as far as tests of the language need it. */
function host(context: vm.Context, global: unknown): unknown {
  return {
    global,
    evalScript: (text: string): unknown => vm.runInContext(text, context),
    detachArrayBuffer: (buffer: ArrayBuffer) => {
      structuredClone(buffer, { transfer: [buffer] });
    },
    createRealm: (): unknown => {
      const other = vm.createContext({});
      return host(other, vm.runInContext("this", other));
    },
    gc: () => {
      throw new Error("there is no gc to call");
    },
    agent: {},
  };
}

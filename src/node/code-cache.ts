import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { cachedDataVersionTag, setFlagsFromString } from "node:v8";

/** `0`: compiled code is neither used nor kept. Else the folder for it, instead of one beside the library. */
const cacheVariable = "FULLGRAPH_CODE_CACHE";

/** Long enough for a first compiled function to have run; programs that end sooner keep their code as they end. */
const secondsBeforeKeeping = 5;

interface CodeCache {
  /** null: nothing was kept, or nothing that fits. */
  readonly code: Buffer | null;
  /** Keeps what `make` gives for the next process. Where that fails, as in a folder without write permission, nothing changes. */
  readonly keepLater: (make: () => Buffer) => void;
}

/**
 * The engine's compiled form of a script in a file beside it, as Python keeps its own: whoever can write there could
 * change the script as well, so the file is as trustworthy as that.
 */
export function openCodeCache(script: URL): CodeCache {
  const wish = process.env[cacheVariable];
  if (wish === "0") return { code: null, keepLater: () => {} };
  const folder = wish ?? fileURLToPath(new URL("./.code-cache", script));
  const { size, mtimeMs } = statSync(script);
  // The engine itself only compares the length of the text.
  const build = `-${size}-${Math.round(mtimeMs)}-${FULLGRAPH_BUILD}.bin`;
  const name = `${cachedDataVersionTag()}${build}`;
  return {
    code: read(`${folder}/${name}`),
    keepLater: (make) => {
      const tag = cachedDataVersionTag();
      let isKept = false;
      // Collections drop the code of functions that ran once, as the one around the library: most of the start would be lost.
      setFlagsFromString("--no-flush-bytecode");
      const keep = (): void => {
        setFlagsFromString("--flush-bytecode");
        // Flags of the engine that were set meanwhile are in the code, and would make the next process refuse it.
        if (isKept || cachedDataVersionTag() !== tag) return;
        isKept = true;
        write({ folder, name, build }, make());
      };
      setTimeout(keep, secondsBeforeKeeping * 1000).unref();
      process.once("exit", keep);
    },
  };
}

/** Of the build, a digest of the library's text: the build puts it here. */
declare const FULLGRAPH_BUILD: string;

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

interface Place {
  readonly folder: string;
  readonly name: string;
  /** What the names of all files of this build end with. */
  readonly build: string;
}

/** Engines with other flags need code of their own: programs that take turns must not drop each other's. */
const mostKept = 4;

function write({ folder, name, build }: Place, code: Buffer): void {
  try {
    mkdirSync(folder, { recursive: true });
    const draft = `${folder}/${process.pid}.tmp`;
    writeFileSync(draft, code);
    renameSync(draft, `${folder}/${name}`);
    const paths = readdirSync(folder)
      .filter((each) => each.endsWith(".bin"))
      .map((each) => `${folder}/${each}`);
    const own = paths.filter((path) => path.endsWith(build)).sort((a, b) => ageOf(a) - ageOf(b));
    const kept = new Set(own.slice(0, mostKept));
    for (const path of paths) if (!kept.has(path)) rmSync(path, { force: true });
  } catch {
    // No permission, no space: the next start takes as long as this one.
  }
}

const ageOf = (path: string): number => -statSync(path).mtimeMs;

/** Modules in files, one for each set of kernels that were compiled together: `torch._inductor.config.fx_graph_cache`. */
import { emit } from "../../base/logging.ts";
import { nodeBuiltin } from "../../base/node-builtin.ts";
import type { ModuleStore, StoredModule, WantedKernel } from "../../loops/wasm/module-store.ts";
import { shapeKey } from "../../loops/wasm/loop-shape.ts";
import { kernelKey } from "../schedule/intern-kernel.ts";
import { decodeCacheFile, digest, encodeCacheFile } from "./cache-file.ts";

type FileSystem = typeof import("node:fs");

/** How often a store had what was asked for. */
export interface StoreCounts {
  hits: number;
  misses: number;
}

export class DiskStore implements ModuleStore {
  readonly counts: StoreCounts = { hits: 0, misses: 0 };
  readonly #folder: string;
  readonly #library: string;
  readonly #fs: FileSystem;
  #drafts = 0;

  /** `library` tells apart versions of what generates the code. */
  constructor(folder: string, library: string, fs: FileSystem) {
    this.#folder = folder;
    this.#library = library;
    this.#fs = fs;
  }

  find(wanted: readonly WantedKernel[], engine: string): StoredModule | null {
    const key = this.#keyOf(wanted, engine);
    const found = this.#read(this.#pathOf(key), key);
    this.counts[found === null ? "misses" : "hits"] += 1;
    return found;
  }

  #read(path: string, key: string): StoredModule | null {
    try {
      return decodeCacheFile(key, this.#fs.readFileSync(path));
    } catch {
      return null; // not there, or not to be read
    }
  }

  /** Others may write the same file at the same time: each writes its own and puts it in place when it is complete. */
  keep(wanted: readonly WantedKernel[], engine: string, module: StoredModule): void {
    const key = this.#keyOf(wanted, engine);
    const path = this.#pathOf(key);
    const draft = `${path}.${process.pid}-${this.#drafts++}.tmp`;
    try {
      this.#fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#fs.writeFileSync(draft, encodeCacheFile(key, module));
      this.#fs.renameSync(draft, path);
    } catch (error) {
      // No permission, no space: the next process generates the code again.
      emit("perf_hints", `The kernel cache cannot write to ${this.#folder}: ${String(error)}`);
      this.#drop(draft);
    }
  }

  #drop(path: string): void {
    try {
      this.#fs.rmSync(path, { force: true });
    } catch {
      // It was never there: there is no such folder.
    }
  }

  #keyOf(wanted: readonly WantedKernel[], engine: string): string {
    const kernels = wanted.map(({ kernel, shape }) => `${kernelKey(kernel)}\n${shapeKey(shape)}`);
    return [this.#library, engine, ...kernels].join("\n\n");
  }

  #pathOf(key: string): string {
    const [low, high] = digest(Buffer.from(key));
    const name = [low, high].map((part) => part.toString(16).padStart(8, "0")).join("");
    return `${this.#folder}/${name}.kernels`;
  }
}

/** By folder: all graphs that are kept in one place share a store. */
const stores = new Map<string, DiskStore>();

/** The store in `folder`; null where there are no files, or where the library does not know its own version. */
export function diskStore(folder: string): DiskStore | null {
  const fs = nodeBuiltin("fs");
  if (fs === null || libraryDigest === null) return null;
  let store = stores.get(folder);
  if (store === undefined) stores.set(folder, (store = new DiskStore(folder, libraryDigest, fs)));
  return store;
}

/** The build puts a digest of the sources here. */
declare const FULLGRAPH_SOURCES: string | undefined;

/** Null when the sources themselves run: they may change at any time. */
const libraryDigest = typeof FULLGRAPH_SOURCES === "string" ? FULLGRAPH_SOURCES : null;

/**
 * Node's built-in modules, asked for only when needed so that browsers can load the package.
 * `process.getBuiltinModule` exists from Node 20.16; elsewhere the answer is null and the caller does without.
 */
interface BuiltinModules {
  readonly console: typeof import("node:console");
  readonly inspector: typeof import("node:inspector");
  readonly v8: typeof import("node:v8");
  readonly vm: typeof import("node:vm");
  readonly fs: typeof import("node:fs");
  readonly module: typeof import("node:module");
  readonly worker_threads: typeof import("node:worker_threads");
  readonly util: typeof import("node:util");
  readonly os: typeof import("node:os");
}

export function nodeBuiltin<Name extends keyof BuiltinModules>(
  name: Name,
): BuiltinModules[Name] | null {
  const host = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process; // absent in browsers
  try {
    // Node documents that the module of this name has this type; bundles without inspector support give undefined.
    return (host?.getBuiltinModule?.(`node:${name}`) as BuiltinModules[Name] | undefined) ?? null;
  } catch {
    return null; // a Node built without the module throws instead of answering undefined
  }
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A package of the peers' folder, which is not one of this project's own. The caller says what it needs of it. */
export function requirePackage(directory: string, name: string): unknown {
  return createRequire(join(directory, "package.json"))(name);
}

/** As an ES module, for packages that are nothing else. */
export async function importPackage(directory: string, name: string): Promise<unknown> {
  const { exports } = readManifest(directory, name);
  const entry = exports?.["."]?.import;
  const file = typeof entry === "string" ? entry : entry?.default;
  if (file === undefined) throw new Error(`${name} has no ES module entry`);
  return await import(pathToFileURL(join(directory, "node_modules", name, file)).href);
}

export function packageVersion(directory: string, name: string): string {
  return readManifest(directory, name).version;
}

interface Manifest {
  readonly version: string;
  readonly exports?: Readonly<
    Record<string, { readonly import?: string | { readonly default?: string } }>
  >;
}

function readManifest(directory: string, name: string): Manifest {
  // What npm installs has these fields in this form; another form fails right here.
  return JSON.parse(
    readFileSync(join(directory, "node_modules", name, "package.json"), "utf8"),
  ) as Manifest;
}

/** Tier T: accessors that a build- or load-time transform put into the module. No inspector; about 0.01 µs a read. */
import type { Accessor } from "./grab-accessors.ts";
import type { Importer } from "./importer-name.ts";
import type { PrivateAccessor } from "./private-name.ts";
import { enterProbe } from "./enter-probe.ts";
import { scriptOfFunction } from "./script-natives.ts";
import type { FunctionOrigin } from "./script-record.ts";
import type { FreeName, FunctionRecord, ScriptScope } from "./script-scope.ts";
import {
  registryVariable,
  transformRegistry,
  type TransformedScope,
  type TransformRegistry,
} from "./transform-registry.ts";

export interface TransformedVariables {
  /** null: the transform gave no accessor for it. */
  accessor(free: FreeName): Accessor | null;
  /** null: not known. */
  readThis(): (() => unknown) | null;
  /** null: the function was made where nothing told about the name. */
  privateAccessor(name: string): PrivateAccessor | null;
  /** `import` of the module; null: not known. */
  importer(): Importer | null;
}

/** null: the function's module was not transformed. */
export function transformedVariables(
  fn: Function,
  origin: FunctionOrigin | null,
): TransformedVariables | null {
  const registry = transformRegistry();
  const record = origin?.record ?? null;
  if (registry === null || origin === null || record === null) return null;
  const moduleScope = moduleScopeAround(record);
  if (moduleScope === null) return null;
  let own: TransformedScope | null | undefined;
  const ownScope = (): TransformedScope | null => {
    if (own === undefined)
      own = registry.functions.get(fn) ?? enterProbe(registry, fn, origin.script, record);
    return own;
  };
  return {
    accessor({ name, declaration }) {
      if (declaration === null) return null;
      const scope =
        declaration.scope === moduleScope ? moduleTable(registry, origin.script.id) : ownScope();
      return accessorOf(scope, name);
    },
    privateAccessor: (name) => ownScope()?.privateNames?.[name] ?? null,
    readThis: () => ownScope()?.readThis ?? null,
    importer: () => moduleTable(registry, origin.script.id)?.importer ?? null,
  };
}

function accessorOf(scope: TransformedScope | null, name: string): Accessor | null {
  const found = scope?.variables[name];
  if (found?.get === undefined) return null;
  return { get: found.get, set: found.set ?? refuseWrite };
}

function refuseWrite(): never {
  throw new TypeError("Assignment to constant variable."); // the transform gives no writer to what nobody assigns
}

function moduleScopeAround(record: FunctionRecord): ScriptScope | null {
  let scope: ScriptScope | null = record.definedIn;
  while (scope !== null && !scope.declarations.has(registryVariable)) scope = scope.parent;
  return scope;
}

const tables = new Map<number, TransformedScope | null>();
let modulesRead = 0;

/** null: unknown, or the script ran more than once (its text was cached) and a function does not show in which run it was made. */
function moduleTable({ modules }: TransformRegistry, scriptId: number): TransformedScope | null {
  for (; modulesRead < modules.length; modulesRead++) {
    const module = modules[modulesRead];
    const id = module === undefined ? undefined : scriptOfFunction(module.at)?.scriptId;
    if (module !== undefined && id !== undefined) tables.set(id, tables.has(id) ? null : module);
  }
  return tables.get(scriptId) ?? null;
}

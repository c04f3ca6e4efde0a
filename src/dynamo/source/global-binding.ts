/** Variables that no scope around the function declares: properties of the global object and top-level lexicals of scripts. */
import type { Binding } from "./function-source.ts";
import { makeFunction } from "../../script/make-function.ts";

/** ECMA-262 19.1: these three can be neither written nor redefined. */
const immutableGlobals: ReadonlySet<string> = new Set(["undefined", "NaN", "Infinity"]);

export function globalBinding(name: string, realmGlobal: Record<string, unknown> | null): Binding {
  const access =
    realmGlobal === null || realmGlobal === globalThis
      ? ownRealmAccess(name)
      : foreignRealmAccess(name, realmGlobal);
  return {
    name,
    get scope() {
      return access.exists() ? "global" : "unresolved";
    },
    get isAccessor() {
      return isProgramAccessor(name, realmGlobal ?? globalThis);
    },
    get isAssignable() {
      return isAssignable(name, realmGlobal ?? globalThis, access);
    },
    constant: immutableGlobals.has(name),
    read: access.read,
    write: access.write,
    writeLoosely: access.writeLoosely,
    unavailable: null,
  };
}

const { getOwnPropertyDescriptor, hasOwn } = Object;

/** Accessors that the host defines (`crypto`, `performance`): using them has no effect on the program. */
const hostAccessors: ReadonlySet<unknown> = new Set(
  Object.values(Object.getOwnPropertyDescriptors(globalThis)).flatMap(({ get, set }) => [get, set]),
);

/** Whether using the global variable runs a getter or setter of the program. */
export function isProgramAccessor(name: string, global: object): boolean {
  const { get, set } = getOwnPropertyDescriptor(global, name) ?? {};
  return !hostAccessors.has(get) || !hostAccessors.has(set);
}

function isAssignable(
  name: string,
  global: object,
  { exists, read, write }: GlobalAccess,
): boolean {
  const own = getOwnPropertyDescriptor(global, name);
  if (own !== undefined)
    return own.writable === true || (own.set !== undefined && hostAccessors.has(own.set));
  if (!exists() || name in global) return false; // made by the assignment
  try {
    write(read()); // a top-level variable of a script: only a constant refuses
    return true;
  } catch {
    return false;
  }
}

interface GlobalAccess {
  readonly exists: () => boolean;
  readonly read: () => unknown;
  readonly write: (value: unknown) => void;
  readonly writeLoosely: (value: unknown) => void;
}

const accessByName = new Map<string, GlobalAccess>();

/**
 * Functions made by `new Function` see exactly the global scope: engine semantics for reads, writes and errors.
 * A property may be a getter of the user's, so it is not read to learn whether it exists. In a context of `node:vm`
 * even `in` reads it, before Node 22.
 */
function ownRealmAccess(name: string): GlobalAccess {
  let access = accessByName.get(name);
  if (access === undefined) {
    const mode = namesOfSloppyCode.has(name) ? "" : '"use strict"; ';
    const assign = `(value) => { ${name === "value" ? "globalThis.value" : name} = value }`;
    const writeLoosely = makeFunction([], `return ${assign}`)() as GlobalAccess["write"]; // the text before
    const build = makeFunction(
      ["hasOwn", "writeLoosely"],
      `${mode}return {
      exists: () => { if (hasOwn(globalThis, ${JSON.stringify(name)}) || ${JSON.stringify(name)} in globalThis) return true; try { ${name}; return true } catch { return false } },
      read: () => ${name},
      write: ${assign},
      writeLoosely,
    }`,
    ) as (test: typeof hasOwn, loosely: GlobalAccess["write"]) => GlobalAccess; // the object literal above
    access = build(hasOwn, writeLoosely);
    accessByName.set(name, access);
  }
  return access;
}

/** Names that strict code cannot assign or cannot even mention (ECMA-262 12.7.2, 13.15.1). */
const namesOfSloppyCode: ReadonlySet<string> = new Set([
  "eval",
  "arguments",
  "implements",
  "interface",
  "let",
  "package",
  "private",
  "protected",
  "public",
  "static",
  "yield",
]);

/** A function from another vm context: only the properties of its global object can be seen. */
function foreignRealmAccess(name: string, global: Record<string, unknown>): GlobalAccess {
  const check = (): void => {
    if (!hasOwn(global, name) && !(name in global))
      throw new ReferenceError(`${name} is not defined`);
  };
  return {
    exists: () => hasOwn(global, name) || name in global,
    read: () => {
      check();
      return global[name];
    },
    write: (value) => {
      check();
      global[name] = value;
    },
    writeLoosely: (value) => Reflect.set(global, name, value),
  };
}

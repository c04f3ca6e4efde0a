/**
 * Accessors grabbed for one function serve every other function that closes over the very same variable: a module with
 * ten functions around one `let` is entered once.
 */
import type { Accessor } from "./grab-accessors.ts";
import { readScopes, scopeWith } from "./read-scopes.ts";
import type { Declaration } from "./script-scope.ts";

interface PoolEntry {
  /** Weak: an accessor keeps the activation alive it was made in. Whoever grabbed it holds it as long as its function lives. */
  readonly accessor: WeakRef<Accessor>;
}

const pool = new WeakMap<Declaration, PoolEntry[]>();

/** As many activations of one declaration are worth trying: each try costs a snapshot. */
const entriesTried = 4;

export function shareAccessor(declaration: Declaration, accessor: Accessor): void {
  const entries = (pool.get(declaration) ?? []).filter(
    (entry) => entry.accessor.deref() !== undefined,
  );
  pool.set(declaration, [{ accessor: new WeakRef(accessor) }, ...entries].slice(0, entriesTried));
}

/** An accessor of the variable that `fn` means by `declaration`; null if none is known. */
export function sharedAccessor(declaration: Declaration, fn: Function): Accessor | null {
  for (const entry of pool.get(declaration) ?? []) {
    const accessor = entry.accessor.deref();
    if (accessor !== undefined && isVariableOf(fn, declaration, accessor)) return accessor;
  }
  return null;
}

/**
 * The same declaration has one variable per activation, and activations show no identity. So a marker is written through
 * the accessor and looked for in the function's scopes. Nothing else can run in between.
 */
function isVariableOf(fn: Function, { name, kind }: Declaration, accessor: Accessor): boolean {
  try {
    const value = accessor.get();
    if (kind === "import") {
      // Cannot be written, but a module has one scope only.
      const scope = scopeWith(readScopes(fn), name);
      return scope?.kind === "module" && Object.is(scope.values[name], value);
    }
    const marker = {};
    accessor.set(marker);
    try {
      return scopeWith(readScopes(fn), name)?.values[name] === marker;
    } finally {
      accessor.set(value);
    }
  } catch {
    return false; // not initialised yet, or a constant
  }
}

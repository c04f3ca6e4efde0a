/** The free variables of one function object: which declaration each name means, and how to read and write it. */
import { sharedAccessor } from "./accessor-pool.ts";
import { ScopeAccessError } from "./source-unavailable.ts";
import type { Binding } from "./function-source.ts";
import { globalBinding } from "./global-binding.ts";
import { accessorsOf, type Accessor, type FunctionAccessors } from "./grab-accessors.ts";
import { isImportImmutable } from "./import-proof.ts";
import { readScopes, scopeWith, type ScopeObject, type ScopeSnapshot } from "./read-scopes.ts";
import type { FunctionOrigin } from "./script-record.ts";
import type { Declaration, FreeName, FunctionRecord } from "./script-scope.ts";
import { sourceTier } from "./source-tier.ts";

export class FreeVariables {
  private readonly fn: Function;
  private readonly origin: FunctionOrigin | null;
  private readonly record: FunctionRecord | null;
  private readonly bindings = new Map<string, Binding>();
  /** Weak: it holds values that the variables may have lost since. */
  private snapshotCache: WeakRef<ScopeSnapshot> | undefined;
  private grabbed: FunctionAccessors | undefined;

  constructor(fn: Function, origin: FunctionOrigin | null) {
    this.fn = fn;
    this.origin = origin;
    this.record = origin?.record ?? null;
  }

  binding(name: string): Binding {
    let binding = this.bindings.get(name);
    if (binding === undefined) {
      if (!/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name))
        throw new SyntaxError(`not a variable name: ${name}`);
      binding = this.resolve(name);
      // A variable that was not initialised yet may turn out constant next time.
      if (binding.constant || binding.unavailable === null) this.bindings.set(name, binding);
    }
    return binding;
  }

  lexicalThis(): unknown {
    const accessors = this.accessors();
    if ("refused" in accessors)
      throw new ScopeAccessError(
        `\`this\` of an arrow function cannot be read from outside: ${accessors.refused}`,
      );
    return accessors.readThis();
  }

  private resolve(name: string): Binding {
    const snapshot = this.snapshot();
    if (snapshot === null)
      return unavailable(
        name,
        "closure",
        "this JavaScript engine does not let a program look at the scopes of its functions",
      );
    const free = this.record?.freeNames.get(name);
    if (free?.declaration && free.isCertain) return this.declared(free, free.declaration, snapshot);
    const found = scopeWith(snapshot, name);
    if (found === null || found.kind === "script") return this.ofGlobalScope(name, snapshot);
    if (this.isModuleParameter(name, free)) return constant(name, found.values[name]);
    return this.variable(name);
  }

  /** The five parameters Node calls a CommonJS module with: outside its text, assigned only by the module itself. */
  private isModuleParameter(name: string, free: FreeName | undefined): boolean {
    const scopes = this.origin?.script.scopes;
    return (
      commonJsParameters.has(name) &&
      free?.declaration === null &&
      scopes !== undefined &&
      scopes !== null &&
      !scopes.writtenUndeclared.has(name)
    );
  }

  private declared(free: FreeName, declaration: Declaration, snapshot: ScopeSnapshot): Binding {
    const { name } = free;
    if (declaration.kind === "functionName") {
      // The engine does not list this scope. The function itself is the value for its own name.
      return declaration.scope === this.record?.definedIn
        ? constant(name, this.fn)
        : this.variable(name);
    }
    const found = scopeWith(snapshot, name);
    if (found === null || found.kind === "script") {
      return this.isScriptGlobal(name, declaration, snapshot)
        ? this.ofGlobalScope(name, snapshot)
        : this.variable(name);
    }
    if (declaration.isReassigned || sourceTier() === "P") return this.variable(name);
    const value = initialisedValue(found, name);
    if (value === null) return this.afterCheck(name, declaration);
    if (
      declaration.kind === "import" &&
      !isImportImmutable(
        declaration,
        value.value,
        this.origin?.script ?? null,
        found.kind === "module",
      )
    )
      return this.variable(name);
    return constant(name, value.value);
  }

  /** The lexical variables that the scripts of another realm share are no properties of its global object. */
  private ofGlobalScope(name: string, snapshot: ScopeSnapshot): Binding {
    const global = globalOf(snapshot);
    const isForeignLexical = global !== globalThis && scopeWith(snapshot, name)?.kind === "script";
    return isForeignLexical ? this.variable(name) : globalBinding(name, global);
  }

  /** Declared at the top of a classic script: a property of the global object, or a lexical that all scripts share. */
  private isScriptGlobal(name: string, declaration: Declaration, snapshot: ScopeSnapshot): boolean {
    if (declaration.scope.kind !== "top") return false;
    return scopeWith(snapshot, name) !== null || Object.hasOwn(globalOf(snapshot) ?? {}, name);
  }

  /** `undefined` in a snapshot: not initialised, or really undefined. Only a read in the scope itself can tell. */
  private afterCheck(name: string, declaration: Declaration): Binding {
    const binding = this.variable(name);
    if (declaration.kind === "var" || declaration.kind === "import" || binding.write === null)
      return binding;
    try {
      return constant(name, binding.read());
    } catch {
      return binding;
    }
  }

  /** A variable that may change: read and written in place, else read anew from the engine each time. */
  private variable(name: string): Binding {
    const declaration = this.record?.freeNames.get(name)?.declaration ?? null;
    const mayShare = this.grabbed === undefined && declaration !== null && sourceTier() !== "R";
    const shared = mayShare ? sharedAccessor(declaration, this.fn) : null;
    if (shared !== null) return inPlace(name, shared, declaration?.kind === "import");
    const accessors = this.accessors();
    if ("refused" in accessors) return this.readOnly(name, accessors.refused);
    const accessor = accessors.byName(name);
    return accessor === null
      ? this.readOnly(name, `another variable called ${name} hides it`)
      : inPlace(name, accessor, declaration?.kind === "import");
  }

  private accessors(): FunctionAccessors {
    this.grabbed ??= accessorsOf(this.fn, this.origin, this.snapshot());
    return this.grabbed;
  }

  private readOnly(name: string, why: string): Binding {
    const declaration = this.record?.freeNames.get(name)?.declaration ?? null;
    const read = (): unknown => {
      const now = readScopes(this.fn);
      const found = now === null ? null : scopeWith(now, name);
      if (found === null) throw new ScopeAccessError(`${name} cannot be read from outside: ${why}`);
      const value = found.values[name]; // newer engines throw for a variable before its initialisation
      if (value === undefined && mayBeUninitialised(declaration)) {
        throw new ScopeAccessError(
          `whether ${name} is initialised cannot be seen from outside: ${why}`,
        );
      }
      return value;
    };
    const snapshot = this.snapshot();
    const isHidden =
      declaration?.kind === "functionName" ||
      snapshot === null ||
      scopeWith(snapshot, name) === null;
    if (isHidden) return unavailable(name, "closure", why);
    return { name, scope: "closure", constant: false, read, write: null, unavailable: null };
  }

  private snapshot(): ScopeSnapshot | null {
    let snapshot = this.snapshotCache?.deref();
    if (snapshot === undefined) {
      snapshot = readScopes(this.fn) ?? undefined;
      if (snapshot !== undefined) this.snapshotCache = new WeakRef(snapshot);
    }
    return snapshot ?? null;
  }
}

const commonJsParameters: ReadonlySet<string> = new Set([
  "require",
  "module",
  "exports",
  "__filename",
  "__dirname",
]);

function globalOf(snapshot: ScopeSnapshot): Record<string, unknown> | null {
  return snapshot.scopes.findLast((scope) => scope.kind === "global")?.values ?? null;
}

/** null: not initialised, or not known to be. */
function initialisedValue(scope: ScopeObject, name: string): { readonly value: unknown } | null {
  try {
    const value = scope.values[name];
    return value === undefined ? null : { value };
  } catch {
    return null; // Node 22 and later refuse to show a variable before its initialisation
  }
}

function mayBeUninitialised(declaration: Declaration | null): boolean {
  return (
    declaration === null ||
    !["var", "function", "parameter", "arguments", "catch"].includes(declaration.kind)
  );
}

function constant(name: string, value: unknown): Binding {
  return {
    name,
    scope: "closure",
    constant: true,
    read: () => value,
    write: null,
    unavailable: null,
  };
}

function inPlace(name: string, accessor: Accessor, isImmutable: boolean): Binding {
  return {
    name,
    scope: "closure",
    constant: false,
    read: accessor.get,
    write: isImmutable ? null : accessor.set,
    unavailable: null,
  };
}

function unavailable(name: string, scope: Binding["scope"], why: string): Binding {
  const read = (): never => {
    throw new ScopeAccessError(`${name} cannot be read from outside: ${why}`);
  };
  return { name, scope, constant: false, read, write: null, unavailable: why };
}

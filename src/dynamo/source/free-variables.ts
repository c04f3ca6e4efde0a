/** The free variables of one function object: which declaration each name means, and how to read and write it. */
import { sharedAccessor } from "./accessor-pool.ts";
import { explicitAccessor, explicitImporter, explicitPrivate } from "./explicit-scope.ts";
import { classAround, homeName, ownNameOf } from "./home-object.ts";
import { importerName } from "./importer-name.ts";
import { ScopeAccessError } from "./source-unavailable.ts";
import type { Binding } from "./function-source.ts";
import { globalBinding, isProgramAccessor } from "./global-binding.ts";
import { accessorsOf, type Accessor, type FunctionAccessors } from "./grab-accessors.ts";
import { isImportImmutable } from "./import-proof.ts";
import { declarationOfPrivate, isPrivateName, PrivateName } from "./private-name.ts";
import { readScopes, scopeWith, type ScopeObject, type ScopeSnapshot } from "./read-scopes.ts";
import type { FunctionOrigin } from "./script-record.ts";
import type { Declaration, FreeName, FunctionRecord, ScriptScope } from "./script-scope.ts";
import { sourceTier } from "./source-tier.ts";
import { transformedVariables, type TransformedVariables } from "./transformed-variables.ts";

export class FreeVariables {
  private readonly fn: Function;
  private readonly origin: FunctionOrigin | null;
  private readonly record: FunctionRecord | null;
  private readonly bindings = new Map<string, Binding>();
  /** Weak: it holds values that the variables may have lost since. */
  private snapshotCache: WeakRef<ScopeSnapshot> | undefined;
  private grabbed: FunctionAccessors | undefined;
  private transformedCache: TransformedVariables | null | undefined;

  constructor(fn: Function, origin: FunctionOrigin | null) {
    this.fn = fn;
    this.origin = origin;
    this.record = origin?.record ?? null;
  }

  binding(name: string): Binding {
    let binding = this.bindings.get(name);
    if (binding === undefined && name === importerName) {
      binding = this.importer();
      this.bindings.set(name, binding);
    }
    if (binding === undefined && name === homeName) {
      binding = this.home();
      this.bindings.set(name, binding);
    }
    if (binding === undefined && isPrivateName(name)) {
      binding = this.privateName(name);
      this.bindings.set(name, binding);
    }
    if (binding === undefined) {
      if (!/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name))
        throw new SyntaxError(`not a variable name: ${name}`);
      binding = this.resolve(name);
      // A variable that was not initialised yet may turn out constant next time.
      if (binding.constant || binding.unavailable === null) this.bindings.set(name, binding);
    }
    return binding;
  }

  /**
   * The engine keeps all variables around a function that has a direct eval, and shows them but for the names of
   * function expressions; classes around it have private names, which it never shows.
   */
  isAlone(): boolean {
    const scopes = this.snapshot()?.scopes;
    if (scopes === undefined || this.record === null) return false;
    for (let at: ScriptScope | null = this.record.definedIn; at !== null; at = at.parent) {
      const isOwnName = at.kind === "functionName" && at === this.record.definedIn;
      if (at.kind !== "top" && !isOwnName) return false;
    }
    return scopes.every(({ kind }) => kind === "global" || kind === "script");
  }

  /** `import(…)` as it is written in the function: a constant function. */
  private importer(): Binding {
    const importer = this.transformed()?.importer() ?? explicitImporter(this.fn);
    return importer === null
      ? unavailable(importerName, "closure", "only code of its own script can import as it does")
      : constant(importerName, importer);
  }

  /**
   * The object a member of a class was defined on. The name that the class has for itself is a constant of the very
   * evaluation of the class that made the method.
   */
  private home(): Binding {
    const { record } = this;
    if (record?.form === "class") return constant(homeName, this.fn.prototype);
    const around = record === null ? null : classAround(record);
    const name = around === null ? null : ownNameOf(around);
    const free = name === null ? undefined : record?.freeNames.get(name);
    if (name === null || free?.declaration?.scope !== around || !free.isCertain)
      return unavailable(homeName, "closure", "it is no member of a class with a name");
    const own = this.binding(name);
    if (own.unavailable !== null || !own.constant)
      return unavailable(homeName, "closure", own.unavailable ?? "its class is not defined yet");
    const made = own.read();
    if (typeof made !== "function")
      return unavailable(homeName, "closure", "its class cannot be found");
    return constant(homeName, record?.isStatic === true ? made : made.prototype);
  }

  /** `#x` of a class around the function: a constant PrivateName. */
  private privateName(name: string): Binding {
    const declaration = declarationOfPrivate(name, this.record?.definedIn ?? null);
    if (declaration === null)
      return unavailable(name, "closure", "the script of its class could not be analysed");
    const given = this.transformed()?.privateAccessor(name) ?? explicitPrivate(this.fn, name);
    const { kind, scope } = declaration;
    if (given !== null) return constant(name, new PrivateName(name, kind, scope, given));
    const accessors =
      sourceTier() === "T"
        ? { refused: "its module was not transformed in a way that shows it" }
        : this.accessors();
    if ("refused" in accessors) return unavailable(name, "closure", accessors.refused);
    const grabbed = accessors.privateAccessor(name);
    return grabbed === null
      ? unavailable(name, "closure", "its class could not be entered")
      : constant(name, new PrivateName(name, kind, scope, grabbed));
  }

  lexicalThis(): unknown {
    const readThis = this.transformed()?.readThis() ?? null;
    if (readThis !== null) return readThis();
    const accessors = this.accessors();
    if ("refused" in accessors)
      throw new ScopeAccessError(
        `\`this\` of an arrow function cannot be read from outside: ${accessors.refused}`,
      );
    return accessors.readThis();
  }

  private resolve(name: string): Binding {
    return this.fromTransform(name) ?? this.fromUser(name) ?? this.fromEngine(name);
  }

  private transformed(): TransformedVariables | null {
    const tier = sourceTier();
    if (tier === "R" || tier === "P") return null;
    if (this.transformedCache === undefined)
      this.transformedCache = transformedVariables(this.fn, this.origin);
    return this.transformedCache;
  }

  /** Tier T. null: the transform says nothing about the variable. */
  private fromTransform(name: string): Binding | null {
    const free = this.record?.freeNames.get(name);
    const transformed = this.transformed();
    if (free?.isCertain !== true || transformed === null) return null;
    if (free.declaration === null)
      return commonJsParameters.has(name) ? null : globalBinding(name, null);
    if (this.isOwnName(free.declaration)) return constant(name, this.fn);
    const accessor = transformed.accessor(free);
    return accessor === null ? null : this.accessed(name, free.declaration, accessor);
  }

  /** A variable behind an accessor: a constant once it has its value and nobody assigns it. */
  private accessed(name: string, declaration: Declaration, accessor: Accessor): Binding {
    const binding = inPlace(name, accessor, declaration.kind === "import");
    if (declaration.isReassigned) return binding;
    const value = valueOrNull(accessor);
    if (value === null) return binding;
    const { kind } = declaration;
    // A `var` is undefined before its initialiser runs.
    if ((kind === "var" || kind === "import") && value.value === undefined) return binding;
    const isProven =
      kind !== "import" ||
      isImportImmutable(declaration, value.value, this.origin?.script ?? null, true);
    return isProven ? constant(name, value.value) : binding;
  }

  /** `torch.compile(fn, { scope })`. */
  private fromUser(name: string): Binding | null {
    const free = this.record?.freeNames.get(name);
    const { declaration = null } = free ?? {};
    if (declaration === null && this.isGlobalToEngine(name)) return null;
    const accessor = explicitAccessor(this.fn, name, declaration?.isReassigned ?? true);
    if (accessor === null) return null;
    if (declaration !== null) return this.accessed(name, declaration, accessor);
    return {
      ...inPlace(name, accessor, false),
      // It may well be a global variable; where a variable of the program hides that, this costs a break.
      get isAccessor() {
        return isProgramAccessor(name, globalThis);
      },
    };
  }

  /** Whether the engine can tell that no scope of a function or module has the variable. */
  private isGlobalToEngine(name: string): boolean {
    const snapshot = sourceTier() === "T" ? null : this.snapshot();
    return snapshot !== null && scopeWith(snapshot, name) === null;
  }

  /** A function expression's own name: the engine does not list that scope, and the value is the function itself. */
  private isOwnName({ kind, scope }: Declaration): boolean {
    return kind === "functionName" && scope === this.record?.definedIn;
  }

  private fromEngine(name: string): Binding {
    if (sourceTier() === "T")
      return unavailable(name, "closure", "its module was not transformed in a way that shows it");
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
    if (declaration.kind === "functionName")
      return this.isOwnName(declaration) ? constant(name, this.fn) : this.variable(name);
    const found = scopeWith(snapshot, name);
    if (found === null || found.kind === "script") {
      return this.isScriptGlobal(name, declaration, snapshot)
        ? this.ofGlobalScope(name, snapshot)
        : this.variable(name);
    }
    if (declaration.isReassigned) return this.variable(name);
    if (sourceTier() === "P") {
      const accessor = this.accessor(name);
      return "refused" in accessor
        ? this.readOnly(name, accessor.refused)
        : this.accessed(name, declaration, accessor);
    }
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
    const accessor = this.accessor(name);
    const kind = this.record?.freeNames.get(name)?.declaration?.kind;
    return "refused" in accessor
      ? this.readOnly(name, accessor.refused)
      : inPlace(name, accessor, kind === "import");
  }

  private accessor(name: string): Accessor | { readonly refused: string } {
    const declaration = this.record?.freeNames.get(name)?.declaration ?? null;
    const mayShare = this.grabbed === undefined && declaration !== null && sourceTier() !== "R";
    const shared = mayShare ? sharedAccessor(declaration, this.fn) : null;
    if (shared !== null) return shared;
    const accessors = this.accessors();
    if ("refused" in accessors) return accessors;
    return accessors.byName(name) ?? { refused: `another variable called ${name} hides it` };
  }

  private accessors(): FunctionAccessors {
    this.grabbed ??= accessorsOf(this.fn, this.origin, this.snapshot());
    return this.grabbed;
  }

  private readOnly(name: string, why: string): Binding {
    const declaration = this.record?.freeNames.get(name)?.declaration ?? null;
    let isInitialised = !mayBeUninitialised(declaration);
    const read = (): unknown => {
      const now = readScopes(this.fn);
      const found = now === null ? null : scopeWith(now, name);
      if (found === null) throw new ScopeAccessError(`${name} cannot be read from outside: ${why}`);
      const value = found.values[name]; // newer engines throw for a variable before its initialisation
      isInitialised ||= value !== undefined; // and stays so
      if (!isInitialised) {
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

function valueOrNull({ get }: Accessor): { readonly value: unknown } | null {
  try {
    return { value: get() };
  } catch {
    return null; // before its initialisation
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

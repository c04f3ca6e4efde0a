/** A private name (`#x`) of a class, as code outside the class can use it. */
import type { PrivateKind, ScriptScope } from "./script-scope.ts";

export interface PrivateAccessor {
  readonly get: (object: unknown) => unknown;
  readonly set: (object: unknown, value: unknown) => void;
  readonly has: (object: unknown) => boolean;
}

/** JavaScript for the accessor, to be evaluated in the class; `value` is no name of the program. */
export const privateAccessorText = (name: string, value: string): string =>
  `{get:${value}=>${value}.${name},set:(${value},${value}2)=>{${value}.${name}=${value}2},has:${value}=>${name} in ${value}}`;

/** Text with nothing of the program between its parts: `#x` is not called like any variable. */
export const isPrivateName = (name: string): boolean => name.startsWith("#");

export class PrivateName {
  readonly name: string;
  readonly kind: PrivateKind;
  readonly #declaredIn: ScriptScope;
  readonly get: PrivateAccessor["get"];
  readonly set: PrivateAccessor["set"];
  readonly has: PrivateAccessor["has"];

  constructor(
    name: string,
    kind: PrivateKind,
    declaredIn: ScriptScope,
    { get, set, has }: PrivateAccessor,
  ) {
    this.name = name;
    this.kind = kind;
    this.#declaredIn = declaredIn;
    this.get = get;
    this.set = set;
    this.has = has;
  }

  /**
   * Whether another name means the same field of this object, which both know. One class text may be evaluated twice, and
   * an object may have the fields of both: then a marker written through one does not show through the other.
   */
  isSameField(object: object, other: PrivateName): boolean {
    if (other === this) return true;
    if (this.name !== other.name || this.#declaredIn !== other.#declaredIn) return false;
    const value = this.get(object);
    const marker = {};
    this.set(object, marker);
    const isSame = other.get(object) === marker;
    this.set(object, value);
    return isSame;
  }
}

/** What the name is in the innermost class around that declares it; null: none does. */
export function declarationOfPrivate(
  name: string,
  from: ScriptScope | null,
): { readonly kind: PrivateKind; readonly scope: ScriptScope } | null {
  for (let scope = from; scope !== null; scope = scope.parent) {
    const kind = scope.privateKinds?.get(name);
    if (kind !== undefined) return { kind, scope };
  }
  return null;
}

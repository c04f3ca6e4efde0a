import { InternalError } from "../../base/errors.ts";
import { leavesOf } from "../../symbolic/expression.ts";
import { type Source, sourceKey } from "../variables/source.ts";
import type { Guard } from "./guard.ts";

/** A guard with the place in the user's code that made it necessary. */
export interface PlacedGuard {
  readonly guard: Guard;
  readonly place: GuardPlace | null;
}
export interface GuardPlace {
  readonly code: object;
  readonly pc: number;
  /** `Tracer.lastStep` at that time. */
  readonly step: number;
}

/** The assumptions of one capture, in the order they were made: a later guard may rely on an earlier one. */
export class GuardSet {
  readonly guards: PlacedGuard[] = [];
  readonly #seen = new Set<string>();
  readonly #identities = new Map<unknown, number>();

  add(guard: Guard, place: GuardPlace | null): void {
    const key = this.keyOf(guard);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.guards.push({ guard, place });
  }

  /** The same text for guards that say the same: facts are compared by value for primitives, by identity for objects. */
  keyOf(guard: Guard): string {
    const parts: string[] = [guard.kind];
    for (const [name, fact] of Object.entries(guard)) {
      if (name === "kind") continue;
      if (name === "source" || name === "other") parts.push(sourceKey(fact as Source)); // GuardFacts: both are Sources
      else if (guard.kind === "EXPRESSION" && name === "expression")
        parts.push(this.#expressionKey(guard));
      else if (Array.isArray(fact)) parts.push(`[${fact.map((x) => this.#valueKey(x)).join()}]`);
      else parts.push(this.#valueKey(fact));
    }
    return parts.join("|");
  }

  #expressionKey(guard: Guard): string {
    if (guard.kind !== "EXPRESSION") throw new InternalError("not an expression guard");
    for (const leaf of leavesOf(guard.expression)) {
      if (leaf.kind !== "source")
        throw new InternalError("a guard can only speak of numbers that exist at entry");
    }
    return JSON.stringify(
      guard.expression,
      (key, value: unknown) =>
        key === "source"
          ? sourceKey(value as Source)
          : typeof value === "number"
            ? String(value)
            : value, // leaf.source
    );
  }

  #valueKey(value: unknown): string {
    if (
      (typeof value === "object" && value !== null) ||
      typeof value === "function" ||
      typeof value === "symbol"
    ) {
      let id = this.#identities.get(value);
      if (id === undefined) {
        id = this.#identities.size;
        this.#identities.set(value, id);
      }
      return `#${id}`;
    }
    return Object.is(value, -0) ? "-0" : `${typeof value}:${String(value)}`;
  }
}

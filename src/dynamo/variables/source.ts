import { InternalError } from "../../base/errors.ts";
import type { PrivateName } from "../source/private-name.ts";
import { type Expression, printExpression } from "../../symbolic/expression.ts";
import type { NumberLeaf } from "./variable.ts";

/**
 * A source says how to reach a value from outside the captured region again: the start of every guard and of every reload.
 * Sources are immutable; two sources with the same text (`sourceKey`) name the same place.
 */
export type Source =
  | { readonly kind: "receiver"; readonly name: string }
  | { readonly kind: "input"; readonly index: number; readonly name: string }
  | { readonly kind: "inputCount" }
  | { readonly kind: "pinned"; readonly value: object | symbol; readonly name: string }
  | { readonly kind: "property"; readonly base: Source; readonly key: PropertyKey }
  | { readonly kind: "member"; readonly base: Source; readonly key: PropertyKey }
  | { readonly kind: "private"; readonly base: Source; readonly name: PrivateName }
  | { readonly kind: "element"; readonly base: Source; readonly index: Expression<NumberLeaf> }
  | { readonly kind: "prototype"; readonly base: Source }
  | { readonly kind: "size"; readonly base: Source; readonly dim: number }
  | { readonly kind: "cell"; readonly base: Source; readonly name: string }
  | {
      readonly kind: "mapValue";
      readonly base: Source;
      readonly key: Source | { readonly constant: unknown };
    }
  | { readonly kind: "entryKey"; readonly base: Source; readonly index: number }
  | { readonly kind: "closureCaptures"; readonly base: Source }
  | { readonly kind: "closureThis"; readonly base: Source };

/** A number at a place that exists at entry; the leaves of an element's index are of this kind. */
function leafSource(leaf: NumberLeaf): Source {
  if (leaf.kind !== "source")
    throw new InternalError("an index of a place outside exists at entry");
  return leaf.source;
}

/** Gives JavaScript text for values that a generated function closes over. */
export interface ConstantPool {
  textOf(value: unknown): string;
}

const identifier = /^[A-Za-z_$][\w$]*$/;

export function keyText(key: PropertyKey, pool: ConstantPool): string {
  if (typeof key === "symbol") return `[${pool.textOf(key)}]`;
  const text = String(key);
  if (identifier.test(text)) return `.${text}`;
  return /^(0|[1-9]\d{0,8})$/.test(text) ? `[${text}]` : `[${JSON.stringify(text)}]`;
}

/** JavaScript that reads the source; `T` is the receiver, `A` the inputs, `R` the runtime of generated code. */
export function sourceText(source: Source, pool: ConstantPool): string {
  switch (source.kind) {
    case "receiver":
      return "T";
    case "input":
      return `A[${source.index}]`;
    case "inputCount":
      return "A.length";
    case "pinned":
      return pool.textOf(source.value);
    case "property":
    case "member":
      return sourceText(source.base, pool) + keyText(source.key, pool);
    case "private":
      return `R.privateOf(${pool.textOf(source.name)}, ${sourceText(source.base, pool)})`;
    case "element": {
      const index = printExpression(
        source.index,
        (leaf) => sourceText(leafSource(leaf), pool),
        (name) => pool.textOf(Math[name]),
      );
      return `${sourceText(source.base, pool)}[${index}]`;
    }
    case "prototype":
      return `R.getPrototypeOf(${sourceText(source.base, pool)})`;
    case "size":
      return `R.sizeOf(${sourceText(source.base, pool)}, ${source.dim})`;
    case "cell":
      return `${sourceText(source.base, pool)}.v`;
    case "mapValue":
      return `R.mapGet(${sourceText(source.base, pool)}, ${"kind" in source.key ? sourceText(source.key, pool) : pool.textOf(source.key.constant)})`;
    case "entryKey":
      return `R.entryKey(${sourceText(source.base, pool)}, ${source.index})`;
    case "closureCaptures":
      return `R.closureCaptures(${sourceText(source.base, pool)})`;
    case "closureThis":
      return `R.closureThis(${sourceText(source.base, pool)})`;
  }
}

/**
 * Equal exactly for sources that name the same place. `sourceName` is not: two frames of one region may both have an
 * input called `n`.
 */
export const sourceKey = (source: Source): string => sourceText(source, identities);

const objectIds = new WeakMap<object, number>();
const symbolIds = new Map<symbol, number>();
let identityCount = 0;

const identities: ConstantPool = {
  textOf(value) {
    if (typeof value === "symbol") return `#${identityOf(symbolIds, value)}`;
    if ((typeof value === "object" && value !== null) || typeof value === "function")
      return `#${identityOf(objectIds, value)}`;
    return Object.is(value, -0) ? "-0" : `${typeof value} ${JSON.stringify(String(value))}`;
  },
};

function identityOf<Key>(
  ids: { get(key: Key): number | undefined; set(key: Key, id: number): unknown },
  key: Key,
): number {
  const known = ids.get(key);
  if (known !== undefined) return known;
  ids.set(key, identityCount);
  return identityCount++;
}

/** The source as a person reads it in guards and messages: `L["x"].weight`, `G["scale"]`. */
export function sourceName(source: Source): string {
  switch (source.kind) {
    case "receiver":
      return source.name;
    case "input":
      return `L[${JSON.stringify(source.name)}]`;
    case "inputCount":
      return "arguments.length";
    case "pinned":
      return source.name;
    case "property":
    case "member": {
      const base = sourceName(source.base);
      if (typeof source.key === "symbol") return `${base}[${String(source.key)}]`;
      const key = String(source.key);
      return identifier.test(key)
        ? `${base}.${key}`
        : /^\d+$/.test(key)
          ? `${base}[${key}]`
          : `${base}[${JSON.stringify(key)}]`;
    }
    case "private":
      return `${sourceName(source.base)}.${source.name.name}`;
    case "element":
      return `${sourceName(source.base)}[${printExpression(source.index, (leaf) => sourceName(leafSource(leaf)))}]`;
    case "prototype":
      return `Object.getPrototypeOf(${sourceName(source.base)})`;
    case "size":
      return `${sourceName(source.base)}.size()[${source.dim}]`;
    case "cell":
      return source.name;
    case "mapValue":
      return `${sourceName(source.base)}.get(${"kind" in source.key ? sourceName(source.key) : describeConstant(source.key.constant)})`;
    case "entryKey":
      return `[...${sourceName(source.base)}.keys()][${source.index}]`;
    case "closureCaptures":
      return `captures of ${sourceName(source.base)}`;
    case "closureThis":
      return `this of ${sourceName(source.base)}`;
  }
}

const describeConstant = (value: unknown): string =>
  typeof value === "string"
    ? JSON.stringify(value)
    : typeof value === "bigint"
      ? `${value}n`
      : String(value);

/** The input a source starts from, or null for places that do not depend on the call. */
export function rootInput(source: Source): number | null {
  switch (source.kind) {
    case "input":
      return source.index;
    case "receiver":
    case "inputCount":
    case "pinned":
      return null;
    case "property":
    case "member":
    case "private":
    case "element":
    case "prototype":
    case "size":
    case "cell":
    case "mapValue":
    case "entryKey":
    case "closureCaptures":
    case "closureThis":
      return rootInput(source.base);
  }
}

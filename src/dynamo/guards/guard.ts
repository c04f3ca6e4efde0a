import type { Expression } from "../../symbolic/expression.ts";
import { printExpression } from "../../symbolic/expression.ts";
import type { PrivateName } from "../source/private-name.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import type { NumberLeaf } from "../variables/variable.ts";
import { describeValue } from "../variables/variable.ts";
import {
  type ConstantPool,
  type Source,
  keyText,
  sourceName,
  sourceText,
} from "../variables/source.ts";
import type { ShapeTrace } from "../shapes/shape-trace.ts";
import { explainTensorMismatch } from "./explain-tensor-mismatch.ts";

/**
 * Everything a compiled entry assumed, one fact a guard. `test` is the JavaScript that checks it on the hot path
 * (bench: dispatch); `describe` is the same fact for people; `explain` says how an actual value differs.
 */
interface GuardKind<Fact> {
  readonly test: (fact: Fact, pool: ConstantPool) => string;
  readonly describe: (fact: Fact) => string;
  readonly explain?: (fact: Fact, actual: unknown) => string | null;
}

interface OnSource {
  readonly source: Source;
}
interface GuardFacts {
  TENSOR_MATCH: OnSource & { readonly meta: TensorMeta };
  /** As TENSOR_MATCH, but any size is right in the dynamic dimensions, and strides are left to SHAPES. */
  TENSOR_DYNAMIC: OnSource & { readonly meta: TensorMeta; readonly dims: readonly number[] };
  /** The layout of a tensor whose sizes the capture may not look at. */
  CONTIGUOUS: OnSource;
  CONSTANT_MATCH: OnSource & { readonly value: unknown };
  TYPE_MATCH: OnSource & { readonly type: "number" | "boolean" | "string" | "object" | "function" };
  FUNCTION_MATCH: OnSource & { readonly value: Function };
  ID_MATCH: OnSource & { readonly value: object | symbol };
  ARRAY_MATCH: OnSource;
  SEQUENCE_LENGTH: OnSource & { readonly length: number };
  OBJECT_MATCH: OnSource & { readonly prototype: object | null };
  OWN_DATA: OnSource & { readonly key: PropertyKey };
  PRIVATE_NAME: OnSource & { readonly name: PrivateName; readonly truth: boolean };
  DATA_ELEMENT: OnSource & { readonly index: Expression<NumberLeaf> };
  /** `count` own elements, none with a getter or setter; beside SEQUENCE_LENGTH and NOT_PRESENT it says which. */
  DATA_ELEMENTS: OnSource & { readonly count: number };
  /** The same, and all can be overwritten and deleted. */
  PLAIN_ELEMENTS: OnSource & { readonly count: number };
  OWN_GETTER: OnSource & { readonly key: PropertyKey; readonly getter: Function };
  OWN_SETTER: OnSource & { readonly key: PropertyKey; readonly setter: Function };
  CONFIGURABLE: OnSource & { readonly key: PropertyKey };
  PRESENT: OnSource & { readonly key: PropertyKey };
  NOT_PRESENT: OnSource & { readonly key: PropertyKey };
  KEYS_MATCH: OnSource & { readonly keys: readonly PropertyKey[] };
  ENUMERABLE: OnSource & { readonly keys: readonly PropertyKey[] };
  EXTENSIBLE: OnSource & { readonly writableKey: PropertyKey };
  MAP_MATCH: OnSource;
  SET_MATCH: OnSource;
  ENTRY_KEYS_MATCH: OnSource & { readonly keys: readonly unknown[] };
  CLOSURE_MATCH: OnSource & { readonly code: object };
  CURSOR_MATCH: OnSource;
  INITIALISED: OnSource;
  DUPLICATE_INPUT: { readonly source: Source; readonly other: Source };
  NO_ALIASING: { readonly source: Source; readonly other: Source };
  EXPRESSION: { readonly expression: Expression<NumberLeaf>; readonly truth: boolean };
  /** All that was learnt about tensors with dynamic sizes, and decided on these sizes. */
  SHAPES: { readonly trace: ShapeTrace };
  GRAD_MODE: { readonly enabled: boolean };
  DEFAULT_DTYPE: { readonly dtype: object };
}

export type Guard = {
  [Kind in keyof GuardFacts]: { readonly kind: Kind } & GuardFacts[Kind];
}[keyof GuardFacts];
export type GuardKindName = keyof GuardFacts;

const text = (fact: OnSource, pool: ConstantPool): string => sourceText(fact.source, pool);
const name = (fact: OnSource): string => sourceName(fact.source);
const keyName = (key: PropertyKey): string =>
  typeof key === "symbol" ? String(key) : JSON.stringify(String(key));

/** NaN and -0 need SameValue (ECMA-262 §7.2.11); for everything else `===` says the same and is faster. */
const needsSameValue = (value: unknown): boolean => Number.isNaN(value) || value === 0;

const guardKinds: { readonly [Kind in GuardKindName]: GuardKind<GuardFacts[Kind]> } = {
  TENSOR_MATCH: {
    test: (g, pool) => `R.metaOf(${text(g, pool)}) === ${pool.textOf(g.meta)}`,
    describe: (g) => `check_tensor(${name(g)}, ${describeMeta(g.meta)})`,
    explain: (g, actual) => explainTensorMismatch(plainName(g.source), g.meta, actual),
  },
  TENSOR_DYNAMIC: {
    test: (g, pool) =>
      `R.matchesDynamic(R.metaOf(${text(g, pool)}), ${pool.textOf(g.meta)}, ${pool.textOf(g.dims)})`,
    describe: (g) => `check_tensor(${name(g)}, ${describeMeta(g.meta, g.dims)})`,
    explain: (g, actual) =>
      explainTensorMismatch(plainName(g.source), g.meta, actual, new Set(g.dims)),
  },
  CONTIGUOUS: {
    test: (g, pool) => `R.isContiguous(${text(g, pool)})`,
    describe: (g) => `${name(g)}.is_contiguous()`,
  },
  CONSTANT_MATCH: {
    test: (g, pool) =>
      needsSameValue(g.value)
        ? `R.sameValue(${text(g, pool)}, ${pool.textOf(g.value)})`
        : `${text(g, pool)} === ${pool.textOf(g.value)}`,
    describe: (g) => `${name(g)} === ${describeValue(g.value)}`,
  },
  TYPE_MATCH: {
    test: (g, pool) =>
      g.type === "object"
        ? `R.isObject(${text(g, pool)})`
        : `typeof ${text(g, pool)} === "${g.type}"`,
    describe: (g) => `typeof ${name(g)} === "${g.type}"`,
  },
  FUNCTION_MATCH: {
    test: (g, pool) => `R.sameClosure(${text(g, pool)}, ${pool.textOf(g.value)})`,
    describe: (g) => `${name(g)} is ${describeValue(g.value)}, or the same function made anew`,
  },
  ID_MATCH: {
    test: (g, pool) => `${text(g, pool)} === ${pool.textOf(g.value)}`,
    describe: (g) => `${name(g)} === ${describeValue(g.value)}`,
  },
  ARRAY_MATCH: {
    test: (g, pool) => `R.isPlainArray(${text(g, pool)})`,
    describe: (g) => `Array.isArray(${name(g)})`,
  },
  SEQUENCE_LENGTH: {
    test: (g, pool) => `${text(g, pool)}.length === ${g.length}`,
    describe: (g) => `${name(g)}.length === ${g.length}`,
  },
  OBJECT_MATCH: {
    test: (g, pool) => `R.isOrdinaryObject(${text(g, pool)}, ${pool.textOf(g.prototype)})`,
    describe: (g) => `Object.getPrototypeOf(${name(g)}) === ${describePrototype(g.prototype)}`,
  },
  OWN_DATA: {
    test: (g, pool) => `R.hasOwnData(${text(g, pool)}, ${pool.textOf(g.key)})`,
    describe: (g) => `Object.hasOwn(${name(g)}, ${keyName(g.key)})`,
  },
  DATA_ELEMENT: {
    test: (g, pool) =>
      `R.hasOwnData(${text(g, pool)}, ${printExpression(
        g.index,
        (leaf) => leafText(leaf, pool),
        (fn) => pool.textOf(Math[fn]),
      )})`,
    describe: (g) => `Object.hasOwn(${name(g)}, ${printExpression(g.index, leafName)})`,
  },
  DATA_ELEMENTS: {
    test: (g, pool) => `R.hasDataElements(${text(g, pool)}, ${g.count})`,
    describe: (g) => `${name(g)} has ${g.count} elements without getters`,
  },
  PLAIN_ELEMENTS: {
    test: (g, pool) => `R.hasPlainElements(${text(g, pool)}, ${g.count})`,
    describe: (g) => `${name(g)} has ${g.count} elements that can be replaced`,
  },
  PRIVATE_NAME: {
    test: (g, pool) => `${g.truth ? "" : "!"}${pool.textOf(g.name)}.has(${text(g, pool)})`,
    describe: (g) => `${g.truth ? "" : "!"}(${g.name.name} in ${name(g)})`,
  },
  OWN_GETTER: {
    test: (g, pool) =>
      `R.hasOwnGetter(${text(g, pool)}, ${pool.textOf(g.key)}, ${pool.textOf(g.getter)})`,
    describe: (g) => `${name(g)} has the same getter ${keyName(g.key)}`,
  },
  OWN_SETTER: {
    test: (g, pool) =>
      `R.hasOwnSetter(${text(g, pool)}, ${pool.textOf(g.key)}, ${pool.textOf(g.setter)})`,
    describe: (g) => `${name(g)} has the same setter ${keyName(g.key)}`,
  },
  CONFIGURABLE: {
    test: (g, pool) => `R.isConfigurable(${text(g, pool)}, ${pool.textOf(g.key)})`,
    describe: (g) => `${name(g)}${keyText(g.key, describingPool)} can be deleted`,
  },
  PRESENT: {
    test: (g, pool) => `R.hasOwn(${text(g, pool)}, ${pool.textOf(g.key)})`,
    describe: (g) => `Object.hasOwn(${name(g)}, ${keyName(g.key)})`,
  },
  NOT_PRESENT: {
    test: (g, pool) => `!R.hasOwn(${text(g, pool)}, ${pool.textOf(g.key)})`,
    describe: (g) => `!Object.hasOwn(${name(g)}, ${keyName(g.key)})`,
  },
  KEYS_MATCH: {
    test: (g, pool) => `R.sameKeys(${text(g, pool)}, ${pool.textOf(g.keys)})`,
    describe: (g) => `Reflect.ownKeys(${name(g)}) == [${g.keys.map(keyName).join(", ")}]`,
  },
  ENUMERABLE: {
    test: (g, pool) => `R.sameEnumerable(${text(g, pool)}, ${pool.textOf(g.keys)})`,
    describe: (g) => `enumerable keys of ${name(g)} == [${g.keys.map(keyName).join(", ")}]`,
  },
  EXTENSIBLE: {
    test: (g, pool) => `R.isWritable(${text(g, pool)}, ${pool.textOf(g.writableKey)})`,
    describe: (g) => `${name(g)}${keyText(g.writableKey, describingPool)} is writable`,
  },
  MAP_MATCH: {
    test: (g, pool) => `R.isPlainMap(${text(g, pool)})`,
    describe: (g) => `${name(g)} is a Map`,
  },
  SET_MATCH: {
    test: (g, pool) => `R.isPlainSet(${text(g, pool)})`,
    describe: (g) => `${name(g)} is a Set`,
  },
  ENTRY_KEYS_MATCH: {
    test: (g, pool) => `R.sameEntryKeys(${text(g, pool)}, ${pool.textOf(g.keys)})`,
    describe: (g) => `[...${name(g)}.keys()] == [${g.keys.map(describeValue).join(", ")}]`,
  },
  CLOSURE_MATCH: {
    test: (g, pool) => `R.closureCode(${text(g, pool)}) === ${pool.textOf(g.code)}`,
    describe: (g) => `${name(g)} is the same function text`,
  },
  CURSOR_MATCH: {
    test: (g, pool) => `R.isArrayCursor(${text(g, pool)})`,
    describe: (g) => `${name(g)} iterates over an array`,
  },
  INITIALISED: {
    test: (g, pool) => `R.isInitialised(${text(g, pool)})`,
    describe: (g) => `${name(g)} is initialised`,
  },
  DUPLICATE_INPUT: {
    test: (g, pool) => `${sourceText(g.source, pool)} === ${sourceText(g.other, pool)}`,
    describe: (g) => `${sourceName(g.source)} === ${sourceName(g.other)}`,
  },
  NO_ALIASING: {
    test: (g, pool) => `${sourceText(g.source, pool)} !== ${sourceText(g.other, pool)}`,
    describe: (g) => `${sourceName(g.source)} !== ${sourceName(g.other)}`,
  },
  EXPRESSION: {
    test: (g, pool) =>
      `${g.truth ? "" : "!"}${printExpression(
        g.expression,
        (leaf) => leafText(leaf, pool),
        (fn) => pool.textOf(Math[fn]),
      )}`,
    describe: (g) => `${g.truth ? "" : "!"}${printExpression(g.expression, leafName)}`,
  },
  SHAPES: {
    test: (g, pool) => {
      const { tensors, numbers } = g.trace.sources;
      const key = [
        ...tensors.map((source) => `R.metaOf(${sourceText(source, pool)})`),
        ...numbers.map((source) => sourceText(source, pool)),
      ];
      return `${pool.textOf(g.trace)}.holds([${key.join(", ")}])`;
    },
    describe: (g) =>
      `what was captured holds for the sizes of ${g.trace.sources.tensors.map(sourceName).join(", ")}`,
  },
  GRAD_MODE: {
    test: (g) => `R.isGradEnabled() === ${g.enabled}`,
    describe: (g) => `torch.is_grad_enabled() === ${g.enabled}`,
    explain: () => "GLOBAL_STATE changed: grad_mode",
  },
  DEFAULT_DTYPE: {
    test: (g, pool) => `R.getDefaultDtype() === ${pool.textOf(g.dtype)}`,
    describe: (g) => `torch.get_default_dtype() === ${String(g.dtype)}`,
    explain: () => "GLOBAL_STATE changed: default_dtype",
  },
};

function leafText(leaf: NumberLeaf, pool: ConstantPool): string {
  if (leaf.kind !== "source")
    throw new Error("a guard can only speak of numbers that exist at entry");
  return sourceText(leaf.source, pool);
}

const leafName = (leaf: NumberLeaf): string =>
  leaf.kind === "source" ? sourceName(leaf.source) : "u";
const describingPool: ConstantPool = { textOf: describeValue };
const describePrototype = (prototype: object | null): string =>
  prototype === null ? "null" : `${describeValue(prototype)}.prototype`;
/** Dynamic sizes are written `None`, as PyTorch does. */
const describeMeta = (meta: TensorMeta, dynamic: readonly number[] = []): string =>
  `${String(meta.dtype)}, size=[${meta.shape.map((size, dim) => (dynamic.includes(dim) ? "None" : size)).join(", ")}], ${dynamic.length > 0 ? "" : `stride=[${meta.strides.join(", ")}], `}requires_grad=${meta.requires_grad}`;
const plainName = (source: Source): string =>
  source.kind === "input" ? source.name : sourceName(source);

// One lookup for all kinds: the table's mapped type proves that kind and facts belong together.
const kindOf = (guard: Guard): GuardKind<Guard> => guardKinds[guard.kind] as GuardKind<Guard>;

export const guardTest = (guard: Guard, pool: ConstantPool): string =>
  kindOf(guard).test(guard, pool);
export const describeGuard = (guard: Guard): string => kindOf(guard).describe(guard);

/** Why the guard does not hold for `actual`, in PyTorch's words where it has them. */
export const explainGuard = (guard: Guard, actual: unknown): string =>
  kindOf(guard).explain?.(guard, actual) ?? describeGuard(guard);

export const guardSource = (guard: Guard): Source | null =>
  "source" in guard ? guard.source : null;

import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Source } from "../variables/source.ts";

/** The two functions that iteration over a built-in looks up: a program may patch both. */
const protocols = {
  array: protocol(Array.prototype, "Array.prototype", [][Symbol.iterator]()),
  map: protocol(Map.prototype, "Map.prototype", new Map()[Symbol.iterator]()),
  set: protocol(Set.prototype, "Set.prototype", new Set()[Symbol.iterator]()),
  string: protocol(String.prototype, "String.prototype", ""[Symbol.iterator]()),
} as const;

interface Lookup {
  readonly holder: object;
  readonly key: PropertyKey;
  readonly source: Source;
  readonly pristine: unknown;
}

function protocol(holder: object, name: string, iterator: object): readonly Lookup[] {
  const iteratorPrototype = Object.getPrototypeOf(iterator) as object; // built-in iterators inherit from an object (§27.1.2)
  return [
    lookup(holder, name, Symbol.iterator),
    lookup(iteratorPrototype, `${name}[Symbol.iterator]().__proto__`, "next"),
  ];
}

function lookup(holder: object, name: string, key: PropertyKey): Lookup {
  const base: Source = { kind: "pinned", value: holder, name };
  return { holder, key, source: { kind: "member", base, key }, pristine: Reflect.get(holder, key) };
}

export function iteratorGuards(machine: Machine, kind: keyof typeof protocols): void {
  for (const { holder, key, source, pristine } of protocols[kind]) {
    if (Reflect.get(holder, key) !== pristine || typeof pristine !== "function") {
      breakGraph(
        "untraceableIteration",
        { iterable: `a patched ${kind} iterator`, kind: "a value whose iteration is not known" },
        `getIterator of patched ${kind}`,
      );
    }
    machine.tracer.addGuard({ kind: "ID_MATCH", source, value: pristine });
  }
}

/** One array or Map may have an iteration of its own, which comes before the built-in one. */
export function guardOwnIterator(
  machine: Machine,
  { value, source }: { readonly value: object | null; readonly source: Source | null },
): void {
  if (value === null || source === null) return;
  if (Object.hasOwn(value, Symbol.iterator)) {
    breakGraph(
      "untraceableIteration",
      {
        iterable: "an object with an iterator of its own",
        kind: "a value whose iteration is not known",
      },
      "getIterator of a patched object",
    );
  }
  machine.tracer.addGuard({ kind: "NOT_PRESENT", source, key: Symbol.iterator });
}

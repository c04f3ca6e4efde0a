import type { Machine } from "../interpreter/machine.ts";
import {
  ArrayVariable,
  type ForcedVariable,
  MapVariable,
  ObjectVariable,
  SetVariable,
  TemplateVariable,
  type TensorVariable,
  type Variable,
} from "../variables/variable.ts";

/** What becomes of the parts of an argument that are not copied. */
export interface SnapshotRules {
  tensor(value: TensorVariable): Variable;
  /** An object that existed before the region: it is shown itself, after the effects that come before the call. */
  outside(value: ForcedVariable): Variable;
  refuse(value: ForcedVariable): never;
}

/** A copy of what an argument holds now: objects made in the region are written as they are at its end. */
export function snapshotOf(machine: Machine, argument: Variable, rules: SnapshotRules): Variable {
  const copies = new Map<Variable, Variable>();
  const copy = (variable: Variable): Variable => {
    if (variable.kind === "lazy" && variable.forced === null && isPassedOn(machine, variable))
      return variable;
    const value = machine.force(variable);
    const known = copies.get(value);
    if (known !== undefined) return known;
    switch (value.kind) {
      case "tensor":
        return rules.tensor(value);
      case "number":
      case "constant":
      case "function":
      case "builtin":
      case "inGraph":
        return variable;
      case "template":
        return copyTemplate(value);
      case "opaque":
        rules.outside(value);
        return variable;
      case "array":
      case "object":
      case "map":
      case "set":
        if (value.source !== null) {
          rules.outside(value);
          return variable;
        }
        return copyMade(value);
      default:
        return rules.refuse(value);
    }
  };
  const copyTemplate = (value: TemplateVariable): Variable => {
    const parts = value.parts.map((part) => (typeof part === "string" ? part : copy(part)));
    const isSame = parts.every((part, index) => part === value.parts[index]);
    return isSame ? value : new TemplateVariable(parts);
  };
  const copyMade = (
    value: ArrayVariable | ObjectVariable | MapVariable | SetVariable,
  ): Variable => {
    switch (value.kind) {
      case "array": {
        if (value.flavour === "arguments") return rules.refuse(value);
        const items: (Variable | null)[] = [];
        const named = new Map<string, Variable>();
        const made = new ArrayVariable({ items, named, frozen: value.frozen });
        copies.set(value, made);
        for (const item of value.items ?? []) items.push(item === null ? null : copy(item));
        for (const [name, item] of value.named) named.set(name, copy(item));
        return made;
      }
      case "object":
        return copyObject(value);
      case "map": {
        const entries: { readonly key: Variable; readonly value: Variable }[] = [];
        const made = new MapVariable(entries, null, null);
        copies.set(value, made);
        for (const entry of value.entries ?? [])
          entries.push({ key: copy(entry.key), value: copy(entry.value) });
        return made;
      }
      case "set": {
        const keys: Variable[] = [];
        const made = new SetVariable(keys, null, null);
        copies.set(value, made);
        for (const key of value.keys ?? []) keys.push(copy(key));
        return made;
      }
    }
  };
  const copyObject = (value: ObjectVariable): Variable => {
    // An instance of a class may have more than its properties.
    const isPlain = value.prototype === null || value.prototype === Object.prototype;
    if (!isPlain || value.error !== null) return rules.refuse(value);
    const made = new ObjectVariable({ prototype: value.prototype });
    copies.set(value, made);
    for (const [key, slot] of value.properties) {
      if (slot.kind === "accessor") return rules.refuse(value);
      if (slot.kind === "data") made.properties.set(key, { ...slot, value: copy(slot.value) });
    }
    made.frozen = value.frozen;
    return made;
  };
  return copy(argument);
}

/** A primitive from outside that nothing looked at: another value of its type needs no other code to be printed. */
function isPassedOn({ tracer }: Machine, variable: Extract<Variable, { kind: "lazy" }>): boolean {
  const type = typeof variable.value;
  if (type !== "string" && type !== "number" && type !== "boolean") return false;
  if (variable.source.kind !== "pinned")
    tracer.addGuard({ kind: "TYPE_MATCH", source: variable.source, type });
  return true;
}

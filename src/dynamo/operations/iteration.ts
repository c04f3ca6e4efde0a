import type { Expression } from "../../symbolic/expression.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import {
  arrayItem,
  arrayItems,
  arrayLength,
  mapEntries,
  setKeys,
} from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ArrayVariable,
  ConstantVariable,
  type CursorState,
  CursorVariable,
  type ForcedVariable,
  type NumberLeaf,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import { hasOnlyElements } from "./array-own-keys.ts";
import { guardOwnIterator, iteratorGuards } from "./iterator-guards.ts";
import { ownDataProperties } from "./own-data-properties.ts";
import { propertyKey } from "./property-key.ts";
import { refuseIteration } from "./refuse-iteration.ts";
import { advanceProtocol, userIterator } from "./user-iterator.ts";
import { unbindTensor } from "./unbind-tensor.ts";

/** GetIterator (ECMA-262 §7.4.3) for built-in iterables whose protocol the program has not patched. */
export function getIterator(machine: Machine, iterable: Variable): Variable {
  const value = machine.force(iterable);
  switch (value.kind) {
    case "array":
      iteratorGuards(machine, "array");
      guardOwnIterator(machine, value);
      return new CursorVariable({ over: value, mode: "values", flavour: "record" });
    case "map":
    case "set": {
      iteratorGuards(machine, value.kind);
      guardOwnIterator(machine, value);
      const cursor = new CursorVariable({
        over: value,
        mode: value.kind === "map" ? "entries" : "values",
        flavour: "record",
      });
      machine.noteIteration(cursor);
      return cursor;
    }
    case "generator":
    case "object":
      return userIterator(machine, value);
    case "cursor":
      return value.flavour === "record" ? value : new CursorVariable(value);
    case "constant":
      if (typeof value.value === "string") {
        iteratorGuards(machine, "string");
        const characters = [...value.value].map((character) => new ConstantVariable(character));
        return new CursorVariable({
          over: new ArrayVariable({ items: characters, frozen: true }),
          mode: "values",
          flavour: "record",
        });
      }
      break;
    case "tensor":
      return new CursorVariable({
        over: unbindTensor(machine, value),
        mode: "values",
        flavour: "record",
      });
    default:
      break;
  }
  return refuseIteration(value, `getIterator ${describeVariable(value)}`);
}

/** One step of a record: false when exhausted, else `current` holds the value. */
export function advance(machine: Machine, record: Variable): boolean {
  const iterator = machine.force(record);
  switch (iterator.kind) {
    case "cursor":
      iterator.current = step(machine, iterator.state);
      return iterator.current !== null;
    case "protocol":
      return advanceProtocol(machine, iterator);
    default:
      return refuseIteration(iterator, `advance ${describeVariable(iterator)}`);
  }
}

/** The next value, or null at the end; an exhausted iterator stays exhausted. */
export function step(machine: Machine, state: CursorState): Variable | null {
  if (state.done) return null;
  machine.tracer.noteMutation(state, "an iterator");
  let value = valueAt(machine, state);
  while (value !== null && state.keysOf !== null && !isStillThere(machine, state.keysOf, value)) {
    state.index += 1;
    value = valueAt(machine, state);
  }
  if (value === null) state.done = true;
  else state.index += 1;
  return value;
}

const isStillThere = (machine: Machine, object: Variable, key: Variable): boolean =>
  machine.hasProperty(object, propertyKey(machine, key));

function valueAt(machine: Machine, state: CursorState): Variable | null {
  const { over, mode, index } = state;
  const pair = (key: Variable, value: Variable): Variable =>
    new ArrayVariable({ items: [key, value] });
  const pick = (key: Variable, value: Variable): Variable =>
    mode === "keys" ? key : mode === "values" ? value : pair(key, value);
  switch (over.kind) {
    case "array": {
      if (state.start !== null) return elementFrom(machine, over, state.start, index);
      if (index >= arrayLength(machine, over)) return null;
      const value =
        mode === "keys"
          ? undefinedVariable
          : (arrayItem(machine, over, index) ?? undefinedVariable);
      return pick(new ConstantVariable(index), value);
    }
    case "map": {
      const entry = mapEntries(machine, over)[index];
      return entry === undefined ? null : pick(entry.key, entry.value);
    }
    case "set": {
      const key = setKeys(machine, over)[index];
      return key === undefined ? null : pick(key, key);
    }
  }
}

/** The element `index` steps after a start that varies from call to call. */
function elementFrom(
  machine: Machine,
  over: ArrayVariable,
  start: Expression<NumberLeaf>,
  index: number,
): Variable | null {
  const position = machine.tracer.number({
    kind: "binary",
    operator: "+",
    left: start,
    right: { kind: "constant", value: index },
  });
  return machine.elementAt(over, position);
}

/** Everything an iterable gives, for spread and Array.from. */
export function listOf(machine: Machine, iterable: Variable, purpose: string): Variable[] {
  return restOf(machine, getIterator(machine, iterable), purpose);
}

/** Everything an iterator still gives. */
export function restOf(machine: Machine, record: Variable, purpose: string): Variable[] {
  const values: Variable[] = [];
  const iterator = machine.force(record);
  const before = iterator.kind === "cursor" ? { ...iterator.state } : null;
  try {
    while (advance(machine, record)) {
      if (values.length >= longestList)
        breakGraph(
          "traceTooLong",
          { limit: `${longestList} values of one iterator`, place: null },
          purpose,
        );
      values.push(currentValue(machine, record));
    }
  } catch (error) {
    // The instruction will be carried out as a whole where the graph broke.
    if (iterator.kind === "cursor" && before !== null) Object.assign(iterator.state, before);
    throw error;
  }
  return values;
}

/** An iterator that never ends would be asked for ever. */
const longestList = 100_000;

/** The value found by the last step. */
export function currentValue(machine: Machine, record: Variable): Variable {
  const iterator = machine.force(record);
  if (iterator.kind !== "cursor" && iterator.kind !== "protocol")
    return refuseIteration(iterator, "iteratorValue");
  return iterator.current ?? undefinedVariable;
}

/**
 * The keys `for (k in object)` visits (ECMA-262 §14.7.5.9): own enumerable string keys of plain objects and arrays,
 * whose prototypes have no enumerable ones.
 */
export function enumerableKeys(machine: Machine, variable: Variable): ForcedVariable {
  const value = machine.force(variable);
  const keys = keysOf(machine, value);
  if (keys === null) {
    return breakGraph(
      "untraceableIteration",
      { iterable: `the keys of ${describeVariable(value)}`, kind: "not a plain object" },
      `enumerateKeys ${describeVariable(value)}`,
    );
  }
  const over = new ArrayVariable({
    items: keys.map((key) => new ConstantVariable(key)),
    frozen: true,
  });
  return new CursorVariable({ over, mode: "values", flavour: "record", keysOf: value });
}

function keysOf(machine: Machine, value: ForcedVariable): readonly string[] | null {
  if (value.kind === "constant" && (value.value === undefined || value.value === null)) return [];
  if (value.kind === "array" && value.flavour === "array" && hasOnlyElements(machine, value)) {
    if (hasEnumerableKeys(Array.prototype)) return null;
    return arrayItems(machine, value).flatMap((item, index) =>
      item === null ? [] : [String(index)],
    );
  }
  if (value.kind !== "object" || hasEnumerableKeys(value.prototype)) return null;
  return ownDataProperties(machine, value).flatMap(([key]) =>
    typeof key === "symbol" ? [] : [String(key)],
  );
}

function hasEnumerableKeys(start: object | null): boolean {
  for (let link = start; link !== null; link = Object.getPrototypeOf(link) as object | null) {
    if (Object.keys(link).length > 0) return true;
  }
  return false;
}

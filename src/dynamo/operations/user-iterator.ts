import type { Machine } from "../interpreter/machine.ts";
import { ProgramThrow, throwTypeError } from "../interpreter/program-throw.ts";
import { type GeneratorVariable, ProtocolVariable } from "../variables/iterator-variables.ts";
import {
  type ForcedVariable,
  type ObjectVariable,
  type Variable,
  describeForUser,
} from "../variables/variable.ts";
import { generatorPrototype } from "./generator-prototype.ts";
import { refuseIteration } from "./refuse-iteration.ts";
import { callNested, getNested } from "./nested-call.ts";

/** %IteratorPrototype%[Symbol.iterator]: gives its receiver (§27.1.4.13). */
const itself: unknown = Reflect.get(generatorPrototype, Symbol.iterator);

/** GetIterator (ECMA-262 §7.4.3) of an object or a generator of the program. */
export function userIterator(
  machine: Machine,
  iterable: ObjectVariable | GeneratorVariable,
): Variable {
  const method = machine.force(getNested(machine, iterable, Symbol.iterator));
  const isItself = method.kind === "opaque" && method.value === itself;
  if (!isItself && !isFunction(method))
    return refuseIteration(iterable, "getIterator of an object without one");
  const iterator = isItself ? iterable : machine.force(callNested(machine, method, iterable, []));
  // It knows its steps without being asked.
  if (iterator.kind === "cursor") return machine.getIterator(iterator);
  if (iterator.kind !== "object" && iterator.kind !== "generator")
    return refuseIteration(iterable, "its iterator is no object");
  return new ProtocolVariable(iterator, getNested(machine, iterator, "next"));
}

/** IteratorStepValue (§7.4.8). Nothing of the record changes before all that may break the graph is done. */
export function advanceProtocol(machine: Machine, record: ProtocolVariable): boolean {
  machine.tracer.noteMutation(record, "an iterator");
  if (record.done) return false;
  try {
    const result = machine.force(callNested(machine, record.next, record.iterator, []));
    if (result.kind !== "object") return refuseIteration(result, "an iterator result");
    record.done = machine.truthOf(getNested(machine, result, "done"));
    record.current = record.done ? null : getNested(machine, result, "value");
  } catch (error) {
    if (error instanceof ProgramThrow) record.done = true; // for good
    throw error;
  }
  return !record.done;
}

/** IteratorClose (§7.4.11) where nothing was thrown. */
export function closeProtocol(machine: Machine, record: ProtocolVariable): void {
  machine.tracer.noteMutation(record, "an iterator");
  if (record.done) return;
  const method = machine.force(getNested(machine, record.iterator, "return"));
  const isMissing =
    method.kind === "constant" && (method.value === undefined || method.value === null);
  if (!isMissing) {
    const result = machine.force(callNested(machine, method, record.iterator, []));
    if (result.kind === "constant") throwTypeError(`${describeForUser(result)} is not an object`);
  }
  record.done = true;
}

const isFunction = ({ kind }: ForcedVariable): boolean =>
  kind === "function" || kind === "closure" || kind === "builtin" || kind === "bound";

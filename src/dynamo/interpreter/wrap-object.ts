import { DType } from "../../core/dtype.ts";
import { isTensor } from "../../core/tensor.ts";
import { findInGraph } from "../in-graph-lookup.ts";
import { builtinOf } from "../builtins/builtin-table.ts";
import { isIntrinsicHolder } from "../builtins/intrinsics.ts";
import { ProtocolIterator } from "../bytecode/protocol-iterator.ts";
import { ProtocolVariable } from "../variables/iterator-variables.ts";
import { ArrayCursor } from "../bytecode/array-cursor.ts";
import { closureInfo } from "../bytecode/closures/make-closure.ts";
import type { Source } from "../variables/source.ts";
import {
  ArrayVariable,
  BuiltinVariable,
  ConstantVariable,
  type ForcedVariable,
  InGraphVariable,
  LazyVariable,
  MapVariable,
  ObjectVariable,
  OpaqueVariable,
  SetVariable,
  UserFunctionVariable,
  describeValue,
} from "../variables/variable.ts";
import { substituteOf } from "../opaque-functions.ts";
import { isModuleNamespace, isProxy } from "./exotic-object.ts";
import type { Tracer } from "./tracer.ts";

/** Chooses how the interpreter sees an object from outside, and guards what that choice relies on. */
export function wrapObject(tracer: Tracer, value: object, source: Source): ForcedVariable {
  if (typeof value === "function") return wrapFunction(tracer, value, source);
  if (isProxy(value)) return new OpaqueVariable(value, source, "Proxy");
  if (value instanceof DType) return identified(tracer, value, source, new ConstantVariable(value));
  // A live tensor never comes here.
  if (isTensor(value))
    return identified(tracer, value, source, new OpaqueVariable(value, source, "disposed tensor"));
  if (isModuleNamespace(value))
    return identified(tracer, value, source, new OpaqueVariable(value, source, "module namespace"));
  if (isIntrinsicHolder(value)) {
    return identified(
      tracer,
      value,
      source,
      new ObjectVariable({
        prototype: Object.getPrototypeOf(value) as object | null,
        source,
        value,
      }),
    ); // [[Prototype]] is an object or null
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype)
      return new OpaqueVariable(value, source, "subclass of Array");
    tracer.addGuard({ kind: "ARRAY_MATCH", source });
    return new ArrayVariable({
      source,
      value: value as readonly unknown[],
      frozen: Object.isFrozen(value),
    }); // Array.isArray
  }
  if (prototype === Map.prototype && value instanceof Map) {
    tracer.addGuard({ kind: "MAP_MATCH", source });
    return new MapVariable(null, source, value);
  }
  if (prototype === Set.prototype && value instanceof Set) {
    tracer.addGuard({ kind: "SET_MATCH", source });
    return new SetVariable(null, source, value);
  }
  if (value instanceof ArrayCursor) {
    const cursor = tracer.cursorFromOutside(value, source);
    if (cursor !== null) return cursor;
  }
  if (value instanceof ProtocolIterator) return protocolFromOutside(tracer, value, source);
  if (!isOrdinary(prototype)) return new OpaqueVariable(value, source, describeValue(value));
  tracer.addGuard({ kind: "OBJECT_MATCH", source, prototype });
  return new ObjectVariable({ prototype, source, value });
}

/** A loop's record of an iterator of the program, handed over by the segment before. */
function protocolFromOutside(
  tracer: Tracer,
  value: ProtocolIterator,
  source: Source,
): ProtocolVariable {
  const member = (key: "iterator" | "nextMethod" | "done" | "value"): LazyVariable =>
    new LazyVariable(value[key], { kind: "member", base: source, key });
  tracer.addGuard({ kind: "OBJECT_MATCH", source, prototype: ProtocolIterator.prototype });
  const record = new ProtocolVariable(member("iterator"), member("nextMethod"));
  const done = tracer.force(member("done"));
  record.done = done.kind === "constant" && done.value === true;
  record.current = member("value");
  return record;
}

function wrapFunction(tracer: Tracer, value: Function, source: Source): ForcedVariable {
  const substitute = substituteOf(value);
  if (substitute !== null) {
    const name = `substitute of ${value.name}`;
    const pinned = tracer.force(
      new LazyVariable(substitute, { kind: "pinned", value: substitute, name }),
    );
    return identified(tracer, value, source, pinned);
  }
  const inGraph = findInGraph(value);
  if (inGraph !== null) {
    return identified(tracer, value, source, new InGraphVariable(value, inGraph));
  }
  const builtin = builtinOf(value);
  if (builtin !== null)
    return identified(tracer, value, source, new BuiltinVariable(value, builtin));
  if (isProxy(value) || isNative(value)) {
    // A revoked Proxy throws when it is asked for its name.
    const described = isProxy(value) ? "Proxy" : describeValue(value);
    const opaque = new OpaqueVariable(value, source, described);
    // `Object.keys` and the like: the properties of these are looked at, which is right for this very object only.
    return isIntrinsicHolder(value) ? identified(tracer, value, source, opaque) : opaque;
  }
  const rebuilt = closureInfo(value);
  if (rebuilt !== null) {
    tracer.addGuard({ kind: "CLOSURE_MATCH", source, code: rebuilt.child });
    return new UserFunctionVariable(value, source);
  }
  const variable = new UserFunctionVariable(value, source);
  // Callers write callbacks in the call, a new function every time; what is kept in a variable or a property is one.
  const isCallback =
    source.kind === "input" && !/^class\b/.test(Function.prototype.toString.call(value));
  if (!isCallback) return identified(tracer, value, source, variable);
  tracer.addGuard({ kind: "FUNCTION_MATCH", source, value });
  return variable;
}

function identified(
  tracer: Tracer,
  value: object,
  source: Source,
  variable: ForcedVariable,
): ForcedVariable {
  if (source.kind !== "pinned") tracer.addGuard({ kind: "ID_MATCH", source, value });
  return variable;
}

const isNative = (fn: Function): boolean =>
  Function.prototype.toString.call(fn).endsWith("{ [native code] }");

/**
 * Only ordinary objects are looked through. A prototype chain of engine classes (Date, Promise, typed arrays, …) means
 * internal slots or exotic behaviour; classes of the program and Error classes have neither in what we read.
 */
function isOrdinary(prototype: object | null): boolean {
  for (let link = prototype; link !== null; link = Object.getPrototypeOf(link) as object | null) {
    if (link === Object.prototype) return true;
    if (isProxy(link)) return false;
    const descriptor = Object.getOwnPropertyDescriptor(link, "constructor");
    const constructor: unknown = descriptor?.value;
    if (
      typeof constructor === "function" &&
      isNative(constructor) &&
      !(link instanceof Error || link === Error.prototype)
    )
      return false;
  }
  return true;
}
